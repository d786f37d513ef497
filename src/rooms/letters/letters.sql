-- name: find_list
SELECT slug, name, words FROM letter_list WHERE shop_id = $1 AND slug = $2

-- name: lists
SELECT slug, name, words FROM letter_list WHERE shop_id = $1 ORDER BY slug LIMIT $2

-- name: put_list
INSERT INTO letter_list (shop_id, slug, name, words) VALUES ($1, $2, $3, $4)
ON CONFLICT (shop_id, slug) DO UPDATE SET name = $3, words = $4

-- name: counts
SELECT list, state, CAST(COUNT(*) AS BIGINT) AS n FROM letter_subscriber WHERE shop_id = $1 GROUP BY list, state ORDER BY list, state

-- name: add_asked
INSERT INTO letter_subscriber (shop_id, id, list, address, state, nonce, token_hash, words, link, asked_us, mailed_us)
VALUES ($1, $2, $3, $4, 'asked', $5, $6, $7, $8, $9, $9)
ON CONFLICT (shop_id, list, address) DO NOTHING
RETURNING id

-- One mail a day, whoever asks; none to who is on the list.
-- name: ask_again
UPDATE letter_subscriber SET state = 'asked', words = $4, link = $5, asked_us = $6, mailed_us = $6
WHERE shop_id = $1 AND list = $2 AND address = $3 AND state <> 'confirmed' AND mailed_us <= $7
RETURNING id

-- name: find
SELECT id, list, address, state, nonce, words, link, asked_us, confirmed_us, ended_us FROM letter_subscriber
WHERE shop_id = $1 AND id = $2

-- name: find_by_token
SELECT id, list, address, state, nonce, words, link, asked_us, confirmed_us, ended_us FROM letter_subscriber
WHERE shop_id = $1 AND token_hash = $2

-- name: confirm
UPDATE letter_subscriber SET state = 'confirmed', confirmed_us = $3, ended_us = NULL
WHERE shop_id = $1 AND id = $2 AND state = 'asked'
RETURNING id

-- name: end
UPDATE letter_subscriber SET state = $3, ended_us = $4
WHERE shop_id = $1 AND id = $2 AND state IN ('asked', 'confirmed')
RETURNING id

-- name: page
SELECT id, list, address, state, nonce, words, link, asked_us, confirmed_us, ended_us FROM letter_subscriber
WHERE shop_id = $1 AND id > $2 ORDER BY id LIMIT $3

-- name: newest
SELECT id, list, address, state, nonce, words, link, asked_us, confirmed_us, ended_us FROM letter_subscriber
WHERE shop_id = $1 ORDER BY id DESC LIMIT $2

-- name: forget_unconfirmed
DELETE FROM letter_subscriber WHERE shop_id = $1 AND state = 'asked' AND confirmed_us IS NULL AND asked_us <= $2

-- Who had confirmed before, stopped, and was asked in vain: the consent of then stays on record.
-- name: end_unconfirmed
UPDATE letter_subscriber SET state = 'stopped' WHERE shop_id = $1 AND state = 'asked' AND asked_us <= $2
