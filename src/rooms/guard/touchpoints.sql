-- name: add_profile
INSERT INTO outside_profile (shop_id, id, name, address, link, source, owner, created_us, seen, next_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'not_yet', $9);

-- name: change_profile
UPDATE outside_profile SET name = $3, address = $4, link = $5, source = $6, owner = $7, seen = $8, next_us = $9
WHERE shop_id = $1 AND id = $2;

-- name: find_profile
SELECT id, name, address, link, source, owner, created_us, seen, looked_us, next_us FROM outside_profile WHERE shop_id = $1 AND id = $2;

-- name: profiles
SELECT id, name, address, link, source, owner, created_us, seen, looked_us, next_us FROM outside_profile
WHERE shop_id = $1 ORDER BY id LIMIT $2;

-- name: remove_profile
DELETE FROM outside_profile WHERE shop_id = $1 AND id = $2 RETURNING id;

-- name: due_profiles
SELECT shop_id, id FROM outside_profile WHERE next_us <= $1 ORDER BY next_us, shop_id, id LIMIT $2;

-- name: claim_profile
UPDATE outside_profile SET next_us = $4 WHERE shop_id = $1 AND id = $2 AND next_us <= $3 RETURNING id;

-- name: set_seen
UPDATE outside_profile SET seen = $3, looked_us = $4, next_us = $5 WHERE shop_id = $1 AND id = $2;

-- name: looked_at
SELECT u.kind AS kind, u.subject AS subject, u.part AS part, t.target AS target, t.state AS state, t.finding AS finding, t.looked_us AS looked_us
FROM guard_use u JOIN guard_target t ON t.shop_id = u.shop_id AND t.target = u.target
WHERE u.shop_id = $1 ORDER BY u.kind, u.subject, u.part, u.target LIMIT $2;

-- name: touches_since
SELECT kind, surface, snippet, product_id, live_session, CAST(SUM(n) AS BIGINT) AS n FROM fact_seen
WHERE shop_id = $1 AND day >= $2 AND kind IN ('impression', 'tap') GROUP BY kind, surface, snippet, product_id, live_session
ORDER BY kind, surface, snippet, product_id, live_session LIMIT 100000;

-- name: source_clicks
SELECT link, value AS source, CAST(SUM(n) AS BIGINT) AS n FROM fact_click WHERE shop_id = $1 AND link = $2 AND day >= $3 AND part = 'source'
GROUP BY link, value ORDER BY n DESC, value LIMIT 10000;
