-- snippets: a version may say other words on a surface, begin later and end. `variants` is JSON as snippets/words.hpp writes it, '' for
-- none; `nothing_after` 1: when it has ended nothing is shown, 0: what was shown before it. A version that waited and was called off
-- never shows. `digest` names the version by its content; '' for those from before.
ALTER TABLE snippet_version ADD COLUMN variants TEXT NOT NULL DEFAULT '';
ALTER TABLE snippet_version ADD COLUMN starts_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE snippet_version ADD COLUMN ends_us BIGINT;
ALTER TABLE snippet_version ADD COLUMN nothing_after BIGINT NOT NULL DEFAULT 0 CHECK (nothing_after IN (0, 1));
ALTER TABLE snippet_version ADD COLUMN called_off_us BIGINT;
ALTER TABLE snippet_version ADD COLUMN digest TEXT NOT NULL DEFAULT '';
UPDATE snippet_version SET starts_us = published_us;
CREATE INDEX snippet_version_digest ON snippet_version (shop_id, digest) WHERE digest <> '';
