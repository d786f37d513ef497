-- name: add_account
INSERT INTO account (shop_id, id, kind, owner, currency) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shop_id, id) DO NOTHING

-- name: add_journal
INSERT INTO journal (shop_id, id, idempotency_key, kind, subject, provider_ref, occurred_us, posted_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (shop_id, idempotency_key) DO NOTHING
RETURNING id

-- name: add_entry
INSERT INTO entry (shop_id, journal_id, line, account_id, side, amount_minor, currency, phase) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: journal_by_key
SELECT id, kind, subject FROM journal WHERE shop_id = $1 AND idempotency_key = $2

-- name: entries_of
SELECT account_id, side, amount_minor, currency, phase FROM entry WHERE shop_id = $1 AND journal_id = $2 ORDER BY line

-- name: sums_of_account
SELECT CAST(COALESCE(SUM(CASE WHEN side = 'debit' AND phase = 'posted' THEN amount_minor ELSE 0 END), 0) AS BIGINT) AS debit_minor,
       CAST(COALESCE(SUM(CASE WHEN side = 'credit' AND phase = 'posted' THEN amount_minor ELSE 0 END), 0) AS BIGINT) AS credit_minor,
       CAST(COALESCE(SUM(CASE WHEN side = 'debit' AND phase = 'pending' THEN amount_minor ELSE 0 END), 0) AS BIGINT) AS pending_debit_minor,
       CAST(COALESCE(SUM(CASE WHEN side = 'credit' AND phase = 'pending' THEN amount_minor ELSE 0 END), 0) AS BIGINT) AS pending_credit_minor
FROM entry WHERE shop_id = $1 AND account_id = $2

-- name: sums_by_account
SELECT account.id, account.kind, account.owner, account.currency,
       CAST(COALESCE(SUM(CASE WHEN entry.side = 'debit' AND entry.phase = 'posted' THEN entry.amount_minor ELSE 0 END), 0) AS BIGINT) AS debit_minor,
       CAST(COALESCE(SUM(CASE WHEN entry.side = 'credit' AND entry.phase = 'posted' THEN entry.amount_minor ELSE 0 END), 0) AS BIGINT) AS credit_minor,
       CAST(COALESCE(SUM(CASE WHEN entry.side = 'debit' AND entry.phase = 'pending' THEN entry.amount_minor ELSE 0 END), 0) AS BIGINT) AS pending_debit_minor,
       CAST(COALESCE(SUM(CASE WHEN entry.side = 'credit' AND entry.phase = 'pending' THEN entry.amount_minor ELSE 0 END), 0) AS BIGINT) AS pending_credit_minor
FROM account LEFT JOIN entry ON entry.shop_id = account.shop_id AND entry.account_id = account.id
WHERE account.shop_id = $1
GROUP BY account.id, account.kind, account.owner, account.currency
ORDER BY account.id LIMIT $2

-- CROSS: SQLite keeps to the order that is written, from the subject's journals outwards; left to itself it read every entry of the shop.
-- name: standing_of_subject
SELECT journal.kind AS journal_kind, entry.phase, account.kind, account.owner, entry.currency,
       CAST(SUM(CASE WHEN entry.side = 'debit' THEN entry.amount_minor ELSE -entry.amount_minor END) AS BIGINT) AS debit_minor
FROM journal CROSS JOIN entry CROSS JOIN account
WHERE journal.shop_id = $1 AND journal.subject = $2 AND entry.shop_id = journal.shop_id AND entry.journal_id = journal.id
  AND account.shop_id = entry.shop_id AND account.id = entry.account_id
GROUP BY journal.kind, entry.phase, account.kind, account.owner, entry.currency
ORDER BY journal.kind, entry.phase, account.kind, account.owner, entry.currency LIMIT 10000

-- name: count_journals
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM journal WHERE shop_id = $1

-- name: unbalanced_journals
SELECT journal_id, currency,
       CAST(SUM(CASE WHEN side = 'debit' THEN amount_minor ELSE 0 END) AS BIGINT) AS debit_minor,
       CAST(SUM(CASE WHEN side = 'credit' THEN amount_minor ELSE 0 END) AS BIGINT) AS credit_minor
FROM entry WHERE shop_id = $1
GROUP BY journal_id, currency
HAVING SUM(CASE WHEN side = 'debit' THEN amount_minor ELSE -amount_minor END) <> 0
ORDER BY journal_id, currency LIMIT $2

-- name: orphan_entries
SELECT entry.journal_id, entry.line FROM entry
LEFT JOIN journal ON journal.shop_id = entry.shop_id AND journal.id = entry.journal_id
LEFT JOIN account ON account.shop_id = entry.shop_id AND account.id = entry.account_id AND account.currency = entry.currency
WHERE entry.shop_id = $1 AND (journal.id IS NULL OR account.id IS NULL)
ORDER BY entry.journal_id, entry.line LIMIT $2

-- name: empty_journals
SELECT journal.id FROM journal
LEFT JOIN entry ON entry.shop_id = journal.shop_id AND entry.journal_id = journal.id
WHERE journal.shop_id = $1 AND entry.journal_id IS NULL
ORDER BY journal.id LIMIT $2

-- name: read_split
SELECT kind, owner, basis_points FROM split WHERE shop_id = $1 AND product_id = $2 ORDER BY line

-- name: clear_split
DELETE FROM split WHERE shop_id = $1 AND product_id = $2

-- name: add_share
INSERT INTO split (shop_id, product_id, line, kind, owner, basis_points) VALUES ($1, $2, $3, $4, $5, $6)
