-- links: other addresses of a link: those that it had before, and those that its owner gave it. A slug is a link's, an alias or a page's,
-- never two; `folded` is the alias in lower case.
CREATE TABLE link_alias (
  shop_id TEXT NOT NULL,
  slug TEXT NOT NULL,
  folded TEXT NOT NULL,
  link BIGINT NOT NULL,
  PRIMARY KEY (shop_id, slug)
);
CREATE INDEX link_alias_folded ON link_alias (shop_id, folded);
CREATE INDEX link_alias_link ON link_alias (shop_id, link);

-- A link that was removed keeps its row until its slug is used again, or for thirty days: that is what putting it back brings back.
ALTER TABLE link ADD COLUMN removed_us BIGINT;
CREATE INDEX link_removed ON link (shop_id, removed_us) WHERE removed_us IS NOT NULL;

-- telemetry: where a page's taps are counted, the tag of the link's clicks, found without reading every link of the shop.
CREATE INDEX click_part_source ON click_part (shop_id, value, day) WHERE part = 'source' AND value <> '';
