-- name: postings_by_day
SELECT occurred_us / 86400000000 AS day, account_kind, side, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor
FROM fact_posting WHERE shop_id = $1 AND occurred_us >= $2 AND occurred_us < $3
GROUP BY occurred_us / 86400000000, account_kind, side ORDER BY day, account_kind, side LIMIT 1000;

-- name: orders_by_source
SELECT surface, link, snippet, snippet_version, arms, product_id, product_name, CAST(COUNT(*) AS BIGINT) AS orders, CAST(SUM(pieces) AS BIGINT) AS pieces,
  CAST(SUM(amount_minor - tax_minor) AS BIGINT) AS before_split_minor
FROM fact_order WHERE shop_id = $1 AND state IN ('paid', 'fulfilled') AND paid_us >= $2 AND paid_us < $3
GROUP BY surface, link, snippet, snippet_version, arms, product_id, product_name
ORDER BY surface, link, snippet, snippet_version, arms, product_id LIMIT 10000;

-- name: touches_by_source
SELECT kind, surface, link, snippet, snippet_version, arms, CAST(SUM(n) AS BIGINT) AS n
FROM fact_touch WHERE shop_id = $1 AND day >= $2 AND day < $3
GROUP BY kind, surface, link, snippet, snippet_version, arms ORDER BY kind, surface, link, snippet, snippet_version, arms LIMIT 10000;
