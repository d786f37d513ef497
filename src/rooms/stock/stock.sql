-- name: add_allotment
INSERT INTO allotment (shop_id, id, product_id, kind, left_count, held_count, taken_count, per_buyer_max, closes_us, created_us)
VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7, $8)
ON CONFLICT (shop_id, id) DO NOTHING

-- name: read_allotment
SELECT id, product_id, kind, left_count, held_count, taken_count, per_buyer_max, closes_us, closed_us
FROM allotment WHERE shop_id = $1 AND id = $2

-- name: allotments_of_product
SELECT id, product_id, kind, left_count, held_count, taken_count, per_buyer_max, closes_us, closed_us
FROM allotment WHERE shop_id = $1 AND product_id = $2 ORDER BY created_us DESC, id LIMIT $3

-- name: put_in
UPDATE allotment SET left_count = left_count + $3, version = version + 1 WHERE shop_id = $1 AND id = $2 RETURNING left_count

-- name: take_out
UPDATE allotment SET left_count = left_count - $3, version = version + 1 WHERE shop_id = $1 AND id = $2 AND left_count >= $3
RETURNING left_count

-- name: hold
UPDATE allotment SET left_count = left_count - $3, held_count = held_count + $3, version = version + 1
WHERE shop_id = $1 AND id = $2 AND left_count >= $3 AND closed_us IS NULL
RETURNING left_count

-- name: taken
UPDATE allotment SET held_count = held_count - $3, taken_count = taken_count + $3, version = version + 1
WHERE shop_id = $1 AND id = $2 AND held_count >= $3
RETURNING left_count

-- name: give_back
UPDATE allotment SET held_count = held_count - $3, left_count = left_count + $3, version = version + 1
WHERE shop_id = $1 AND id = $2 AND held_count >= $3
RETURNING left_count, product_id, closed_us

-- name: close_allotment
UPDATE allotment SET closed_us = $3, version = version + 1 WHERE shop_id = $1 AND id = $2 AND kind = 'drop' AND closed_us IS NULL
RETURNING product_id, left_count

-- Drops whose deadline has come.
-- name: close_due
UPDATE allotment SET closed_us = $2, version = version + 1
WHERE shop_id = $1 AND closed_us IS NULL AND closes_us <= $2 AND id IN (
  SELECT id FROM allotment WHERE shop_id = $1 AND closed_us IS NULL AND closes_us <= $2 ORDER BY closes_us, id LIMIT $3)
RETURNING id, product_id, left_count

-- Asked of all shops at once, as the next one is.
-- name: shops_with_due_drops
SELECT shop_id FROM allotment WHERE closed_us IS NULL AND closes_us <= $1 GROUP BY shop_id ORDER BY MIN(closes_us) LIMIT $2

-- Only ever rises: whatever changes one of the product's allotments raises that one's version.
-- name: version_of_product
SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) AS version FROM allotment WHERE shop_id = $1 AND product_id = $2

-- name: add_claim
INSERT INTO claim (shop_id, id, allotment_id, product_id, pieces, buyer, state, made_us, expires_us)
VALUES ($1, $2, $3, $4, $5, $6, 'held', $7, $8)

-- name: read_claim
SELECT id, allotment_id, product_id, pieces, buyer, state, expires_us FROM claim WHERE shop_id = $1 AND id = $2

-- name: first_end
SELECT expires_us FROM claim WHERE shop_id = $1 AND allotment_id = $2 AND state = 'held' ORDER BY expires_us LIMIT 1

-- name: pieces_of_buyer
SELECT CAST(COALESCE(SUM(pieces), 0) AS BIGINT) AS pieces FROM claim
WHERE shop_id = $1 AND allotment_id = $2 AND buyer = $3 AND state IN ('held', 'taken')

-- name: take_claim
UPDATE claim SET state = 'taken', ended_us = $3 WHERE shop_id = $1 AND id = $2 AND state = 'held' RETURNING allotment_id, pieces

-- name: let_go_claim
UPDATE claim SET state = 'let_go', ended_us = $3 WHERE shop_id = $1 AND id = $2 AND state = 'held' RETURNING allotment_id, pieces

-- name: extend_claim
UPDATE claim SET expires_us = $3 WHERE shop_id = $1 AND id = $2 AND state = 'held' AND expires_us < $3

-- name: due_claims
UPDATE claim SET state = 'let_go', ended_us = $2
WHERE shop_id = $1 AND state = 'held' AND expires_us <= $2 AND id IN (
  SELECT id FROM claim WHERE shop_id = $1 AND state = 'held' AND expires_us <= $2 ORDER BY expires_us, id LIMIT $3)
RETURNING id, allotment_id, pieces

-- Asked of all shops at once.
-- name: shops_with_due_claims
SELECT shop_id FROM claim WHERE state = 'held' AND expires_us <= $1 GROUP BY shop_id ORDER BY MIN(expires_us) LIMIT $2

-- name: add_movement
INSERT INTO movement (shop_id, allotment_id, kind, subject, pieces, at_us) VALUES ($1, $2, $3, $4, $5, $6)

-- name: received_under
SELECT CASE WHEN kind = 'received' THEN pieces ELSE -pieces END AS pieces FROM movement
WHERE shop_id = $1 AND allotment_id = $2 AND kind IN ('received', 'removed') AND subject = $3 LIMIT 1

-- name: movements
SELECT allotment_id, kind, subject, pieces, at_us FROM movement WHERE shop_id = $1 AND allotment_id = $2
ORDER BY at_us, kind, subject LIMIT $3

-- What the movements say should be there, beside what the row says.
-- name: recount
SELECT CAST(COALESCE(SUM(CASE WHEN kind IN ('received', 'moved_in', 'let_go') THEN pieces ELSE -pieces END), 0) AS BIGINT) +
       CAST(COALESCE(SUM(CASE WHEN kind = 'taken' THEN pieces ELSE 0 END), 0) AS BIGINT) AS left_count,
       CAST(COALESCE(SUM(CASE WHEN kind = 'held' THEN pieces WHEN kind IN ('taken', 'let_go') THEN -pieces ELSE 0 END), 0) AS BIGINT) AS held_count,
       CAST(COALESCE(SUM(CASE WHEN kind = 'taken' THEN pieces ELSE 0 END), 0) AS BIGINT) AS taken_count
FROM movement WHERE shop_id = $1 AND allotment_id = $2

-- name: join_waitlist
INSERT INTO waitlist (shop_id, product_id, contact, joined_us) VALUES ($1, $2, $3, $4)
ON CONFLICT (shop_id, product_id, contact) DO UPDATE SET told_us = NULL

-- name: count_waiting
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM waitlist WHERE shop_id = $1 AND product_id = $2 AND told_us IS NULL

-- name: forget_told
DELETE FROM waitlist WHERE shop_id = $1 AND told_us <= $2

-- name: tell_waiting
UPDATE waitlist SET told_us = $3 WHERE shop_id = $1 AND product_id = $2 AND told_us IS NULL AND contact IN (
  SELECT contact FROM waitlist WHERE shop_id = $1 AND product_id = $2 AND told_us IS NULL ORDER BY joined_us, contact LIMIT $4)
RETURNING contact, joined_us
