-- access: what who runs the installation decides of a shop. '' while it is open; else the reason, which its owner reads.
ALTER TABLE shop ADD COLUMN suspended TEXT NOT NULL DEFAULT '';

-- How many of a kind a shop may make in its life; without a row as many as it likes.
CREATE TABLE shop_quota (
  shop_id TEXT NOT NULL,
  what TEXT NOT NULL,
  most BIGINT NOT NULL CHECK (most BETWEEN 0 AND 9007199254740991),
  PRIMARY KEY (shop_id, what)
);
