-- name: postings_by_day
SELECT occurred_us / 86400000000 AS day, journal_kind, account_kind, side, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor
FROM fact_posting WHERE shop_id = $1 AND occurred_us >= $2 AND occurred_us < $3
GROUP BY occurred_us / 86400000000, journal_kind, account_kind, side ORDER BY day, journal_kind, account_kind, side LIMIT 5000;

-- What is summed is grouped so coarsely that no limit is ever reached: a surface is one of nine, a kind one of five.
-- name: orders_by_surface
SELECT surface, CAST(COUNT(*) AS BIGINT) AS orders, CAST(SUM(pieces) AS BIGINT) AS pieces,
  CAST(SUM(amount_minor - tax_minor) AS BIGINT) AS before_split_minor, CAST(SUM(CASE WHEN snippet <> 0 THEN 1 ELSE 0 END) AS BIGINT) AS with_snippet
FROM fact_order WHERE shop_id = $1 AND state IN ('paid', 'fulfilled') AND paid_us >= $2 AND paid_us < $3
GROUP BY surface ORDER BY surface LIMIT 1000;

-- A list for reading, the best first; nobody sums it.
-- name: orders_by_product
SELECT product_id, product_name, CAST(COUNT(*) AS BIGINT) AS orders, CAST(SUM(pieces) AS BIGINT) AS pieces,
  CAST(SUM(amount_minor - tax_minor) AS BIGINT) AS before_split_minor
FROM fact_order WHERE shop_id = $1 AND state IN ('paid', 'fulfilled') AND paid_us >= $2 AND paid_us < $3
GROUP BY product_id, product_name ORDER BY before_split_minor DESC, product_id, product_name LIMIT 1000;

-- By arms, a page at a time after $4.
-- name: orders_by_arms
SELECT arms, CAST(COUNT(*) AS BIGINT) AS n
FROM fact_order WHERE shop_id = $1 AND state IN ('paid', 'fulfilled') AND paid_us >= $2 AND paid_us < $3 AND arms > $4
GROUP BY arms ORDER BY arms LIMIT 1000;

-- Crawlers are not read at all, and what was seen of pages stands by itself.
-- name: touches_by_surface
SELECT kind, surface, CAST(SUM(n) AS BIGINT) AS n, CAST(SUM(CASE WHEN snippet <> 0 THEN n ELSE 0 END) AS BIGINT) AS with_snippet
FROM fact_touch WHERE shop_id = $1 AND day >= $2 AND day < $3 AND kind NOT IN ('bot', 'view', 'unseen')
GROUP BY kind, surface ORDER BY kind, surface LIMIT 1000;

-- name: impressions_by_arms
SELECT arms, CAST(SUM(n) AS BIGINT) AS n
FROM fact_touch WHERE shop_id = $1 AND day >= $2 AND day < $3 AND kind = 'impression' AND arms > $4
GROUP BY arms ORDER BY arms LIMIT 1000;
