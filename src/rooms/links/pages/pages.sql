-- name: add_page
INSERT INTO page (shop_id, number, slug, draft, published, published_us, created_us, changed_us, removed_us)
VALUES ($1, $2, $3, $4, NULL, NULL, $5, $5, NULL);

-- name: find_page
SELECT number, slug, draft, published, published_us, created_us, changed_us FROM page
WHERE shop_id = $1 AND slug = $2 AND removed_us IS NULL;

-- name: list_pages
SELECT number, slug, draft, published, published_us, created_us, changed_us FROM page
WHERE shop_id = $1 AND removed_us IS NULL ORDER BY slug LIMIT 100;

-- name: find_page_with
SELECT slug FROM page WHERE shop_id = $1 AND removed_us IS NULL AND (draft LIKE $2 OR published LIKE $2) ORDER BY slug LIMIT 1;

-- name: save_draft
UPDATE page SET slug = $3, draft = $4, changed_us = $5 WHERE shop_id = $1 AND number = $2;

-- name: publish_page
UPDATE page SET published = $3, published_us = $4 WHERE shop_id = $1 AND number = $2;

-- name: remove_page
UPDATE page SET removed_us = $3 WHERE shop_id = $1 AND number = $2;

-- name: restore_page
UPDATE page SET removed_us = NULL WHERE shop_id = $1 AND slug = $2 AND removed_us IS NOT NULL RETURNING number;

-- name: forget_removed_past
DELETE FROM page_past
WHERE shop_id = $1 AND page IN (SELECT number FROM page WHERE shop_id = $1 AND removed_us IS NOT NULL AND (slug = $2 OR removed_us < $3));

-- name: forget_removed
DELETE FROM page WHERE shop_id = $1 AND removed_us IS NOT NULL AND (slug = $2 OR removed_us < $3)
RETURNING number;

-- name: last_past
SELECT COALESCE(MAX(number), 0) AS number FROM page_past WHERE shop_id = $1 AND page = $2;

-- name: add_past
INSERT INTO page_past (shop_id, page, number, kind, at_us, who, what, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: forget_past
DELETE FROM page_past
WHERE shop_id = $1 AND page = $2 AND kind = $3 AND number NOT IN (
  SELECT number FROM page_past WHERE shop_id = $1 AND page = $2 AND kind = $3 ORDER BY number DESC LIMIT 20);

-- name: past
SELECT number, at_us, who, what, content FROM page_past WHERE shop_id = $1 AND page = $2 AND kind = $3 ORDER BY number DESC LIMIT 20;

-- name: find_past
SELECT number, at_us, who, what, content FROM page_past WHERE shop_id = $1 AND page = $2 AND number = $3;
