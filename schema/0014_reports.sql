-- reports: facts that the weekly page reads; views only.
CREATE VIEW fact_order AS
SELECT o.shop_id AS shop_id, o.id AS order_id, o.number AS number, o.state AS state, o.placed_us AS placed_us, o.paid_us AS paid_us, o.currency AS currency,
  l.line AS line, l.product_id AS product_id, l.product_name AS product_name, l.pieces AS pieces, l.amount_minor AS amount_minor, l.tax_minor AS tax_minor,
  l.link AS link, l.surface AS surface, l.snippet AS snippet, l.snippet_version AS snippet_version, l.arms AS arms, l.live_session AS live_session
FROM orders o JOIN order_line l ON l.shop_id = o.shop_id AND l.order_id = o.id;

CREATE VIEW fact_touch AS
SELECT shop_id, day, kind, link, surface, snippet, snippet_version, arms, live_session, n FROM touch_count;

CREATE VIEW fact_posting AS
SELECT j.shop_id AS shop_id, j.id AS journal_id, j.kind AS journal_kind, j.occurred_us AS occurred_us, a.kind AS account_kind, a.owner AS owner,
  a.currency AS currency, e.side AS side, e.amount_minor AS amount_minor
FROM journal j JOIN entry e ON e.shop_id = j.shop_id AND e.journal_id = j.id JOIN account a ON a.shop_id = e.shop_id AND a.id = e.account_id;
