-- name: add
INSERT INTO upload (shop_id, id, ending, name, alt, width, height, duration_ms, bytes, created_us, digest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: totals
SELECT COUNT(*) AS count, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM upload WHERE shop_id = $1

-- name: list
SELECT id, ending, name, alt, width, height, duration_ms, bytes, created_us, digest FROM upload
WHERE shop_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3

-- name: find
SELECT id, ending, name, alt, width, height, duration_ms, bytes, created_us, digest FROM upload WHERE shop_id = $1 AND id = $2

-- name: set_alt
UPDATE upload SET alt = $3 WHERE shop_id = $1 AND id = $2 RETURNING id

-- name: remove
DELETE FROM upload WHERE shop_id = $1 AND id = $2 RETURNING id
