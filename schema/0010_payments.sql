-- payments: what we asked providers to collect, and what they told us.
CREATE TABLE payment (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  currency TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'captured', 'declined', 'refunded')),
  provider_ref TEXT NOT NULL,
  page_url TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  changed_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
CREATE INDEX payment_subject ON payment (shop_id, subject);

-- Facts: a provider's event, once. Only added to.
CREATE TABLE payment_fact (
  shop_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  event_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  payment_id TEXT NOT NULL,
  refund_id TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 0 AND 9007199254740991),
  currency TEXT NOT NULL,
  occurred_us BIGINT NOT NULL,
  received_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, provider, event_id),
  FOREIGN KEY (shop_id, payment_id) REFERENCES payment (shop_id, id)
);
CREATE INDEX payment_fact_payment ON payment_fact (shop_id, payment_id);

CREATE TABLE payment_refund (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  payment_id TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'done', 'failed')),
  asked_us BIGINT NOT NULL,
  ended_us BIGINT,
  PRIMARY KEY (shop_id, id),
  FOREIGN KEY (shop_id, payment_id) REFERENCES payment (shop_id, id)
);
CREATE INDEX payment_refund_payment ON payment_refund (shop_id, payment_id);

-- The sandbox provider's own books: what somebody chose on its page.
CREATE TABLE sandbox_payment (
  shop_id TEXT NOT NULL,
  payment_id TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  currency TEXT NOT NULL,
  return_url TEXT NOT NULL,
  decision TEXT CHECK (decision IN ('approve', 'decline', 'approve_late')),
  decided_us BIGINT,
  PRIMARY KEY (shop_id, payment_id)
);
