-- links: the archive, what was removed and the folders' counts are found without reading every link of the shop. The expression is that of
-- list_links, word for word.
CREATE INDEX link_state ON link (shop_id, (CASE WHEN removed_us IS NOT NULL THEN 2 WHEN archived_us IS NOT NULL THEN 1 ELSE 0 END), number);
CREATE INDEX link_folder ON link (shop_id, folder) WHERE folder <> '' AND archived_us IS NULL AND removed_us IS NULL;
