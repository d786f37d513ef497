-- links/pages: the bio page (slug '') and micro-landing pages. `draft` and `published` are contents, JSON as links/pages/block.hpp writes
-- it. A page that was taken away keeps its row until its slug is used again, or for thirty days: that is what undo brings back.
CREATE TABLE page (
  shop_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  slug TEXT NOT NULL,
  draft TEXT NOT NULL,
  published TEXT,
  published_us BIGINT,
  created_us BIGINT NOT NULL,
  changed_us BIGINT NOT NULL,
  removed_us BIGINT,
  PRIMARY KEY (shop_id, number)
);
CREATE UNIQUE INDEX page_slug ON page (shop_id, slug);

-- What a page was: its draft before each change (kind 'draft'), and what each publication showed (kind 'published').
CREATE TABLE page_past (
  shop_id TEXT NOT NULL,
  page BIGINT NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('draft', 'published')),
  at_us BIGINT NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (shop_id, page, number)
);
CREATE INDEX page_past_kind ON page_past (shop_id, page, kind, number);
