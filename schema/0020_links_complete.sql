-- links: what a link can do beside leading somewhere. What is asked for by a query has a column; the rest stands in `settings`, JSON as
-- links/link_json.hpp writes it. `folded` is the slug in lower case, `words` what a search looks through.
ALTER TABLE link ADD COLUMN folded TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN words TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN folder TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN starts_us BIGINT;
ALTER TABLE link ADD COLUMN archived_us BIGINT;
ALTER TABLE link ADD COLUMN clicks_max BIGINT CHECK (clicks_max BETWEEN 1 AND 9007199254740991);
ALTER TABLE link ADD COLUMN clicks_let BIGINT NOT NULL DEFAULT 0 CHECK (clicks_let BETWEEN 0 AND 9007199254740991);
ALTER TABLE link ADD COLUMN blocked TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
UPDATE link SET folded = LOWER(slug), words = LOWER(slug || ' ' || title || ' ' || target);
CREATE INDEX link_folded ON link (shop_id, folded, number);

CREATE TABLE link_tag (
  shop_id TEXT NOT NULL,
  tag TEXT NOT NULL,
  link BIGINT NOT NULL,
  PRIMARY KEY (shop_id, tag, link)
);
CREATE INDEX link_tag_link ON link_tag (shop_id, link);

-- One row a change: the link as it was before it. Undo writes it back, and that is a change too.
CREATE TABLE link_change (
  shop_id TEXT NOT NULL,
  link BIGINT NOT NULL,
  number BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  before TEXT NOT NULL,
  PRIMARY KEY (shop_id, link, number)
);

CREATE TABLE utm_template (
  shop_id TEXT NOT NULL,
  name TEXT NOT NULL,
  utm TEXT NOT NULL,
  PRIMARY KEY (shop_id, name)
);

-- Where a link that follows the live stream leads: live writes it with each pin.
ALTER TABLE moment ADD COLUMN target TEXT NOT NULL DEFAULT '';
