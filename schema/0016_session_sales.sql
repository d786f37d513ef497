-- What a live session sold: its lines are found by the session, and what the creator gets of an order by the order.
CREATE INDEX order_line_session ON order_line (shop_id, live_session, order_id) WHERE live_session > 0;

CREATE VIEW fact_order_net AS
SELECT j.shop_id AS shop_id, j.subject AS order_id, e.side AS side, e.amount_minor AS amount_minor
FROM journal j JOIN entry e ON e.shop_id = j.shop_id AND e.journal_id = j.id JOIN account a ON a.shop_id = e.shop_id AND a.id = e.account_id
WHERE a.kind = 'creator_payable';
