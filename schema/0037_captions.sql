-- uploads: captions of videos are files of the shop, too. Neither engine's rules of a column can be changed on both alike, so the table is
-- made anew: ID.vtt has no width and no height, and lasts until its last caption ends.
ALTER TABLE upload RENAME TO upload_before;
CREATE TABLE upload (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  ending TEXT NOT NULL CHECK (ending IN ('.webp', '.mp4', '.webm', '.vtt')),
  name TEXT NOT NULL,
  alt TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
INSERT INTO upload (shop_id, id, ending, name, alt, width, height, duration_ms, bytes, created_us)
SELECT shop_id, id, ending, name, alt, width, height, duration_ms, bytes, created_us FROM upload_before;
DROP TABLE upload_before;
