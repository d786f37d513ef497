-- name: paid_before
SELECT id FROM orders WHERE shop_id = $1 AND state = 'paid' AND paid_us <= $2 ORDER BY paid_us, id LIMIT $3;

-- name: count_paid_before
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM orders WHERE shop_id = $1 AND state = 'paid' AND paid_us <= $2;

-- name: first_paid
SELECT id FROM orders WHERE shop_id = $1 AND paid_us IS NOT NULL ORDER BY number LIMIT 1;

-- name: newest_to_send
SELECT id FROM orders WHERE shop_id = $1 AND state = 'paid' AND number < $2 ORDER BY number DESC LIMIT $3;

-- name: count_to_send
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM orders WHERE shop_id = $1 AND state = 'paid';

-- name: count_all
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM orders WHERE shop_id = $1;
