-- name: add_block
INSERT INTO click_block (shop_id, chain, number, at_us, lines, hash) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (shop_id, chain, number) DO NOTHING;

-- name: move_chain
INSERT INTO click_chain (shop_id, chain, last, hash, rolled, sealed) VALUES ($1, $2, $3, $4, 0, 0)
ON CONFLICT (shop_id, chain) DO UPDATE SET last = EXCLUDED.last, hash = EXCLUDED.hash;

-- name: chains_to_roll
SELECT shop_id, chain, rolled FROM click_chain WHERE rolled < last ORDER BY last - rolled DESC, shop_id, chain LIMIT 100;

-- name: blocks_after
SELECT number, at_us, lines, hash FROM click_block WHERE shop_id = $1 AND chain = $2 AND number > $3 ORDER BY number LIMIT $4;

-- name: add_click_touches
INSERT INTO touch_count (shop_id, day, kind, link, surface, snippet, snippet_version, arms, live_session, product_id, n)
VALUES ($1, $2, $3, $4, 8, 0, 0, $5, 0, '', $6)
ON CONFLICT (shop_id, day, kind, link, surface, snippet, snippet_version, arms, live_session, product_id)
DO UPDATE SET n = touch_count.n + EXCLUDED.n;

-- name: add_parts
INSERT INTO click_part (shop_id, link, day, part, value, n) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (shop_id, link, day, part, value) DO UPDATE SET n = click_part.n + EXCLUDED.n;

-- name: set_rolled
UPDATE click_chain SET rolled = $4 WHERE shop_id = $1 AND chain = $2 AND rolled = $3 RETURNING rolled;

-- name: chains_to_seal
SELECT shop_id, chain, last, hash FROM click_chain WHERE sealed < last AND (shop_id, chain) > ($1, $2) ORDER BY shop_id, chain LIMIT $3;

-- name: add_seal
INSERT INTO click_seal (shop_id, chain, number, at_us, hash, key_number, signature) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: set_sealed
UPDATE click_chain SET sealed = $3 WHERE shop_id = $1 AND chain = $2;

-- name: chains_of
SELECT chain, last, hash, rolled, gone FROM click_chain WHERE shop_id = $1 ORDER BY chain LIMIT 100000;

-- name: seals_of
SELECT number, at_us, hash, key_number, signature FROM click_seal WHERE shop_id = $1 AND chain = $2 ORDER BY number LIMIT 100000;

-- name: click_touches
SELECT link, day, kind, arms, n FROM touch_count WHERE shop_id = $1 AND kind IN ('click', 'bot', 'view', 'unseen') ORDER BY link, day, kind, arms LIMIT 10000000;

-- name: all_parts
SELECT link, day, part, value, n FROM click_part WHERE shop_id = $1 ORDER BY link, day, part, value LIMIT 10000000;

-- name: views
SELECT link, CAST(SUM(CASE WHEN kind = 'view' AND day >= $2 THEN n ELSE 0 END) AS BIGINT) AS week,
  CAST(SUM(CASE WHEN kind = 'view' THEN n ELSE 0 END) AS BIGINT) AS month,
  CAST(SUM(CASE WHEN kind = 'unseen' THEN n ELSE 0 END) AS BIGINT) AS unseen
FROM touch_count WHERE shop_id = $1 AND kind IN ('view', 'unseen') AND day >= $3 GROUP BY link ORDER BY link LIMIT 1000;

-- name: taps_from
SELECT link, CAST(SUM(CASE WHEN day >= $2 THEN n ELSE 0 END) AS BIGINT) AS week, CAST(SUM(n) AS BIGINT) AS month
FROM click_part WHERE shop_id = $1 AND part = 'source' AND value <> '' AND value = $4 AND day >= $3
GROUP BY link ORDER BY link LIMIT 10000;

-- name: parts_of_link
SELECT part, value, CAST(SUM(n) AS BIGINT) AS n FROM click_part WHERE shop_id = $1 AND link = $2 AND day >= $3
GROUP BY part, value ORDER BY part, n DESC, value LIMIT 1000;
