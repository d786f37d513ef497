-- name: make
INSERT INTO promise (shop_id, kind, key, payload, state, tries, promised_us, due_us, error, lane, receiver)
VALUES ($1, $2, $3, $4, 'due', 0, $5, $5, '', $6, $7)
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

-- The same question about receivers; those that rest are left out.
-- name: receivers_with_due
SELECT due.shop_id, due.receiver, due.due_us, COALESCE(resting.failures, 0) AS failures
FROM (SELECT shop_id, receiver, MIN(due_us) AS due_us FROM promise
      WHERE state = 'due' AND receiver <> '' AND due_us <= $1 GROUP BY shop_id, receiver) due
LEFT JOIN promise_receiver resting ON resting.shop_id = due.shop_id AND resting.receiver = due.receiver
WHERE COALESCE(resting.rest_us, 0) <= $1
ORDER BY due.due_us, due.shop_id, due.receiver LIMIT $2

-- The last answer goes with the lease: what has tries, no error and a due time to come is under way.
-- name: lease_of_receiver
UPDATE promise SET tries = tries + 1, due_us = $4, answer = '', error = ''
WHERE shop_id = $1 AND (kind, key) IN (
  SELECT kind, key FROM promise WHERE shop_id = $1 AND receiver = $2 AND receiver <> '' AND state = 'due' AND due_us <= $3
  ORDER BY due_us, kind, key LIMIT $5)
RETURNING kind, key, payload, tries, promised_us

-- tries tells whose lease it is: one who comes back too late changes nothing. What arrived after all is kept, though its receiver was
-- switched off meanwhile.
-- name: end_promise
UPDATE promise SET state = $5, ended_us = $6, error = $7
WHERE shop_id = $1 AND kind = $2 AND key = $3 AND tries = $4 AND (state = 'due' OR (state = 'given_up' AND $5 = 'kept'))
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

-- name: note_answer
UPDATE promise SET answer = $5 WHERE shop_id = $1 AND kind = $2 AND key = $3 AND tries = $4

-- name: rest
SELECT failures, rest_us FROM promise_receiver WHERE shop_id = $1 AND receiver = $2

-- name: put_rest
INSERT INTO promise_receiver (shop_id, receiver, failures, rest_us) VALUES ($1, $2, $3, $4)
ON CONFLICT (shop_id, receiver) DO UPDATE SET failures = excluded.failures, rest_us = excluded.rest_us

-- name: end_rest
DELETE FROM promise_receiver WHERE shop_id = $1 AND receiver = $2

-- It still counts as failing: one is sent before the others.
-- name: wake
UPDATE promise_receiver SET rest_us = $3 WHERE shop_id = $1 AND receiver = $2 AND rest_us > $3

-- name: forget_rests
DELETE FROM promise_receiver WHERE shop_id = $1 AND rest_us <= $2

-- name: deliveries
SELECT kind, key, state, tries, promised_us, due_us, ended_us, answer, error FROM promise
WHERE shop_id = $1 AND receiver = $2 AND lane = 1 AND (promised_us, key) < ($3, $4) AND (tries >= $6 OR due_us = 0)
ORDER BY promised_us DESC, key DESC LIMIT $5

-- name: untried
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM promise
WHERE shop_id = $1 AND receiver = $2 AND receiver <> '' AND state = 'due' AND tries = 0 AND due_us > 0

-- name: delivery
SELECT kind, key, state, tries, promised_us, due_us, ended_us, answer, error FROM promise
WHERE shop_id = $1 AND kind = $2 AND key = $3 AND receiver = $4

-- What ended has all its tries again. What is under way stays. A due time of 0 is before all others.
-- name: again
UPDATE promise SET state = 'due', due_us = 0, tries = CASE WHEN state = 'due' THEN tries ELSE 0 END, ended_us = NULL, answer = '', error = ''
WHERE shop_id = $1 AND kind = $2 AND key = $3 AND NOT (state = 'due' AND tries > 0 AND error = '' AND due_us > $4)

-- Those that wait for their next try are among them.
-- name: failed_again
UPDATE promise SET state = 'due', due_us = $4, tries = CASE WHEN state = 'due' THEN tries ELSE 0 END, ended_us = NULL, answer = '', error = ''
WHERE shop_id = $1 AND (kind, key) IN (
  SELECT kind, key FROM promise WHERE shop_id = $1 AND receiver = $2 AND lane = 1 AND promised_us >= $3
    AND (state = 'given_up' OR (state = 'due' AND error <> ''))
  ORDER BY promised_us, kind, key LIMIT $5)
RETURNING key

-- name: give_up
UPDATE promise SET state = 'given_up', ended_us = $4, error = $5
WHERE shop_id = $1 AND (kind, key) IN (
  SELECT kind, key FROM promise WHERE shop_id = $1 AND receiver = $2 AND receiver <> '' AND state = 'due' AND key <> $3
  ORDER BY due_us, kind, key LIMIT $6)
