-- access: shops, the people who run them, and their keys.
CREATE TABLE shop (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  host TEXT,
  language TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  accent TEXT NOT NULL,
  paper TEXT NOT NULL,
  bio TEXT NOT NULL,
  created_us BIGINT NOT NULL
);
-- Slugs and hosts are global names: one shop each.
CREATE UNIQUE INDEX shop_slug ON shop (slug);
CREATE UNIQUE INDEX shop_host ON shop (host);

-- Ed25519 keys that sign the shop's proofs; number N is did:web:HOST#key-N. secret is sealed by the operator's key file.
CREATE TABLE signing_key (
  shop_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  public_key TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  retired_us BIGINT,
  PRIMARY KEY (shop_id, number)
);

-- One-time links that log an owner in. Only the hash of the token is kept.
CREATE TABLE login_link (
  shop_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  expires_us BIGINT NOT NULL,
  used_us BIGINT,
  PRIMARY KEY (shop_id, token_hash)
);

CREATE TABLE studio_session (
  shop_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  csrf TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  expires_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, token_hash)
);

CREATE TABLE api_key (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  revoked_us BIGINT,
  PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX api_key_hash ON api_key (shop_id, key_hash);

CREATE TABLE audit (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at_us BIGINT NOT NULL,
  who TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
