-- access: how many of a kind a shop made on a day: what a quota by the day is compared with. One row a kind, of the last day there was one.
CREATE TABLE shop_use (
  shop_id TEXT NOT NULL,
  what TEXT NOT NULL,
  day BIGINT NOT NULL,
  n BIGINT NOT NULL CHECK (n BETWEEN 0 AND 9007199254740991),
  PRIMARY KEY (shop_id, what)
);
