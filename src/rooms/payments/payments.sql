-- name: add_payment
INSERT INTO payment (shop_id, id, provider, subject, amount_minor, currency, state, provider_ref, page_url, created_us, changed_us)
VALUES ($1, $2, $3, $4, $5, $6, 'open', '', '', $7, $7)

-- name: read_payment
SELECT id, provider, subject, amount_minor, currency, state, provider_ref, page_url, created_us FROM payment WHERE shop_id = $1 AND id = $2

-- name: begin_payment
UPDATE payment SET provider_ref = $3, page_url = $4, changed_us = $5 WHERE shop_id = $1 AND id = $2 AND page_url = ''

-- name: note_fact
INSERT INTO payment_fact (shop_id, provider, event_id, kind, payment_id, refund_id, amount_minor, currency, occurred_us, received_us,
                          dispute_id, fee_minor, reason, due_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (shop_id, provider, event_id) DO NOTHING
RETURNING event_id

-- name: read_fact
SELECT event_id, provider, kind, payment_id, refund_id, dispute_id, amount_minor, fee_minor, currency, reason, due_us, occurred_us, booked_us
FROM payment_fact WHERE shop_id = $1 AND provider = $2 AND event_id = $3

-- name: facts_of_payment
SELECT event_id, provider, kind, payment_id, refund_id, dispute_id, amount_minor, fee_minor, currency, reason, due_us, occurred_us, booked_us
FROM payment_fact WHERE shop_id = $1 AND payment_id = $2 ORDER BY received_us, event_id LIMIT 10000

-- name: note_booked
UPDATE payment_fact SET booked_us = $3 WHERE shop_id = $1 AND payment_id = $2 AND booked_us IS NULL

-- A late yes beats an early no; nothing beats a refund.
-- name: captured
UPDATE payment SET state = 'captured', changed_us = $3 WHERE shop_id = $1 AND id = $2 AND state IN ('open', 'declined')

-- name: declined
UPDATE payment SET state = 'declined', changed_us = $3 WHERE shop_id = $1 AND id = $2 AND state = 'open'

-- A refund may be told before its capture, and may fail after it was told as done: the state is made of what is known by now.
-- name: settle_state
UPDATE payment SET state = CASE WHEN (
    SELECT CAST(COALESCE(MAX(payment_fact.amount_minor), 0) AS BIGINT) FROM payment_fact
    WHERE payment_fact.shop_id = $1 AND payment_fact.payment_id = $2 AND payment_fact.kind = 'captured') <= (
    SELECT CAST(COALESCE(SUM(payment_refund.amount_minor), 0) AS BIGINT) FROM payment_refund
    WHERE payment_refund.shop_id = $1 AND payment_refund.payment_id = $2 AND payment_refund.state = 'done')
  THEN 'refunded' ELSE 'captured' END, changed_us = $3
WHERE shop_id = $1 AND id = $2 AND state IN ('captured', 'refunded')

-- What came, which need not be what was asked for. The largest and not the sum: one capture told under two events came once.
-- name: captured_amount
SELECT CAST(COALESCE(MAX(amount_minor), 0) AS BIGINT) AS amount_minor FROM payment_fact
WHERE shop_id = $1 AND payment_id = $2 AND kind = 'captured'

-- name: sum_refunds
SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS amount_minor FROM payment_refund
WHERE shop_id = $1 AND payment_id = $2 AND state <> 'failed'

-- name: add_refund
INSERT INTO payment_refund (shop_id, id, payment_id, amount_minor, currency, reason, state, asked_us)
VALUES ($1, $2, $3, $4, $5, $6, 'asked', $7)

-- name: read_refund
SELECT id, payment_id, amount_minor, currency, reason, state, asked_us, sent_us, undone_us, ended_us FROM payment_refund
WHERE shop_id = $1 AND id = $2

-- name: refunds_of_payment
SELECT id, payment_id, amount_minor, currency, reason, state, asked_us, sent_us, undone_us, ended_us FROM payment_refund
WHERE shop_id = $1 AND payment_id = $2 ORDER BY asked_us, id LIMIT 1000

-- The later word stands, of two at one moment the worse one. A refund that was made at the provider has no row yet.
-- name: end_refund
INSERT INTO payment_refund (shop_id, id, payment_id, amount_minor, currency, reason, state, asked_us, sent_us, ended_us)
VALUES ($1, $2, $3, $4, $5, 'provider', $6, $7, $7, $7)
ON CONFLICT (shop_id, id) DO UPDATE SET state = excluded.state, ended_us = excluded.ended_us, sent_us = COALESCE(payment_refund.sent_us, excluded.sent_us)
WHERE payment_refund.payment_id = excluded.payment_id AND (payment_refund.ended_us IS NULL OR payment_refund.ended_us < excluded.ended_us OR
  (payment_refund.ended_us = excluded.ended_us AND excluded.state = 'failed'))

-- Nothing of the payment was asked back since: somebody still waits for it.
-- name: failed_refunds
SELECT r.id, r.payment_id, r.amount_minor, r.currency, r.reason, r.state, r.asked_us, r.sent_us, r.undone_us, r.ended_us FROM payment_refund r
WHERE r.shop_id = $1 AND r.state = 'failed' AND r.undone_us IS NULL AND r.ended_us >= $2 AND NOT EXISTS (
  SELECT 1 FROM payment_refund again WHERE again.shop_id = $1 AND again.payment_id = r.payment_id AND again.asked_us > r.asked_us
    AND again.undone_us IS NULL)
ORDER BY r.ended_us DESC LIMIT 20

-- name: send_refund
UPDATE payment_refund SET sent_us = COALESCE(sent_us, $3) WHERE shop_id = $1 AND id = $2 AND undone_us IS NULL RETURNING id

-- name: undo_refund
UPDATE payment_refund SET state = 'failed', undone_us = $3, ended_us = $3
WHERE shop_id = $1 AND id = $2 AND state = 'asked' AND sent_us IS NULL RETURNING id

-- name: open_dispute
INSERT INTO dispute (shop_id, id, payment_id, amount_minor, currency, reason, state, opened_us, due_us)
VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8)
ON CONFLICT (shop_id, id) DO UPDATE SET amount_minor = excluded.amount_minor, reason = excluded.reason, opened_us = excluded.opened_us,
  due_us = excluded.due_us
WHERE dispute.payment_id = excluded.payment_id

-- name: close_dispute
INSERT INTO dispute (shop_id, id, payment_id, amount_minor, currency, reason, state, opened_us, closed_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
ON CONFLICT (shop_id, id) DO UPDATE SET state = excluded.state, closed_us = excluded.closed_us
WHERE dispute.payment_id = excluded.payment_id AND (dispute.closed_us IS NULL OR dispute.closed_us < excluded.closed_us OR
  (dispute.closed_us = excluded.closed_us AND excluded.state = 'lost'))

-- name: find_dispute
SELECT id, payment_id, amount_minor, currency, reason, state, opened_us, due_us, answered_us, closed_us FROM dispute
WHERE shop_id = $1 AND id = $2

-- name: disputes_of_payment
SELECT id, payment_id, amount_minor, currency, reason, state, opened_us, due_us, answered_us, closed_us FROM dispute
WHERE shop_id = $1 AND payment_id = $2 ORDER BY opened_us, id LIMIT 1000

-- name: open_disputes
SELECT id, payment_id, amount_minor, currency, reason, state, opened_us, due_us, answered_us, closed_us FROM dispute
WHERE shop_id = $1 AND state = 'open' ORDER BY COALESCE(due_us, opened_us), id LIMIT 1000

-- What the buyers' banks hold or have taken for good.
-- name: sum_disputes
SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS amount_minor FROM dispute
WHERE shop_id = $1 AND payment_id = $2 AND state <> 'won'

-- name: answered_dispute
UPDATE dispute SET answered_us = $3 WHERE shop_id = $1 AND id = $2 AND state = 'open' AND answered_us IS NULL RETURNING id

-- name: sandbox_add
INSERT INTO sandbox_payment (shop_id, payment_id, amount_minor, currency, return_url, fee_minor) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (shop_id, payment_id) DO NOTHING

-- name: sandbox_read
SELECT amount_minor, currency, return_url, decision, script, answered_us FROM sandbox_payment WHERE shop_id = $1 AND payment_id = $2

-- name: sandbox_decide
UPDATE sandbox_payment SET decision = $3, script = $4, decided_us = $5 WHERE shop_id = $1 AND payment_id = $2 AND decision IS NULL
RETURNING amount_minor, currency, fee_minor

-- name: sandbox_answered
UPDATE sandbox_payment SET answered_us = $3 WHERE shop_id = $1 AND payment_id = $2 AND answered_us IS NULL
