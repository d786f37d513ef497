-- orders: placed, paid, fulfilled or cancelled. A line keeps what the buyer was shown and what brought them.
CREATE TABLE order_number (
  shop_id TEXT PRIMARY KEY,
  last BIGINT NOT NULL
);

CREATE TABLE orders (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  number BIGINT NOT NULL,
  token TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('placed', 'paid', 'fulfilled', 'cancelled')),
  payment_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  goods_minor BIGINT NOT NULL CHECK (goods_minor BETWEEN 0 AND 9007199254740991),
  shipping_minor BIGINT NOT NULL CHECK (shipping_minor BETWEEN 0 AND 9007199254740991),
  tax_minor BIGINT NOT NULL CHECK (tax_minor BETWEEN 0 AND 9007199254740991),
  sum_minor BIGINT NOT NULL CHECK (sum_minor BETWEEN 0 AND 9007199254740991),
  buyer TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  placed_us BIGINT NOT NULL,
  deadline_us BIGINT NOT NULL,
  paid_us BIGINT,
  fulfilled_us BIGINT,
  cancelled_us BIGINT,
  cancel_reason TEXT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX orders_number ON orders (shop_id, number);
CREATE UNIQUE INDEX orders_token ON orders (shop_id, token);
CREATE UNIQUE INDEX orders_key ON orders (shop_id, idempotency_key);
CREATE INDEX orders_payment ON orders (shop_id, payment_id);
CREATE INDEX orders_unpaid ON orders (shop_id, deadline_us) WHERE state = 'placed';

CREATE TABLE order_line (
  shop_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  line BIGINT NOT NULL,
  product_id TEXT NOT NULL,
  product_name TEXT NOT NULL,
  pieces BIGINT NOT NULL CHECK (pieces BETWEEN 1 AND 999),
  price_minor BIGINT NOT NULL CHECK (price_minor BETWEEN 0 AND 9007199254740991),
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 0 AND 9007199254740991),
  tax_minor BIGINT NOT NULL CHECK (tax_minor BETWEEN 0 AND 9007199254740991),
  tax_basis_points BIGINT NOT NULL,
  allotment_id TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  snippet_id TEXT NOT NULL,
  link BIGINT NOT NULL,
  surface BIGINT NOT NULL,
  snippet BIGINT NOT NULL,
  snippet_version BIGINT NOT NULL,
  arms TEXT NOT NULL,
  live_session BIGINT NOT NULL,
  touch_day BIGINT NOT NULL,
  PRIMARY KEY (shop_id, order_id, line),
  FOREIGN KEY (shop_id, order_id) REFERENCES orders (shop_id, id)
);
-- A hold becomes one order.
CREATE UNIQUE INDEX order_line_claim ON order_line (shop_id, claim_id);
