-- links: a file that the studio looks at first and imports then: kept in between, and while it is imported, so that any node can go on.
CREATE TABLE link_import (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  service TEXT NOT NULL,
  only_domain TEXT NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('looked', 'going', 'done', 'stopped')),
  links BIGINT NOT NULL,
  pieces BIGINT NOT NULL,
  pieces_done BIGINT NOT NULL,
  added BIGINT NOT NULL,
  same BIGINT NOT NULL,
  elsewhere BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
-- Beside it, since the row above is written with each piece.
CREATE TABLE link_import_file (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
