-- name: make
INSERT INTO promise (shop_id, kind, key, payload, state, tries, promised_us, due_us, error, lane)
VALUES ($1, $2, $3, $4, 'due', 0, $5, $5, '', $6)
ON CONFLICT (shop_id, kind, key) DO NOTHING

-- The one question that is asked of all shops at once; the answers are then worked through shop by shop.
-- name: shops_with_due
SELECT shop_id FROM promise WHERE state = 'due' AND due_us <= $1 AND lane = $3 GROUP BY shop_id ORDER BY MIN(due_us) LIMIT $2

-- Taking a lease is moving the due time on: should the one who took it die, the promise comes up again by itself.
-- name: lease
UPDATE promise SET tries = tries + 1, due_us = $3
WHERE shop_id = $1 AND state = 'due' AND due_us <= $2 AND (kind, key) IN (
  SELECT kind, key FROM promise WHERE shop_id = $1 AND state = 'due' AND due_us <= $2 AND lane = $5 ORDER BY due_us, kind, key LIMIT $4)
RETURNING kind, key, payload, tries, promised_us

-- tries tells whose lease it is: one who comes back too late changes nothing.
-- name: end_promise
UPDATE promise SET state = $5, ended_us = $6, error = $7
WHERE shop_id = $1 AND kind = $2 AND key = $3 AND tries = $4 AND state = 'due'
RETURNING tries

-- name: postpone
UPDATE promise SET due_us = $5, error = $6
WHERE shop_id = $1 AND kind = $2 AND key = $3 AND tries = $4 AND state = 'due'
RETURNING tries

-- name: given_up
SELECT kind, key, tries, ended_us, error FROM promise WHERE shop_id = $1 AND state = 'given_up'
ORDER BY ended_us DESC, kind, key LIMIT $2

-- Asked of all shops at once, by who runs the program.
-- name: backlog
SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM promise WHERE state = 'due') AS due_count,
       (SELECT CAST(COUNT(*) AS BIGINT) FROM promise WHERE state = 'given_up') AS given_up_count

-- What was kept, and of the slow lanes what was given up too: it names people and receivers. A quick one that was given up may be a refund
-- that somebody waits for, and stays.
-- name: forget
DELETE FROM promise WHERE shop_id = $1 AND (kind, key) IN (
  SELECT kind, key FROM promise WHERE shop_id = $1 AND state <> 'due' AND ended_us <= $2 AND (state = 'kept' OR lane > 0)
  ORDER BY ended_us LIMIT $3)
