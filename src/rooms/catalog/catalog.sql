-- name: count_products
SELECT COUNT(*) AS n FROM product WHERE shop_id = $1;

-- name: add_product
INSERT INTO product (shop_id, id, slug, name, price_minor, currency, tax_basis_points, image, image_alt, page, published, created_us, ships,
                     tax_behavior)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: change_product
UPDATE product SET name = $3, price_minor = $4, tax_basis_points = $5, image = $6, image_alt = $7, page = $8, published = $9, ships = $10,
  tax_behavior = $11
WHERE shop_id = $1 AND id = $2 RETURNING slug;

-- name: find_by_slug
SELECT id, slug, name, price_minor, currency, tax_basis_points, image, image_alt, page, published, created_us, ships, tax_behavior
FROM product
WHERE shop_id = $1 AND slug = $2;

-- name: find_by_id
SELECT id, slug, name, price_minor, currency, tax_basis_points, image, image_alt, page, published, created_us, ships, tax_behavior
FROM product
WHERE shop_id = $1 AND id = $2;

-- name: all_products
SELECT id, slug, name, price_minor, currency, tax_basis_points, image, image_alt, page, published, created_us, ships, tax_behavior
FROM product
WHERE shop_id = $1 ORDER BY id LIMIT 1000;

-- name: add_price
INSERT INTO price (shop_id, product_id, from_us, price_minor, currency) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shop_id, product_id, from_us) DO UPDATE SET price_minor = EXCLUDED.price_minor;

-- name: prices_since
SELECT from_us, price_minor, currency FROM price
WHERE shop_id = $1 AND product_id = $2 AND from_us >= COALESCE(
  (SELECT MAX(b.from_us) FROM price b WHERE b.shop_id = $1 AND b.product_id = $2 AND b.from_us <= $3), 0)
ORDER BY from_us LIMIT 1000;
