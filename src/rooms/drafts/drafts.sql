-- name: find
SELECT id, document, digest, life, studio, changed_us, ended_us FROM draft WHERE shop_id = $1 AND id = $2;

-- name: written_on
SELECT id, document, digest, life, studio, changed_us, ended_us FROM draft WHERE shop_id = $1 AND life = 'draft' ORDER BY changed_us DESC, id DESC LIMIT 200;

-- name: digests
SELECT id, digest, life FROM draft WHERE shop_id = $1 ORDER BY id LIMIT 2000;

-- name: count
SELECT CAST(COUNT(*) AS BIGINT) AS all_count, CAST(COALESCE(SUM(CASE WHEN life = 'draft' THEN 1 ELSE 0 END), 0) AS BIGINT) AS draft_count
FROM draft WHERE shop_id = $1;

-- name: add
INSERT INTO draft (shop_id, id, document, digest, life, studio, changed_us, ended_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: change
UPDATE draft SET document = $3, digest = $4, life = $5, changed_us = $6, ended_us = $7 WHERE shop_id = $1 AND id = $2 AND digest = $8 RETURNING id;

-- name: forget
DELETE FROM draft WHERE shop_id = $1 AND ended_us < $2;
