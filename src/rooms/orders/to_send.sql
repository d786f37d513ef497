-- name: paid_before
SELECT id FROM orders WHERE shop_id = $1 AND state = 'paid' AND paid_us <= $2 ORDER BY paid_us, id LIMIT $3;

-- name: count_paid_before
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM orders WHERE shop_id = $1 AND state = 'paid' AND paid_us <= $2;

-- name: first_paid
SELECT id FROM orders WHERE shop_id = $1 AND paid_us IS NOT NULL LIMIT 1;
