-- name: add_payment
INSERT INTO payment (shop_id, id, provider, subject, amount_minor, currency, state, provider_ref, page_url, created_us, changed_us)
VALUES ($1, $2, $3, $4, $5, $6, 'open', '', '', $7, $7)

-- name: read_payment
SELECT id, provider, subject, amount_minor, currency, state, provider_ref, page_url, created_us FROM payment WHERE shop_id = $1 AND id = $2

-- name: begin_payment
UPDATE payment SET provider_ref = $3, page_url = $4, changed_us = $5 WHERE shop_id = $1 AND id = $2 AND page_url = ''

-- name: note_fact
INSERT INTO payment_fact (shop_id, provider, event_id, kind, payment_id, refund_id, amount_minor, currency, occurred_us, received_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (shop_id, provider, event_id) DO NOTHING
RETURNING event_id

-- name: read_fact
SELECT kind, payment_id, refund_id, amount_minor, currency, occurred_us FROM payment_fact
WHERE shop_id = $1 AND provider = $2 AND event_id = $3

-- A late yes beats an early no; nothing beats a refund.
-- name: captured
UPDATE payment SET state = 'captured', changed_us = $3 WHERE shop_id = $1 AND id = $2 AND state IN ('open', 'declined')

-- name: declined
UPDATE payment SET state = 'declined', changed_us = $3 WHERE shop_id = $1 AND id = $2 AND state = 'open'

-- name: refunded
UPDATE payment SET state = 'refunded', changed_us = $3 WHERE shop_id = $1 AND id = $2 AND state = 'captured' AND (
  SELECT CAST(COALESCE(MAX(payment_fact.amount_minor), 0) AS BIGINT) FROM payment_fact
  WHERE payment_fact.shop_id = $1 AND payment_fact.payment_id = $2 AND payment_fact.kind = 'captured') <= (
  SELECT CAST(COALESCE(SUM(payment_refund.amount_minor), 0) AS BIGINT) FROM payment_refund
  WHERE payment_refund.shop_id = $1 AND payment_refund.payment_id = $2 AND payment_refund.state = 'done')

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
SELECT id, payment_id, amount_minor, currency, reason, state FROM payment_refund WHERE shop_id = $1 AND id = $2

-- name: end_refund
UPDATE payment_refund SET state = $3, ended_us = $4 WHERE shop_id = $1 AND id = $2 AND state = 'asked'

-- name: sandbox_add
INSERT INTO sandbox_payment (shop_id, payment_id, amount_minor, currency, return_url) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shop_id, payment_id) DO NOTHING

-- name: sandbox_read
SELECT amount_minor, currency, return_url, decision FROM sandbox_payment WHERE shop_id = $1 AND payment_id = $2

-- name: sandbox_decide
UPDATE sandbox_payment SET decision = $3, decided_us = $4 WHERE shop_id = $1 AND payment_id = $2 AND decision IS NULL
RETURNING amount_minor, currency
