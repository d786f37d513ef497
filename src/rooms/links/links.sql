-- name: add_link
INSERT INTO link (shop_id, slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: retarget
UPDATE link SET target = $3 WHERE shop_id = $1 AND slug = $2 RETURNING number;

-- name: set_end
UPDATE link SET ends_us = $3 WHERE shop_id = $1 AND slug = $2 RETURNING number;

-- name: find_link
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us FROM link WHERE shop_id = $1 AND slug = $2;

-- name: newest_links
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us FROM link
WHERE shop_id = $1 AND number < $2 ORDER BY number DESC LIMIT 100;

-- name: bio_links
SELECT slug, number, target, title, on_bio, imported_from, imported_clicks, created_us, ends_us FROM link
WHERE shop_id = $1 AND on_bio = 1 ORDER BY number LIMIT 50;

-- name: set_moment
INSERT INTO moment (shop_id, live_slug, title, state, starts_us) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shop_id, live_slug) DO UPDATE SET title = EXCLUDED.title, state = EXCLUDED.state, starts_us = EXCLUDED.starts_us;

-- name: next_moment
SELECT live_slug, title, state, starts_us FROM moment
WHERE shop_id = $1 AND (state = 'live' OR (state = 'before' AND starts_us > $2))
ORDER BY CASE WHEN state = 'before' THEN 1 ELSE 0 END, starts_us LIMIT 1;
