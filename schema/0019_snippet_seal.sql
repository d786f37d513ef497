-- A published version carries a seal over what is shown of it. '' is a version from before there were seals: what it was when it was
-- published cannot be told any more, so it is shown as it is and the check page says that.
ALTER TABLE snippet_version ADD COLUMN seal TEXT NOT NULL DEFAULT '';
