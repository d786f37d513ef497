-- name: next_numbers
INSERT INTO order_number (shop_id, last) VALUES ($1, $2)
ON CONFLICT (shop_id) DO UPDATE SET last = order_number.last + excluded.last
RETURNING last

-- name: order_by_key
SELECT id, request_hash FROM orders WHERE shop_id = $1 AND idempotency_key = $2

-- name: order_of_claim
SELECT order_id FROM order_line WHERE shop_id = $1 AND claim_id = $2

-- name: add_order
INSERT INTO orders (shop_id, id, number, token, idempotency_key, request_hash, state, payment_id, currency, goods_minor, shipping_minor,
                    tax_minor, sum_minor, buyer, email, name, address, placed_us, deadline_us, cancel_reason,
                    shipping_tax_minor, shipping_name, discount_minor, discount_code, country, tax_country)
VALUES ($1, $2, $3, $4, $5, $6, 'placed', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, '', $19, $20, $21, $22, $23, $24)

-- name: add_line
INSERT INTO order_line (shop_id, order_id, line, product_id, product_name, pieces, price_minor, amount_minor, tax_minor, tax_basis_points,
                        allotment_id, claim_id, snippet_id, link, surface, snippet, snippet_version, arms, live_session, touch_day,
                        discount_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)

-- name: read_order
SELECT id, number, token, state, payment_id, currency, goods_minor, shipping_minor, tax_minor, sum_minor, buyer, email, name, address,
       placed_us, deadline_us, paid_us, fulfilled_us, cancelled_us, cancel_reason, refunded_minor, disputed_minor,
       shipping_tax_minor, shipping_name, discount_minor, discount_code, country, tax_country
FROM orders WHERE shop_id = $1 AND id = $2

-- name: order_of_token
SELECT id FROM orders WHERE shop_id = $1 AND token = $2

-- name: order_of_payment
SELECT id FROM orders WHERE shop_id = $1 AND payment_id = $2

-- name: read_lines
SELECT line, product_id, product_name, pieces, price_minor, amount_minor, tax_minor, tax_basis_points, allotment_id, claim_id, snippet_id,
       link, surface, snippet, snippet_version, arms, live_session, touch_day, discount_minor
FROM order_line WHERE shop_id = $1 AND order_id = $2 ORDER BY line

-- name: newest_orders
SELECT id FROM orders WHERE shop_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3

-- name: set_paid
UPDATE orders SET state = 'paid', paid_us = $3, cancelled_us = NULL, cancel_reason = ''
WHERE shop_id = $1 AND id = $2 AND state IN ('placed', 'cancelled')
RETURNING id

-- name: set_fulfilled
UPDATE orders SET state = 'fulfilled', fulfilled_us = $3 WHERE shop_id = $1 AND id = $2 AND state = 'paid' RETURNING id

-- name: set_not_fulfilled
UPDATE orders SET state = 'paid', fulfilled_us = NULL WHERE shop_id = $1 AND id = $2 AND state = 'fulfilled' RETURNING id

-- name: set_cancelled
UPDATE orders SET state = 'cancelled', cancelled_us = $3, cancel_reason = $4 WHERE shop_id = $1 AND id = $2 AND state = 'placed' RETURNING id

-- name: set_reason
UPDATE orders SET cancel_reason = $3 WHERE shop_id = $1 AND id = $2 AND state = 'cancelled'

-- name: replace_claim
UPDATE order_line SET claim_id = $4 WHERE shop_id = $1 AND order_id = $2 AND line = $3

-- name: keep_shares
UPDATE order_line SET shares = $4 WHERE shop_id = $1 AND order_id = $2 AND line = $3

-- name: read_shares
SELECT shares FROM order_line WHERE shop_id = $1 AND order_id = $2 ORDER BY line LIMIT 1000

-- name: refund_lines
SELECT refund_id, line, amount_minor, pieces FROM order_refund WHERE shop_id = $1 AND order_id = $2 ORDER BY refund_id, line LIMIT 10000

-- name: add_refund_line
INSERT INTO order_refund (shop_id, refund_id, line, order_id, amount_minor, pieces) VALUES ($1, $2, $3, $4, $5, $6)

-- name: note_money
UPDATE orders SET refunded_minor = $3, disputed_minor = $4 WHERE shop_id = $1 AND id = $2

-- All of it was asked back before it was sent; and that was taken back.
-- name: set_refunded
UPDATE orders SET state = 'cancelled', cancelled_us = $3, cancel_reason = $4 WHERE shop_id = $1 AND id = $2 AND state = 'paid' RETURNING id

-- name: set_not_refunded
UPDATE orders SET state = 'paid', cancelled_us = NULL, cancel_reason = ''
WHERE shop_id = $1 AND id = $2 AND state = 'cancelled' AND paid_us IS NOT NULL RETURNING id

-- name: unpaid_orders
SELECT id FROM orders WHERE shop_id = $1 AND state = 'placed' AND deadline_us <= $2 ORDER BY deadline_us, id LIMIT $3

-- The one question that is asked of all shops at once.
-- name: shops_with_unpaid
SELECT shop_id FROM orders WHERE state = 'placed' AND deadline_us <= $1 GROUP BY shop_id ORDER BY MIN(deadline_us) LIMIT $2
