-- name: add_hold
INSERT INTO hold (shop_id, id, product_id, pieces, quote, context, back_path, expires_us, seen_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (shop_id, id) DO NOTHING;

-- name: find_hold
SELECT id, product_id, pieces, quote, context, back_path, expires_us, seen_minor FROM hold WHERE shop_id = $1 AND id = $2;

-- name: forget_holds
DELETE FROM hold WHERE shop_id = $1 AND expires_us < $2;

-- name: zones
SELECT id, name, countries FROM shipping_zone WHERE shop_id = $1 ORDER BY id LIMIT 20;

-- name: rates
SELECT zone_id, name, price_minor, free_from_minor, days_min, days_max FROM shipping_rate
WHERE shop_id = $1 ORDER BY zone_id, place LIMIT 200;

-- name: put_zone
INSERT INTO shipping_zone (shop_id, id, name, countries) VALUES ($1, $2, $3, $4)
ON CONFLICT (shop_id, id) DO UPDATE SET name = EXCLUDED.name, countries = EXCLUDED.countries;

-- name: add_rate
INSERT INTO shipping_rate (shop_id, zone_id, place, name, price_minor, free_from_minor, days_min, days_max)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: remove_rates
DELETE FROM shipping_rate WHERE shop_id = $1 AND zone_id = $2;

-- name: remove_zone
DELETE FROM shipping_zone WHERE shop_id = $1 AND id = $2 RETURNING name;

-- name: tax_rates
SELECT country, basis_points, destination FROM tax_rate WHERE shop_id = $1 ORDER BY country LIMIT 300;

-- name: remove_tax_rates
DELETE FROM tax_rate WHERE shop_id = $1;

-- name: add_tax_rate
INSERT INTO tax_rate (shop_id, country, basis_points, destination) VALUES ($1, $2, $3, $4);

-- name: add_discount
INSERT INTO discount (shop_id, id, code, kind, basis_points, amount_minor, goods_min_minor, products, starts_us, ends_us, uses_max,
                      per_customer_max, uses, creator, switched_off)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, 0);

-- name: count_discounts
SELECT COUNT(*) AS n FROM discount WHERE shop_id = $1;

-- name: discounts
SELECT id, code, kind, basis_points, amount_minor, goods_min_minor, products, starts_us, ends_us, uses_max, per_customer_max, uses, creator,
  switched_off
FROM discount WHERE shop_id = $1 ORDER BY id DESC LIMIT 500;

-- name: find_discount
SELECT id, code, kind, basis_points, amount_minor, goods_min_minor, products, starts_us, ends_us, uses_max, per_customer_max, uses, creator,
  switched_off
FROM discount WHERE shop_id = $1 AND code = $2;

-- name: switch_discount
UPDATE discount SET switched_off = $3 WHERE shop_id = $1 AND code = $2 RETURNING id;

-- name: uses_of_customer
SELECT COUNT(*) AS n FROM discount_use WHERE shop_id = $1 AND discount_id = $2 AND customer = $3 AND given_back_us IS NULL;

-- The check and the change: whoever gets a row back has the use.
-- name: use_discount
UPDATE discount SET uses = uses + 1
WHERE shop_id = $1 AND id = $2 AND switched_off = 0 AND starts_us <= $3 AND (ends_us IS NULL OR ends_us > $3)
  AND (uses_max IS NULL OR uses < uses_max)
  AND (per_customer_max IS NULL OR per_customer_max > (
    SELECT COUNT(*) FROM discount_use u WHERE shop_id = $1 AND u.discount_id = $2 AND u.customer = $4 AND u.given_back_us IS NULL))
RETURNING uses;

-- name: add_use
INSERT INTO discount_use (shop_id, order_id, discount_id, customer, creator, used_us) VALUES ($1, $2, $3, $4, $5, $6);

-- name: give_use_back
UPDATE discount_use SET given_back_us = $3 WHERE shop_id = $1 AND order_id = $2 AND given_back_us IS NULL RETURNING discount_id;

-- name: take_use_again
UPDATE discount_use SET given_back_us = NULL WHERE shop_id = $1 AND order_id = $2 AND given_back_us IS NOT NULL RETURNING discount_id;

-- name: count_use
UPDATE discount SET uses = uses + $3 WHERE shop_id = $1 AND id = $2;

-- name: use_of_order
SELECT u.discount_id, u.creator, d.code FROM discount_use u JOIN discount d ON d.shop_id = u.shop_id AND d.id = u.discount_id
WHERE u.shop_id = $1 AND u.order_id = $2 AND u.given_back_us IS NULL;
