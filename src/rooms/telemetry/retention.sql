-- name: find_let_go
SELECT before_day, number, hash, clicks, others, done_day, folded_day, at_us, key_number, signature
FROM click_let_go WHERE shop_id = $1 AND chain = $2;

-- name: set_let_go
INSERT INTO click_let_go (shop_id, chain, before_day, number, hash, clicks, others, done_day, folded_day, at_us, key_number, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (shop_id, chain) DO UPDATE SET before_day = EXCLUDED.before_day, number = EXCLUDED.number, hash = EXCLUDED.hash,
  clicks = EXCLUDED.clicks, others = EXCLUDED.others, done_day = EXCLUDED.done_day, folded_day = EXCLUDED.folded_day,
  at_us = EXCLUDED.at_us, key_number = EXCLUDED.key_number, signature = EXCLUDED.signature;

-- name: set_progress
UPDATE click_let_go SET done_day = $2, folded_day = $3 WHERE shop_id = $1 AND chain = '';

-- name: oldest_day
SELECT COALESCE(MIN(day), -1) AS day FROM touch_count WHERE shop_id = $1;

-- A chain whose next block is old, and in the totals.
-- name: chain_to_let_go
SELECT c.chain AS chain, c.gone AS gone, c.rolled AS rolled, c.last AS last FROM click_chain c
JOIN click_block b ON b.shop_id = c.shop_id AND b.chain = c.chain AND b.number = c.gone + 1
WHERE c.shop_id = $1 AND c.rolled > c.gone AND b.at_us < $2 AND c.chain > $3 ORDER BY c.chain LIMIT 1;

-- name: drop_blocks
DELETE FROM click_block WHERE shop_id = $1 AND chain = $2 AND number <= $3;

-- name: drop_seals
DELETE FROM click_seal WHERE shop_id = $1 AND chain = $2 AND number <= $3;

-- name: set_gone
UPDATE click_chain SET gone = $4 WHERE shop_id = $1 AND chain = $2 AND gone = $3 RETURNING gone;

-- Of a chain that went as a whole nothing stays but its part of the shop's sums.
-- name: drop_chain
DELETE FROM click_chain WHERE shop_id = $1 AND chain = $2 AND gone = last RETURNING chain;

-- name: drop_let_go
DELETE FROM click_let_go WHERE shop_id = $1 AND chain = $2;

-- name: drop_parts
DELETE FROM click_part WHERE shop_id = $1 AND (link, day, part, value) IN (
  SELECT link, day, part, value FROM click_part WHERE shop_id = $1 AND day < $2 ORDER BY day LIMIT $3)
RETURNING n;

-- The days of a month behind its first.
-- name: days_to_fold
SELECT day, kind, link, surface, snippet, snippet_version, arms, live_session, product_id, n FROM touch_count
WHERE shop_id = $1 AND day > $2 AND day < $3
ORDER BY day, kind, link, surface, snippet, snippet_version, arms, live_session, product_id LIMIT $4;

-- name: drop_touches
DELETE FROM touch_count WHERE shop_id = $1 AND day = $2 AND kind = $3 AND link = $4 AND surface = $5 AND snippet = $6
  AND snippet_version = $7 AND arms = $8 AND live_session = $9 AND product_id = $10;
