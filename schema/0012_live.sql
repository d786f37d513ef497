-- live: sessions, what they show, and which product is pinned.
CREATE TABLE live_session (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  number BIGINT NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'live', 'ended')),
  starts_us BIGINT NOT NULL,
  started_us BIGINT,
  ended_us BIGINT,
  watch_url TEXT NOT NULL,
  pinned_product_id TEXT,
  drop_id TEXT,
  PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX live_session_slug ON live_session (shop_id, slug);
CREATE UNIQUE INDEX live_session_number ON live_session (shop_id, number);
CREATE INDEX live_session_pinned ON live_session (shop_id, state, pinned_product_id);

CREATE TABLE live_product (
  shop_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  product_id TEXT NOT NULL,
  PRIMARY KEY (shop_id, session_id, position)
);
CREATE UNIQUE INDEX live_product_once ON live_product (shop_id, session_id, product_id);

-- Which product was on screen when: the track of the replay. Only added to.
CREATE TABLE live_pin (
  shop_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  at_us BIGINT NOT NULL,
  product_id TEXT,
  PRIMARY KEY (shop_id, session_id, at_us)
);
