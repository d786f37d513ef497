-- name: add
INSERT INTO conversion (shop_id, kind, key, number, link, arms, day, name, sale, amount_minor, refunded_minor, currency, occurred_us, received_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13)
ON CONFLICT (shop_id, kind, key) DO NOTHING RETURNING number;

-- name: find
SELECT kind, key, number, link, name, sale, amount_minor, refunded_minor, currency, occurred_us, received_us
FROM conversion WHERE shop_id = $1 AND kind = $2 AND key = $3;

-- name: take_back
UPDATE conversion SET refunded_minor = refunded_minor + $3
WHERE shop_id = $1 AND kind = 'sale' AND key = $2 AND currency = $4 AND amount_minor - refunded_minor >= $3
RETURNING link, arms, day, occurred_us;

-- name: newest
SELECT kind, key, number, link, name, sale, amount_minor, refunded_minor, currency, occurred_us, received_us
FROM conversion WHERE shop_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3;

-- name: brought
SELECT currency, CAST(SUM(CASE WHEN kind = 'lead' THEN 1 ELSE 0 END) AS BIGINT) AS leads,
  CAST(SUM(CASE WHEN kind = 'sale' THEN 1 ELSE 0 END) AS BIGINT) AS sales,
  CAST(SUM(CASE WHEN kind = 'sale' THEN amount_minor - refunded_minor ELSE 0 END) AS BIGINT) AS net_minor
FROM conversion WHERE shop_id = $1 AND link = $2 AND occurred_us >= $3 GROUP BY currency ORDER BY currency LIMIT 200;
