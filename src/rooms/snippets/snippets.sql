-- name: add_snippet
INSERT INTO snippet (shop_id, id, number, slug, product_id, current_version, surfaces, created_us) VALUES ($1, $2, $3, $4, $5, 0, $6, $7);

-- name: next_version
UPDATE snippet SET current_version = current_version + 1, surfaces = $3 WHERE shop_id = $1 AND id = $2 AND revoked_us IS NULL
RETURNING current_version, number, slug, product_id, created_us;

-- name: add_version
INSERT INTO snippet_version (shop_id, snippet_id, version, title, how, proof, proof_source, proof_url, action, document, published_us, seal)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: revoke
UPDATE snippet SET revoked_us = $3 WHERE shop_id = $1 AND id = $2 AND revoked_us IS NULL RETURNING number;

-- name: restore
UPDATE snippet SET revoked_us = NULL WHERE shop_id = $1 AND id = $2 AND revoked_us IS NOT NULL RETURNING number;

-- name: current_by_slug
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.document, v.published_us, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id AND v.version = s.current_version
WHERE s.shop_id = $1 AND s.slug = $2;

-- name: current_by_id
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.document, v.published_us, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id AND v.version = s.current_version
WHERE s.shop_id = $1 AND s.id = $2;

-- name: by_number
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.document, v.published_us, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id AND v.version = $3
WHERE s.shop_id = $1 AND s.number = $2;

-- name: current_of_shop
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.document, v.published_us, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id AND v.version = s.current_version
WHERE s.shop_id = $1 ORDER BY s.id LIMIT 1000;

-- name: one_version
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.document, v.published_us, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id
WHERE s.shop_id = $1 AND s.id = $2 AND v.version = $3;

-- name: versions
SELECT version, title, published_us FROM snippet_version WHERE shop_id = $1 AND snippet_id = $2 ORDER BY version DESC LIMIT 100;
