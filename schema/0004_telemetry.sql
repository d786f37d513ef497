-- telemetry: coarse counts of what was served, and the day's salt.
CREATE TABLE touch_count (
  shop_id TEXT NOT NULL,
  day BIGINT NOT NULL,
  kind TEXT NOT NULL,
  link BIGINT NOT NULL,
  surface BIGINT NOT NULL,
  snippet BIGINT NOT NULL,
  snippet_version BIGINT NOT NULL,
  arms TEXT NOT NULL,
  live_session BIGINT NOT NULL,
  product_id TEXT NOT NULL,
  n BIGINT NOT NULL CHECK (n BETWEEN 0 AND 9007199254740991),
  PRIMARY KEY (shop_id, day, kind, link, surface, snippet, snippet_version, arms, live_session, product_id)
);

-- Shared by all nodes and all shops; the row of a day is deleted when the day is over.
CREATE TABLE day_salt (
  day BIGINT PRIMARY KEY,
  salt TEXT NOT NULL
);

-- Per-shop counters for names in tokens, where bytes are dear.
CREATE TABLE short_number (
  shop_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (shop_id, kind)
);
