-- name: add_session
INSERT INTO live_session (shop_id, id, number, slug, title, state, starts_us, watch_url) VALUES ($1, $2, $3, $4, $5, 'scheduled', $6, $7);

-- name: add_product
INSERT INTO live_product (shop_id, session_id, position, product_id)
SELECT $1, $2, COALESCE(MAX(position), 0) + 1, $3 FROM live_product WHERE shop_id = $1 AND session_id = $2;

-- name: has_product
SELECT product_id FROM live_product WHERE shop_id = $1 AND session_id = $2 AND product_id = $3;

-- name: session_products
SELECT product_id FROM live_product WHERE shop_id = $1 AND session_id = $2 ORDER BY position LIMIT 200;

-- name: start_session
UPDATE live_session SET state = 'live', started_us = $3 WHERE shop_id = $1 AND id = $2 AND state = 'scheduled' RETURNING slug;

-- name: end_session
UPDATE live_session SET state = 'ended', ended_us = $3, pinned_product_id = NULL, drop_id = NULL
WHERE shop_id = $1 AND id = $2 AND state = 'live' RETURNING slug;

-- name: pin
UPDATE live_session SET pinned_product_id = $3, drop_id = $4 WHERE shop_id = $1 AND id = $2 AND state <> 'ended' RETURNING slug;

-- name: add_pin
INSERT INTO live_pin (shop_id, session_id, at_us, product_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (shop_id, session_id, at_us) DO UPDATE SET product_id = EXCLUDED.product_id;

-- name: by_slug
SELECT id, number, slug, title, state, starts_us, started_us, ended_us, watch_url, pinned_product_id, drop_id FROM live_session
WHERE shop_id = $1 AND slug = $2;

-- name: by_id
SELECT id, number, slug, title, state, starts_us, started_us, ended_us, watch_url, pinned_product_id, drop_id FROM live_session
WHERE shop_id = $1 AND id = $2;

-- name: by_number
SELECT id, number, slug, title, state, starts_us, started_us, ended_us, watch_url, pinned_product_id, drop_id FROM live_session
WHERE shop_id = $1 AND number = $2;

-- name: newest_sessions
SELECT id, number, slug, title, state, starts_us, started_us, ended_us, watch_url, pinned_product_id, drop_id FROM live_session
WHERE shop_id = $1 ORDER BY number DESC LIMIT 50;

-- name: showing
SELECT id, number, slug, title, state, starts_us, started_us, ended_us, watch_url, pinned_product_id, drop_id FROM live_session
WHERE shop_id = $1 AND state <> 'ended' AND pinned_product_id = $2 LIMIT 50;
