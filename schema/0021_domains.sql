-- access: the domains that a shop has beside its host. A name is one shop's.
CREATE TABLE domain (
  shop_id TEXT NOT NULL,
  name TEXT NOT NULL,
  ignores_case BIGINT NOT NULL CHECK (ignores_case BETWEEN 0 AND 1),
  created_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, name)
);
CREATE UNIQUE INDEX domain_name ON domain (name);

-- The certificates that Barrow asks for itself, by name. They are the installation's: any node may ask, all serve them. try_us is when
-- the next one is asked for, NULL after too many failures; chain is PEM, '' while there is none yet.
CREATE TABLE certificate (
  name TEXT PRIMARY KEY,
  directory TEXT NOT NULL,
  chain TEXT NOT NULL,
  sealed_key TEXT NOT NULL,
  not_before_us BIGINT NOT NULL,
  not_after_us BIGINT NOT NULL,
  failed_count BIGINT NOT NULL,
  try_us BIGINT,
  problem TEXT NOT NULL
);

-- The account at a certificate authority, by the address of its ACME directory; url is '' until it is registered.
CREATE TABLE acme_account (
  directory TEXT PRIMARY KEY,
  sealed_key TEXT NOT NULL,
  url TEXT NOT NULL,
  created_us BIGINT NOT NULL
);

-- What a certificate authority reads at /.well-known/acme-challenge/TOKEN, from whichever node it asks.
CREATE TABLE acme_challenge (
  token TEXT PRIMARY KEY,
  answer TEXT NOT NULL,
  expires_us BIGINT NOT NULL
);
