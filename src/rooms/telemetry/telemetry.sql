-- name: add_touches
INSERT INTO touch_count (shop_id, day, kind, link, surface, snippet, snippet_version, arms, live_session, product_id, n)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (shop_id, day, kind, link, surface, snippet, snippet_version, arms, live_session, product_id)
DO UPDATE SET n = touch_count.n + EXCLUDED.n;

-- Of 32 links at a time.
-- name: clicks_of
SELECT link, CAST(SUM(CASE WHEN kind = 'click' THEN n ELSE 0 END) AS BIGINT) AS clicks,
  CAST(SUM(CASE WHEN kind = 'click' AND day >= $2 THEN n ELSE 0 END) AS BIGINT) AS recent,
  CAST(SUM(CASE WHEN kind = 'bot' THEN n ELSE 0 END) AS BIGINT) AS bots
FROM touch_count WHERE shop_id = $1 AND kind IN ('click', 'bot')
  AND link IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
    $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)
GROUP BY link ORDER BY link LIMIT 32;

-- name: add_salt
INSERT INTO day_salt (day, salt) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING;

-- name: find_salt
SELECT salt FROM day_salt WHERE day = $1;

-- name: forget_salts
DELETE FROM day_salt WHERE day < $1;

-- name: next_number
INSERT INTO short_number (shop_id, kind, last) VALUES ($1, $2, 1)
ON CONFLICT (shop_id, kind) DO UPDATE SET last = short_number.last + 1
RETURNING last;

-- name: numbers_given
SELECT last FROM short_number WHERE shop_id = $1 AND kind = $2;

-- name: clicks_since
SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS n FROM touch_count WHERE shop_id = $1 AND day >= $2 AND kind = 'click';
