-- links: what a link brought in other people's shops, as those shops say it: leads, sales, refunds. Only added to, but for what of a sale
-- was given back. `key` is the other shop's own name of it, and makes a second telling nothing new.
CREATE TABLE conversion (
  shop_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('lead', 'sale', 'refund')),
  key TEXT NOT NULL,
  number BIGINT NOT NULL,
  link BIGINT NOT NULL,
  arms TEXT NOT NULL,
  day BIGINT NOT NULL,
  name TEXT NOT NULL,
  sale TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 0 AND 9007199254740991),
  refunded_minor BIGINT NOT NULL CHECK (refunded_minor BETWEEN 0 AND 9007199254740991),
  currency TEXT NOT NULL,
  occurred_us BIGINT NOT NULL,
  received_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, kind, key),
  CHECK (refunded_minor <= amount_minor)
);
CREATE UNIQUE INDEX conversion_number ON conversion (shop_id, number);
CREATE INDEX conversion_link ON conversion (shop_id, link, occurred_us);
