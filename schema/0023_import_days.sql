-- links: what another service had counted, by day, where its file says so. Totals are in link.imported_clicks; this is their detail.
CREATE TABLE link_import_day (
  shop_id TEXT NOT NULL,
  link BIGINT NOT NULL,
  day BIGINT NOT NULL,
  n BIGINT NOT NULL CHECK (n BETWEEN 0 AND 9007199254740991),
  PRIMARY KEY (shop_id, link, day)
);
