-- name: add_hold
INSERT INTO hold (shop_id, id, product_id, pieces, quote, context, back_path, expires_us, seen_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (shop_id, id) DO NOTHING;

-- name: find_hold
SELECT id, product_id, pieces, quote, context, back_path, expires_us, seen_minor FROM hold WHERE shop_id = $1 AND id = $2;

-- name: forget_holds
DELETE FROM hold WHERE shop_id = $1 AND expires_us < $2;
