-- name: add_target
INSERT INTO guard_target (shop_id, target, state, finding, words, failed_count, next_us, clicks, etag, modified)
VALUES ($1, $2, 'new', 'good', '', 0, $3, 0, '', '') ON CONFLICT (shop_id, target) DO NOTHING;

-- name: find_target
SELECT target, state, finding, words, failed_count, since_us, known_us, looked_us, next_us, ignored_us, clicks, etag, modified
FROM guard_target WHERE shop_id = $1 AND target = $2;

-- name: set_standing
UPDATE guard_target SET state = $3, finding = $4, words = $5, failed_count = $6, since_us = $7, known_us = $8, looked_us = $9, next_us = $10,
  clicks = $11, etag = $12, modified = $13
WHERE shop_id = $1 AND target = $2;

-- name: set_ignored
UPDATE guard_target SET ignored_us = $3 WHERE shop_id = $1 AND target = $2 RETURNING target;

-- name: look_at
UPDATE guard_target SET next_us = $3 WHERE shop_id = $1 AND target = $2 RETURNING target;

-- The busiest of what is due, of all shops.
-- name: due_targets
SELECT shop_id, target, next_us, clicks FROM guard_target WHERE next_us <= $1 ORDER BY clicks DESC, next_us, shop_id, target LIMIT $2;

-- name: claim_target
UPDATE guard_target SET next_us = $4 WHERE shop_id = $1 AND target = $2 AND next_us = $3 RETURNING target;

-- name: wrong_targets
SELECT target, state, finding, words, failed_count, since_us, known_us, looked_us, next_us, ignored_us, clicks, etag, modified
FROM guard_target WHERE shop_id = $1 AND state IN ('failing', 'warns', 'broken') ORDER BY clicks DESC, target LIMIT $2;

-- name: states
SELECT state, COUNT(*) AS n, MIN(looked_us) AS oldest_us FROM guard_target WHERE shop_id = $1 GROUP BY state ORDER BY state LIMIT 10;

-- name: drop_unused
DELETE FROM guard_target WHERE shop_id = $1 AND target NOT IN (SELECT target FROM guard_use WHERE shop_id = $1);

-- name: add_use
INSERT INTO guard_use (shop_id, kind, subject, part, target) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shop_id, kind, subject, part, target) DO NOTHING;

-- name: drop_use
DELETE FROM guard_use WHERE shop_id = $1 AND kind = $2 AND subject = $3 AND part = $4 AND target = $5;

-- name: uses_between
SELECT kind, subject, part, target, clicks_from, clicks_until, clicks_led, hand FROM guard_use
WHERE shop_id = $1 AND kind = $2 AND subject > $3 AND subject <= $4 ORDER BY subject, part, target LIMIT 100000;

-- name: uses_of
SELECT kind, subject, part, target, clicks_from, clicks_until, clicks_led, hand FROM guard_use
WHERE shop_id = $1 AND target = $2 ORDER BY kind DESC, subject, part LIMIT $3;

-- name: set_counted
UPDATE guard_use SET clicks_from = $6, clicks_until = $7, clicks_led = $8, hand = $9
WHERE shop_id = $1 AND kind = $2 AND subject = $3 AND part = $4 AND target = $5;

-- A link's counted clicks since a day, by the hours of the log.
-- name: clicks_since
SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS n FROM fact_click WHERE shop_id = $1 AND link = $2 AND day >= $3 AND part = 'hour';

-- People who came after the link's end.
-- name: came_too_late
SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS n FROM fact_click
WHERE shop_id = $1 AND link = $2 AND day >= $3 AND part = 'why' AND value = 'ended';

-- name: sales_of_link
SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS minor FROM fact_order
WHERE shop_id = $1 AND link = $2 AND currency = $3 AND state IN ('paid', 'fulfilled') AND placed_us >= $4 AND placed_us < $5;

-- name: sales_of_links
SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS minor FROM fact_order
WHERE shop_id = $1 AND link > 0 AND currency = $2 AND state IN ('paid', 'fulfilled') AND placed_us >= $3 AND placed_us < $4;

-- What other shops told of the link's sales, less what came back.
-- name: told_of_link
SELECT CAST(COALESCE(SUM(amount_minor - refunded_minor), 0) AS BIGINT) AS minor FROM conversion
WHERE shop_id = $1 AND link = $2 AND currency = $3 AND kind = 'sale' AND occurred_us >= $4 AND occurred_us < $5;

-- name: told_of_links
SELECT CAST(COALESCE(SUM(amount_minor - refunded_minor), 0) AS BIGINT) AS minor FROM conversion
WHERE shop_id = $1 AND currency = $2 AND kind = 'sale' AND occurred_us >= $3 AND occurred_us < $4;

-- name: clicks_of_links
SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS n FROM fact_touch WHERE shop_id = $1 AND kind = 'click' AND day >= $2 AND day <= $3;

-- name: find_mail
SELECT address, mailed_us FROM guard_mail WHERE shop_id = $1;

-- name: set_mail
INSERT INTO guard_mail (shop_id, address) VALUES ($1, $2) ON CONFLICT (shop_id) DO UPDATE SET address = EXCLUDED.address;

-- name: set_mailed
UPDATE guard_mail SET mailed_us = $2 WHERE shop_id = $1;

-- name: news_since
SELECT COUNT(*) AS n FROM guard_target WHERE shop_id = $1 AND state IN ('warns', 'broken') AND known_us > $2
  AND (ignored_us IS NULL OR ignored_us <= $3);

-- name: look_again_if_wrong
UPDATE guard_target SET next_us = $3 WHERE shop_id = $1 AND target = $2 AND state IN ('failing', 'warns', 'broken') AND next_us > $3;
