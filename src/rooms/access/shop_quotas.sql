-- name: quotas_of
SELECT what, most FROM shop_quota WHERE shop_id = $1 ORDER BY what LIMIT 100;

-- name: find
SELECT most FROM shop_quota WHERE shop_id = $1 AND what = $2;

-- name: set
INSERT INTO shop_quota (shop_id, what, most) VALUES ($1, $2, $3) ON CONFLICT (shop_id, what) DO UPDATE SET most = EXCLUDED.most;

-- name: take_off
DELETE FROM shop_quota WHERE shop_id = $1 AND what = $2;

-- One more of the day, where that is not too many.
-- name: use_one
INSERT INTO shop_use (shop_id, what, day, n) VALUES ($1, $2, $3, 1)
ON CONFLICT (shop_id, what) DO UPDATE SET day = EXCLUDED.day, n = CASE WHEN shop_use.day = EXCLUDED.day THEN shop_use.n + 1 ELSE 1 END
WHERE shop_use.day <> EXCLUDED.day OR shop_use.n < $4
RETURNING n;

-- name: used
SELECT n FROM shop_use WHERE shop_id = $1 AND what = $2 AND day = $3;
