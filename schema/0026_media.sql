-- uploads: the pictures and videos of a shop. Their bytes are files in the media folder, below the shop's id: ID-WIDTHxHEIGHT and an ending.
-- `ending` is that of the file itself; `bytes` counts all its files.
CREATE TABLE upload (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  ending TEXT NOT NULL CHECK (ending IN ('.webp', '.mp4', '.webm')),
  name TEXT NOT NULL,
  alt TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);

-- access: a picture that stands for the shop, "/media/…", or "".
ALTER TABLE shop ADD COLUMN logo TEXT NOT NULL DEFAULT '';
