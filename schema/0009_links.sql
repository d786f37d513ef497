-- links: short links and the moments that live sessions write.
CREATE TABLE link (
  shop_id TEXT NOT NULL,
  slug TEXT NOT NULL,
  number BIGINT NOT NULL,
  target TEXT NOT NULL,
  title TEXT NOT NULL,
  on_bio BIGINT NOT NULL CHECK (on_bio IN (0, 1)),
  imported_from TEXT NOT NULL,
  imported_clicks BIGINT NOT NULL CHECK (imported_clicks BETWEEN 0 AND 9007199254740991),
  created_us BIGINT NOT NULL,
  ends_us BIGINT,
  PRIMARY KEY (shop_id, slug)
);
CREATE UNIQUE INDEX link_number ON link (shop_id, number);
CREATE INDEX link_bio ON link (shop_id, on_bio, number);

-- Where a live session is now. Live writes it, a link to the session follows it.
CREATE TABLE moment (
  shop_id TEXT NOT NULL,
  live_slug TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('before', 'live', 'sold_out', 'after')),
  starts_us BIGINT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (shop_id, live_slug)
);
