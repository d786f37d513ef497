-- name: touched
SELECT snippet, kind, CAST(SUM(n) AS BIGINT) AS n FROM fact_touch
WHERE shop_id = $1 AND snippet > 0 GROUP BY snippet, kind ORDER BY snippet, kind LIMIT 10000;

-- name: ordered
SELECT snippet, CAST(COUNT(DISTINCT order_id) AS BIGINT) AS n FROM fact_order
WHERE shop_id = $1 AND snippet > 0 AND state IN ('paid', 'fulfilled') GROUP BY snippet ORDER BY snippet LIMIT 10000;

-- name: touched_by_surface
SELECT surface, snippet_version, kind, CAST(SUM(n) AS BIGINT) AS n FROM fact_touch
WHERE shop_id = $1 AND snippet = $2 AND kind IN ('impression', 'tap')
GROUP BY surface, snippet_version, kind ORDER BY surface, snippet_version, kind LIMIT 10000;

-- name: ordered_by_surface
SELECT surface, snippet_version, CAST(COUNT(DISTINCT order_id) AS BIGINT) AS n FROM fact_order
WHERE shop_id = $1 AND snippet = $2 AND state IN ('paid', 'fulfilled')
GROUP BY surface, snippet_version ORDER BY surface, snippet_version LIMIT 10000;
