-- drafts: what is written of a snippet before it is published, on several devices. `document` is canonical JSON as drafts/merge.hpp has it,
-- `digest` its name by content; `life` stands in it, too. `studio` is the device as which the studio's own forms write into it. A draft that
-- was removed or published stays for thirty days (`ended_us`), so that a device that knows nothing of it finds out.
CREATE TABLE draft (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  document TEXT NOT NULL,
  digest TEXT NOT NULL,
  life TEXT NOT NULL CHECK (life IN ('draft', 'removed', 'published')),
  studio TEXT NOT NULL,
  changed_us BIGINT NOT NULL,
  ended_us BIGINT,
  PRIMARY KEY (shop_id, id)
);
CREATE INDEX draft_ended ON draft (shop_id, ended_us) WHERE ended_us IS NOT NULL;
