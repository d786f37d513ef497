-- snippets: one tiny explanation of one product, in versions that never change.
CREATE TABLE snippet (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  number BIGINT NOT NULL,
  slug TEXT NOT NULL,
  product_id TEXT NOT NULL,
  current_version BIGINT NOT NULL,
  surfaces BIGINT NOT NULL,
  created_us BIGINT NOT NULL,
  revoked_us BIGINT,
  PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX snippet_slug ON snippet (shop_id, slug);
CREATE UNIQUE INDEX snippet_number ON snippet (shop_id, number);
CREATE INDEX snippet_product ON snippet (shop_id, product_id);

CREATE TABLE snippet_version (
  shop_id TEXT NOT NULL,
  snippet_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  title TEXT NOT NULL,
  how TEXT NOT NULL,
  proof TEXT NOT NULL,
  proof_source TEXT NOT NULL,
  proof_url TEXT NOT NULL,
  action TEXT NOT NULL,
  document TEXT NOT NULL,
  published_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, snippet_id, version)
);
