-- name: quotas_of
SELECT what, most FROM shop_quota WHERE shop_id = $1 ORDER BY what LIMIT 100;

-- name: find
SELECT most FROM shop_quota WHERE shop_id = $1 AND what = $2;

-- name: set
INSERT INTO shop_quota (shop_id, what, most) VALUES ($1, $2, $3) ON CONFLICT (shop_id, what) DO UPDATE SET most = EXCLUDED.most;

-- name: take_off
DELETE FROM shop_quota WHERE shop_id = $1 AND what = $2;
