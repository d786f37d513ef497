-- name: add_link
INSERT INTO link (shop_id, slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us,
  folded, words, folder, starts_us, archived_us, clicks_max, clicks_let, settings)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18);

-- name: change_link
UPDATE link SET slug = $3, target = $4, title = $5, on_bio = $6, ends_us = $7, folded = $8, words = $9, folder = $10, starts_us = $11,
  archived_us = $12, clicks_max = $13, settings = $14
WHERE shop_id = $1 AND number = $2;

-- name: block_link
UPDATE link SET blocked = $3 WHERE shop_id = $1 AND slug = $2 RETURNING number;

-- name: warn_link
UPDATE link SET warned = $3 WHERE shop_id = $1 AND slug = $2 RETURNING number;

-- name: clear_link
UPDATE link SET blocked = '', warned = '', reports = 0 WHERE shop_id = $1 AND slug = $2 RETURNING number;

-- name: dismiss_reports
UPDATE link SET reports = 0 WHERE shop_id = $1 AND slug = $2 RETURNING number;

-- name: count_report
UPDATE link SET reports = reports + 1, reported_us = $3 WHERE shop_id = $1 AND slug = $2 RETURNING number, reports;

-- name: last_report
SELECT COALESCE(MAX(number), 0) AS number FROM link_report WHERE shop_id = $1 AND link = $2;

-- name: add_report
INSERT INTO link_report (shop_id, link, number, at_us, kind, words) VALUES ($1, $2, $3, $4, $5, $6);

-- name: forget_reports
DELETE FROM link_report WHERE shop_id = $1 AND link = $2 AND number <= $3;

-- name: reports_of
SELECT number, at_us, kind, words FROM link_report WHERE shop_id = $1 AND link = $2 ORDER BY number DESC LIMIT 50;

-- name: reported_everywhere
SELECT shop_id, number, reported_us FROM link
WHERE reports > 0 AND removed_us IS NULL AND (reported_us, shop_id, number) < ($1, $2, $3)
ORDER BY reported_us DESC, shop_id DESC, number DESC LIMIT $4;

-- name: judged_everywhere
SELECT shop_id, number, reported_us FROM link
WHERE (blocked <> '' OR warned <> '') AND removed_us IS NULL AND (shop_id, number) < ($1, $2)
ORDER BY shop_id DESC, number DESC LIMIT $3;

-- name: count_reported
SELECT COUNT(*) AS links FROM link WHERE reports > 0 AND removed_us IS NULL;

-- name: deny_host
INSERT INTO denied_host (host, why, added_us) VALUES ($1, $2, $3) ON CONFLICT (host) DO UPDATE SET why = EXCLUDED.why;

-- name: allow_host
DELETE FROM denied_host WHERE host = $1 RETURNING host;

-- name: denied_hosts
SELECT host, why, added_us FROM denied_host WHERE host >= $1 ORDER BY host LIMIT $2;

-- name: count_denied
SELECT COUNT(*) AS hosts FROM denied_host;

-- name: set_dead
UPDATE link SET dead = $3 WHERE shop_id = $1 AND number = $2;

-- name: find_link
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us, folder, starts_us, archived_us, clicks_max,
  clicks_let, blocked, warned, reports, dead, removed_us, settings
FROM link WHERE shop_id = $1 AND slug = $2;

-- name: find_folded
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us, folder, starts_us, archived_us, clicks_max,
  clicks_let, blocked, warned, reports, dead, removed_us, settings
FROM link WHERE shop_id = $1 AND folded = $2 ORDER BY CASE WHEN removed_us IS NULL THEN 0 ELSE 1 END, number LIMIT 1;

-- name: find_alias
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us, folder, starts_us, archived_us, clicks_max,
  clicks_let, blocked, warned, reports, dead, removed_us, settings
FROM link WHERE shop_id = $1 AND number = (SELECT link FROM link_alias WHERE shop_id = $1 AND slug = $2);

-- name: find_folded_alias
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us, folder, starts_us, archived_us, clicks_max,
  clicks_let, blocked, warned, reports, dead, removed_us, settings
FROM link WHERE shop_id = $1
  AND number IN (SELECT link FROM link_alias WHERE shop_id = $1 AND folded = $2)
ORDER BY CASE WHEN removed_us IS NULL THEN 0 ELSE 1 END, number LIMIT 1;

-- name: add_alias
INSERT INTO link_alias (shop_id, slug, folded, link) VALUES ($1, $2, $3, $4);

-- name: drop_aliases
DELETE FROM link_alias WHERE shop_id = $1 AND link = $2;

-- name: drop_alias
DELETE FROM link_alias WHERE shop_id = $1 AND slug = $2;

-- name: remove_link
UPDATE link SET removed_us = $3 WHERE shop_id = $1 AND number = $2;

-- name: restore_link
UPDATE link SET removed_us = NULL WHERE shop_id = $1 AND number = $2;

-- name: removed_at
SELECT slug FROM link WHERE shop_id = $1 AND removed_us = $2 ORDER BY number LIMIT 1000;

-- name: removed_before
SELECT number FROM link WHERE shop_id = $1 AND removed_us < $2 ORDER BY removed_us LIMIT 100;

-- name: forget_link
DELETE FROM link WHERE shop_id = $1 AND number = $2 AND removed_us IS NOT NULL RETURNING number;

-- name: forget_import_days
DELETE FROM link_import_day WHERE shop_id = $1 AND link = $2;

-- name: find_numbered
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us, folder, starts_us, archived_us, clicks_max,
  clicks_let, blocked, warned, reports, dead, removed_us, settings
FROM link WHERE shop_id = $1 AND number = $2 AND removed_us IS NULL;

-- name: page_there
SELECT number FROM page WHERE shop_id = $1 AND slug = $2 AND removed_us IS NULL;

-- name: list_links
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us, folder, starts_us, archived_us, clicks_max,
  clicks_let, blocked, warned, reports, dead, removed_us, settings
FROM link
WHERE shop_id = $1 AND number < $2 AND ($3 = '' OR folder = $3)
  AND ($4 = '' OR number IN (SELECT link FROM link_tag WHERE shop_id = $1 AND tag = $4))
  AND words LIKE $5 ESCAPE '!' AND words LIKE $6 ESCAPE '!' AND words LIKE $7 ESCAPE '!' AND words LIKE $8 ESCAPE '!'
  AND words LIKE $9 ESCAPE '!' AND words LIKE $10 ESCAPE '!' AND words LIKE $11 ESCAPE '!' AND words LIKE $12 ESCAPE '!'
  AND CASE WHEN removed_us IS NOT NULL THEN 2 WHEN archived_us IS NOT NULL THEN 1 ELSE 0 END = $13
ORDER BY number DESC LIMIT 100;

-- name: links_after
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us, folder, starts_us, archived_us, clicks_max,
  clicks_let, blocked, warned, reports, dead, removed_us, settings
FROM link WHERE shop_id = $1 AND number > $2 AND removed_us IS NULL ORDER BY number LIMIT 1000;

-- name: bio_links
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us, folder, starts_us, archived_us, clicks_max,
  clicks_let, blocked, warned, reports, dead, removed_us, settings
FROM link WHERE shop_id = $1 AND on_bio = 1 AND archived_us IS NULL AND removed_us IS NULL ORDER BY number LIMIT 50;

-- name: folders
SELECT folder AS name, COUNT(*) AS links FROM link WHERE shop_id = $1 AND folder <> '' AND archived_us IS NULL AND removed_us IS NULL
GROUP BY folder ORDER BY folder LIMIT 500;

-- name: tags
SELECT tag AS name, COUNT(*) AS links FROM link_tag
WHERE shop_id = $1 AND link NOT IN (SELECT number FROM link WHERE shop_id = $1 AND removed_us IS NOT NULL)
GROUP BY tag ORDER BY tag LIMIT 500;

-- name: add_tag
INSERT INTO link_tag (shop_id, tag, link) VALUES ($1, $2, $3) ON CONFLICT (shop_id, tag, link) DO NOTHING;

-- name: drop_tags
DELETE FROM link_tag WHERE shop_id = $1 AND link = $2;

-- name: let_all_through
UPDATE link SET clicks_let = clicks_let + $3
WHERE shop_id = $1 AND slug = $2 AND (clicks_max IS NULL OR clicks_let + $3 <= clicks_max) RETURNING clicks_let;

-- name: places_left
SELECT clicks_max - clicks_let AS places FROM link WHERE shop_id = $1 AND slug = $2 AND clicks_max IS NOT NULL;

-- name: last_change
SELECT COALESCE(MAX(number), 0) AS number FROM link_change WHERE shop_id = $1 AND link = $2;

-- name: add_change
INSERT INTO link_change (shop_id, link, number, at_us, who, what, before) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: forget_changes
DELETE FROM link_change WHERE shop_id = $1 AND link = $2 AND number <= $3;

-- name: changes
SELECT number, at_us, who, what, before FROM link_change WHERE shop_id = $1 AND link = $2 ORDER BY number DESC LIMIT 100;

-- name: find_change
SELECT number, at_us, who, what, before FROM link_change WHERE shop_id = $1 AND link = $2 AND number = $3;

-- name: utm_templates
SELECT name, utm FROM utm_template WHERE shop_id = $1 ORDER BY name LIMIT 100;

-- name: set_utm_template
INSERT INTO utm_template (shop_id, name, utm) VALUES ($1, $2, $3) ON CONFLICT (shop_id, name) DO UPDATE SET utm = EXCLUDED.utm;

-- name: drop_utm_template
DELETE FROM utm_template WHERE shop_id = $1 AND name = $2;

-- name: set_moment
INSERT INTO moment (shop_id, live_slug, title, state, starts_us, target) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (shop_id, live_slug) DO UPDATE SET title = EXCLUDED.title, state = EXCLUDED.state, starts_us = EXCLUDED.starts_us,
  target = EXCLUDED.target;

-- name: next_moment
SELECT live_slug, title, state, starts_us, target FROM moment
WHERE shop_id = $1 AND (state IN ('live', 'sold_out') OR (state = 'before' AND starts_us > $2))
ORDER BY CASE WHEN state = 'before' THEN 1 ELSE 0 END, starts_us LIMIT 1;

-- name: find_moment
SELECT live_slug, title, state, starts_us, target FROM moment WHERE shop_id = $1 AND live_slug = $2;

-- name: set_import_day
INSERT INTO link_import_day (shop_id, link, day, n) VALUES ($1, $2, $3, $4)
ON CONFLICT (shop_id, link, day) DO UPDATE SET n = EXCLUDED.n WHERE link_import_day.n < EXCLUDED.n;

-- name: import_days
SELECT day, n FROM link_import_day WHERE shop_id = $1 AND link = $2 ORDER BY day DESC LIMIT 4000;

-- name: find_apps
SELECT apps FROM app_site WHERE shop_id = $1;

-- name: set_apps
INSERT INTO app_site (shop_id, apps) VALUES ($1, $2) ON CONFLICT (shop_id) DO UPDATE SET apps = EXCLUDED.apps;
-- name: find_link_with
SELECT slug FROM link WHERE shop_id = $1 AND (target LIKE $2 OR settings LIKE $2) ORDER BY number LIMIT 1;

-- name: keep_import
INSERT INTO link_import (shop_id, id, created_us, service, only_domain, stage, links, pieces, pieces_done, added, same, elsewhere, refused, why)
VALUES ($1, $2, $3, $4, $5, 'looked', $6, $7, 0, 0, 0, 0, $8, '');

-- name: keep_import_file
INSERT INTO link_import_file (shop_id, id, text) VALUES ($1, $2, $3);

-- name: find_import
SELECT id, created_us, service, only_domain, stage, links, pieces, pieces_done, added, same, elsewhere, refused, why FROM link_import
WHERE shop_id = $1 AND id = $2;

-- name: import_file
SELECT text FROM link_import_file WHERE shop_id = $1 AND id = $2;

-- name: begin_import
UPDATE link_import SET stage = 'going' WHERE shop_id = $1 AND id = $2 AND stage = 'looked' RETURNING id;

-- name: advance_import
UPDATE link_import SET pieces_done = pieces_done + 1, added = added + $4, same = same + $5, elsewhere = elsewhere + $6, refused = refused + $7
WHERE shop_id = $1 AND id = $2 AND stage = 'going' AND pieces_done = $3 RETURNING pieces_done;

-- name: end_import
UPDATE link_import SET stage = $3, why = $4 WHERE shop_id = $1 AND id = $2 AND stage = 'going' RETURNING id;

-- name: imports_looked_at
SELECT id FROM link_import WHERE shop_id = $1 AND stage = 'looked' ORDER BY created_us DESC, id DESC LIMIT 100;

-- name: imports_before
SELECT id FROM link_import WHERE shop_id = $1 AND (created_us < $2 OR (stage = 'looked' AND created_us < $3)) ORDER BY created_us LIMIT 100;

-- name: imports_going
SELECT COUNT(*) AS count FROM link_import WHERE shop_id = $1 AND stage = 'going' AND id <> $2;

-- name: forget_import
DELETE FROM link_import WHERE shop_id = $1 AND id = $2;

-- name: forget_import_file
DELETE FROM link_import_file WHERE shop_id = $1 AND id = $2;
