-- name: find_ask
SELECT ask FROM escape_shop WHERE shop_id = $1;

-- name: set_ask
INSERT INTO escape_shop (shop_id, ask) VALUES ($1, $2) ON CONFLICT (shop_id) DO UPDATE SET ask = EXCLUDED.ask;

-- name: add_try
INSERT INTO escape_try (shop_id, nonce, recipe, at_us, arrived) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shop_id, nonce) DO NOTHING RETURNING nonce;

-- name: note_arrived
UPDATE escape_try SET arrived = 1 WHERE shop_id = $1 AND nonce = $2 AND arrived = 0 RETURNING nonce;

-- name: count_day
INSERT INTO escape_day (shop_id, recipe, day, tries, arrived) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shop_id, recipe, day) DO UPDATE SET tries = escape_day.tries + EXCLUDED.tries, arrived = escape_day.arrived + EXCLUDED.arrived;

-- name: forget_tries
DELETE FROM escape_try WHERE shop_id = $1 AND recipe = $2 AND at_us < $3 AND at_us <
  (SELECT MIN(at_us) FROM (SELECT at_us FROM escape_try WHERE shop_id = $1 AND recipe = $2 AND at_us < $3 ORDER BY at_us DESC LIMIT 200) AS kept);

-- name: forget_days
DELETE FROM escape_day WHERE shop_id = $1 AND day < $2;

-- name: begin_count
INSERT INTO escape_switch (shop_id, recipe, off_us, why, counts_from_us) VALUES ($1, $2, NULL, '', 0)
ON CONFLICT (shop_id, recipe) DO NOTHING;

-- name: switch_off_failing
UPDATE escape_switch SET off_us = $3, why = $4 WHERE shop_id = $1 AND recipe = $2 AND off_us IS NULL AND 1 =
  (SELECT CASE WHEN COUNT(*) = 200 AND CAST(SUM(arrived) AS BIGINT) < 100 THEN 1 ELSE 0 END FROM
    (SELECT arrived FROM escape_try WHERE shop_id = $1 AND recipe = $2 AND at_us > escape_switch.counts_from_us AND at_us <= $5
     ORDER BY at_us DESC, nonce DESC LIMIT 200) AS last_tries)
RETURNING recipe;

-- name: set_switch
INSERT INTO escape_switch (shop_id, recipe, off_us, why, counts_from_us) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shop_id, recipe) DO UPDATE SET off_us = EXCLUDED.off_us, why = EXCLUDED.why, counts_from_us = EXCLUDED.counts_from_us;

-- name: switches
SELECT recipe, off_us, why, counts_from_us FROM escape_switch WHERE shop_id = $1 ORDER BY recipe LIMIT 100;

-- name: days_of_shop
SELECT recipe, CAST(SUM(tries) AS BIGINT) AS tries, CAST(SUM(arrived) AS BIGINT) AS arrived FROM escape_day
WHERE shop_id = $1 AND day >= $2 GROUP BY recipe ORDER BY recipe LIMIT 100;

-- name: days_of_all
SELECT recipe, CAST(SUM(tries) AS BIGINT) AS tries, CAST(SUM(arrived) AS BIGINT) AS arrived FROM escape_day
WHERE day >= $1 GROUP BY recipe ORDER BY recipe LIMIT 100;

-- name: off_everywhere
SELECT recipe, since_us FROM escape_off ORDER BY recipe LIMIT 100;

-- name: put_off_everywhere
INSERT INTO escape_off (recipe, since_us) VALUES ($1, $2) ON CONFLICT (recipe) DO NOTHING;

-- name: put_on_everywhere
DELETE FROM escape_off WHERE recipe = $1;

-- name: put_all_on_everywhere
DELETE FROM escape_off WHERE recipe <> '';
