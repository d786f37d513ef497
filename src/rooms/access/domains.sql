-- name: add_domain
INSERT INTO domain (shop_id, name, ignores_case, created_us) VALUES ($1, $2, $3, $4);

-- name: remove_domain
DELETE FROM domain WHERE shop_id = $1 AND name = $2 RETURNING name;

-- name: set_case_rule
UPDATE domain SET ignores_case = $3 WHERE shop_id = $1 AND name = $2 RETURNING name;

-- name: domains_of
SELECT name, ignores_case, created_us FROM domain WHERE shop_id = $1 ORDER BY name LIMIT 100;

-- name: all_domains
SELECT shop_id, name, ignores_case, created_us FROM domain ORDER BY name LIMIT 100000;

-- name: all_hosts
SELECT host FROM shop WHERE host IS NOT NULL ORDER BY host LIMIT 100000;

-- name: owner_of_domain
SELECT shop_id FROM domain WHERE name = $1;

-- name: owner_of_host
SELECT id FROM shop WHERE host = $1;
