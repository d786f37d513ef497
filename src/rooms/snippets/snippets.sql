-- name: add_snippet
INSERT INTO snippet (shop_id, id, number, slug, product_id, current_version, surfaces, created_us) VALUES ($1, $2, $3, $4, $5, 0, $6, $7);

-- name: next_version
UPDATE snippet SET current_version = current_version + 1, surfaces = $3 WHERE shop_id = $1 AND id = $2 AND revoked_us IS NULL
RETURNING current_version, number, slug, product_id, created_us;

-- name: add_version
INSERT INTO snippet_version (shop_id, snippet_id, version, title, how, proof, proof_source, proof_url, action, document, published_us, seal,
  variants, starts_us, ends_us, nothing_after, digest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- name: call_off
UPDATE snippet_version SET called_off_us = $4 WHERE shop_id = $1 AND snippet_id = $2 AND version = $3 AND starts_us > $4 AND called_off_us IS NULL
RETURNING version;

-- name: revoke
UPDATE snippet SET revoked_us = $3 WHERE shop_id = $1 AND id = $2 AND revoked_us IS NULL RETURNING number;

-- name: restore
UPDATE snippet SET revoked_us = NULL WHERE shop_id = $1 AND id = $2 AND revoked_us IS NOT NULL RETURNING number;

-- name: current_by_slug
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.variants,
  v.document, v.published_us, v.starts_us, v.ends_us, v.nothing_after, v.called_off_us, v.digest, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id AND v.version = (
  SELECT x.version FROM snippet_version x WHERE x.shop_id = $1 AND x.snippet_id = s.id AND x.called_off_us IS NULL
  ORDER BY CASE WHEN x.starts_us > $3 THEN 2 WHEN x.ends_us IS NULL OR x.ends_us > $3 OR x.nothing_after = 1 THEN 0 ELSE 1 END,
    x.starts_us DESC, x.version DESC LIMIT 1)
WHERE s.shop_id = $1 AND s.slug = $2;

-- name: current_by_id
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.variants,
  v.document, v.published_us, v.starts_us, v.ends_us, v.nothing_after, v.called_off_us, v.digest, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id AND v.version = (
  SELECT x.version FROM snippet_version x WHERE x.shop_id = $1 AND x.snippet_id = s.id AND x.called_off_us IS NULL
  ORDER BY CASE WHEN x.starts_us > $3 THEN 2 WHEN x.ends_us IS NULL OR x.ends_us > $3 OR x.nothing_after = 1 THEN 0 ELSE 1 END,
    x.starts_us DESC, x.version DESC LIMIT 1)
WHERE s.shop_id = $1 AND s.id = $2;

-- name: current_of_product
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.variants,
  v.document, v.published_us, v.starts_us, v.ends_us, v.nothing_after, v.called_off_us, v.digest, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id AND v.version = (
  SELECT x.version FROM snippet_version x WHERE x.shop_id = $1 AND x.snippet_id = s.id AND x.called_off_us IS NULL
  ORDER BY CASE WHEN x.starts_us > $3 THEN 2 WHEN x.ends_us IS NULL OR x.ends_us > $3 OR x.nothing_after = 1 THEN 0 ELSE 1 END,
    x.starts_us DESC, x.version DESC LIMIT 1)
WHERE s.shop_id = $1 AND s.product_id = $2 ORDER BY s.id LIMIT 100;

-- name: by_number
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.variants,
  v.document, v.published_us, v.starts_us, v.ends_us, v.nothing_after, v.called_off_us, v.digest, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id AND v.version = $3
WHERE s.shop_id = $1 AND s.number = $2;

-- name: current_of_shop
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.variants,
  v.document, v.published_us, v.starts_us, v.ends_us, v.nothing_after, v.called_off_us, v.digest, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id AND v.version = (
  SELECT x.version FROM snippet_version x WHERE x.shop_id = $1 AND x.snippet_id = s.id AND x.called_off_us IS NULL
  ORDER BY CASE WHEN x.starts_us > $2 THEN 2 WHEN x.ends_us IS NULL OR x.ends_us > $2 OR x.nothing_after = 1 THEN 0 ELSE 1 END,
    x.starts_us DESC, x.version DESC LIMIT 1)
WHERE s.shop_id = $1 ORDER BY s.id LIMIT 1000;

-- name: one_version
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.variants,
  v.document, v.published_us, v.starts_us, v.ends_us, v.nothing_after, v.called_off_us, v.digest, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id
WHERE s.shop_id = $1 AND s.id = $2 AND v.version = $3;

-- name: by_digest
SELECT s.id, s.number, s.slug, s.product_id, s.surfaces, s.revoked_us, v.version, v.title, v.how, v.proof, v.proof_source, v.proof_url, v.action, v.variants,
  v.document, v.published_us, v.starts_us, v.ends_us, v.nothing_after, v.called_off_us, v.digest, v.seal
FROM snippet s JOIN snippet_version v ON v.shop_id = s.shop_id AND v.snippet_id = s.id
WHERE s.shop_id = $1 AND v.digest = $2 ORDER BY s.id LIMIT 1;

-- name: versions
SELECT version, title, published_us, starts_us, ends_us, called_off_us, digest FROM snippet_version WHERE shop_id = $1 AND snippet_id = $2 ORDER BY version DESC LIMIT 100;
