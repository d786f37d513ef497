-- ledger: a pending entry reserves and moves nothing: what is frozen by a dispute is still the creator's, and cannot be paid out.
ALTER TABLE entry ADD COLUMN phase TEXT NOT NULL DEFAULT 'posted' CHECK (phase IN ('posted', 'pending'));

-- payments: what a provider kept for itself with an event (below zero: gave back), and the dispute that it is about. `booked_us` says that
-- the room whose payment it is has it in its books.
ALTER TABLE payment_fact ADD COLUMN dispute_id TEXT NOT NULL DEFAULT '';
ALTER TABLE payment_fact ADD COLUMN fee_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE payment_fact ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE payment_fact ADD COLUMN due_us BIGINT;
ALTER TABLE payment_fact ADD COLUMN booked_us BIGINT;

-- A refund can be taken back until it is sent.
ALTER TABLE payment_refund ADD COLUMN sent_us BIGINT;
ALTER TABLE payment_refund ADD COLUMN undone_us BIGINT;
CREATE INDEX payment_refund_failed ON payment_refund (shop_id, ended_us) WHERE state = 'failed';

CREATE TABLE dispute (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  payment_id TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 0 AND 9007199254740991),
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
  opened_us BIGINT NOT NULL,
  due_us BIGINT,
  answered_us BIGINT,
  closed_us BIGINT,
  PRIMARY KEY (shop_id, id),
  FOREIGN KEY (shop_id, payment_id) REFERENCES payment (shop_id, id)
);
CREATE INDEX dispute_payment ON dispute (shop_id, payment_id);
CREATE INDEX dispute_open ON dispute (shop_id, opened_us) WHERE state = 'open';

-- The sandbox: how an approved payment goes on, and what the provider would keep of it.
ALTER TABLE sandbox_payment ADD COLUMN script TEXT NOT NULL DEFAULT '';
ALTER TABLE sandbox_payment ADD COLUMN fee_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sandbox_payment ADD COLUMN answered_us BIGINT;

-- orders: who shares in a line, kept as it was when the order was paid; what went back of the order's money, and whether a dispute is open.
ALTER TABLE order_line ADD COLUMN shares TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN refunded_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN disputed_minor BIGINT NOT NULL DEFAULT 0;

-- What a refund gives back of which line; line -1 is the shipping. `pieces` came back to the shelf.
CREATE TABLE order_refund (
  shop_id TEXT NOT NULL,
  refund_id TEXT NOT NULL,
  line BIGINT NOT NULL CHECK (line BETWEEN -1 AND 999),
  order_id TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 0 AND 9007199254740991),
  pieces BIGINT NOT NULL CHECK (pieces BETWEEN 0 AND 1000000000),
  PRIMARY KEY (shop_id, refund_id, line),
  FOREIGN KEY (shop_id, order_id) REFERENCES orders (shop_id, id)
);
CREATE INDEX order_refund_order ON order_refund (shop_id, order_id, refund_id, line);

-- reports: what is pending is not in them.
DROP VIEW fact_posting;
CREATE VIEW fact_posting AS
SELECT j.shop_id AS shop_id, j.id AS journal_id, j.kind AS journal_kind, j.occurred_us AS occurred_us, a.kind AS account_kind, a.owner AS owner,
  a.currency AS currency, e.side AS side, e.amount_minor AS amount_minor
FROM journal j JOIN entry e ON e.shop_id = j.shop_id AND e.journal_id = j.id JOIN account a ON a.shop_id = e.shop_id AND a.id = e.account_id
WHERE e.phase = 'posted';
