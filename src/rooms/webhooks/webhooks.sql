-- name: endpoints
SELECT id, url, secret, events, created_us, failing_us, disabled_us, gone FROM webhook_endpoint WHERE shop_id = $1 ORDER BY id LIMIT $2

-- name: find
SELECT id, url, secret, events, created_us, failing_us, disabled_us, gone FROM webhook_endpoint WHERE shop_id = $1 AND id = $2

-- name: add
INSERT INTO webhook_endpoint (shop_id, id, url, secret, events, created_us) VALUES ($1, $2, $3, $4, $5, $6)

-- name: remove
DELETE FROM webhook_endpoint WHERE shop_id = $1 AND id = $2 RETURNING id

-- A new secret is also the word that it works again.
-- name: rotate
UPDATE webhook_endpoint SET secret = $3, failing_us = NULL, disabled_us = NULL, gone = 0 WHERE shop_id = $1 AND id = $2 RETURNING id

-- name: note_good
UPDATE webhook_endpoint SET failing_us = NULL, disabled_us = NULL, gone = 0
WHERE shop_id = $1 AND id = $2 AND (failing_us IS NOT NULL OR disabled_us IS NOT NULL)

-- The first failure after a success starts the time; a row that failed all along is switched off.
-- name: note_failing
UPDATE webhook_endpoint SET failing_us = $3 WHERE shop_id = $1 AND id = $2 AND failing_us IS NULL

-- name: disable
UPDATE webhook_endpoint SET disabled_us = $3, gone = $5 WHERE shop_id = $1 AND id = $2 AND disabled_us IS NULL AND failing_us <= $4
RETURNING id
