-- name: add_shop
INSERT INTO shop (id, slug, name, host, language, time_zone, currency, accent, paper, bio, legal_name, contact, logo, created_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: change_shop
UPDATE shop SET name = $2, host = $3, language = $4, time_zone = $5, accent = $6, paper = $7, bio = $8, legal_name = $9, contact = $10,
  logo = $11
WHERE id = $1;

-- name: set_zone
UPDATE shop SET time_zone = $2 WHERE id = $1;

-- name: set_language
UPDATE shop SET language = $2 WHERE id = $1;

-- name: set_home_country
UPDATE shop SET home_country = $2 WHERE id = $1;

-- name: suspend_shop
UPDATE shop SET suspended = $2 WHERE id = $1;

-- name: all_shops
SELECT id, slug, name, host, language, time_zone, currency, accent, paper, bio, legal_name, contact, logo, suspended, home_country
FROM shop ORDER BY id LIMIT 100000;

-- name: add_signing_key
INSERT INTO signing_key (shop_id, number, public_key, sealed_secret, created_us) VALUES ($1, $2, $3, $4, $5);

-- name: retire_signing_keys
UPDATE signing_key SET retired_us = $2 WHERE shop_id = $1 AND retired_us IS NULL;

-- name: signing_keys
SELECT number, public_key, sealed_secret, created_us, retired_us FROM signing_key WHERE shop_id = $1 ORDER BY number LIMIT 100;

-- name: add_login_link
INSERT INTO login_link (shop_id, token_hash, expires_us) VALUES ($1, $2, $3);

-- name: use_login_link
UPDATE login_link SET used_us = $3 WHERE shop_id = $1 AND token_hash = $2 AND used_us IS NULL AND expires_us > $3 RETURNING expires_us;

-- name: forget_login_links
DELETE FROM login_link WHERE shop_id = $1 AND expires_us < $2;

-- name: add_session
INSERT INTO studio_session (shop_id, token_hash, csrf, created_us, expires_us) VALUES ($1, $2, $3, $4, $5);

-- name: find_session
SELECT csrf, expires_us FROM studio_session WHERE shop_id = $1 AND token_hash = $2 AND expires_us > $3;

-- name: end_session
DELETE FROM studio_session WHERE shop_id = $1 AND token_hash = $2;

-- name: forget_sessions
DELETE FROM studio_session WHERE shop_id = $1 AND expires_us < $2;

-- name: add_api_key
INSERT INTO api_key (shop_id, id, name, key_hash, created_us) VALUES ($1, $2, $3, $4, $5);

-- name: find_api_key
SELECT id, name FROM api_key WHERE shop_id = $1 AND key_hash = $2 AND revoked_us IS NULL;

-- name: list_api_keys
SELECT id, name, created_us FROM api_key WHERE shop_id = $1 AND revoked_us IS NULL ORDER BY created_us DESC, id LIMIT 100;

-- name: revoke_api_key
UPDATE api_key SET revoked_us = $3 WHERE shop_id = $1 AND id = $2 AND revoked_us IS NULL RETURNING name;

-- name: forget_audit
DELETE FROM audit WHERE shop_id = $1 AND id IN (SELECT id FROM audit WHERE shop_id = $1 AND at_us < $2 ORDER BY at_us LIMIT $3);

-- name: add_audit
INSERT INTO audit (shop_id, id, at_us, who, act, subject) VALUES ($1, $2, $3, $4, $5, $6);
