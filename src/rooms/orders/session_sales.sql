-- name: newest_paid
SELECT o.id AS id FROM orders o WHERE o.shop_id = $1 AND o.state IN ('paid', 'fulfilled')
AND o.id IN (SELECT l.order_id FROM order_line l WHERE l.shop_id = $1 AND l.live_session = $2 AND l.live_session > 0)
ORDER BY o.paid_us DESC, o.id DESC LIMIT $3;

-- name: pieces_by_session
SELECT l.live_session AS live_session, CAST(SUM(l.pieces) AS BIGINT) AS pieces
FROM order_line l JOIN orders o ON o.shop_id = l.shop_id AND o.id = l.order_id
WHERE l.shop_id = $1 AND l.live_session BETWEEN $2 AND $3 AND l.live_session > 0 AND o.state IN ('paid', 'fulfilled')
GROUP BY l.live_session ORDER BY l.live_session;

-- name: net_by_session
SELECT s.live_session AS live_session, CAST(SUM(CASE WHEN n.side = 'credit' THEN n.amount_minor ELSE -n.amount_minor END) AS BIGINT) AS net_minor
FROM (SELECT DISTINCT shop_id, order_id, live_session FROM order_line WHERE shop_id = $1 AND live_session BETWEEN $2 AND $3 AND live_session > 0) s
JOIN fact_order_net n ON n.shop_id = s.shop_id AND n.order_id = s.order_id
WHERE s.shop_id = $1 GROUP BY s.live_session ORDER BY s.live_session;

-- name: sessions_of_payment
SELECT DISTINCT l.live_session AS live_session FROM order_line l JOIN orders o ON o.shop_id = l.shop_id AND o.id = l.order_id
WHERE l.shop_id = $1 AND o.payment_id = $2 AND o.state IN ('paid', 'fulfilled') AND l.live_session > 0 ORDER BY l.live_session LIMIT 100;
