-- ledger: double entry. Journals and entries are only ever added to; a correction is another journal.
CREATE TABLE account (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  owner TEXT NOT NULL,
  currency TEXT NOT NULL,
  PRIMARY KEY (shop_id, id)
);

CREATE TABLE journal (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  provider_ref TEXT NOT NULL,
  occurred_us BIGINT NOT NULL,
  posted_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX journal_key ON journal (shop_id, idempotency_key);
CREATE INDEX journal_subject ON journal (shop_id, subject);

CREATE TABLE entry (
  shop_id TEXT NOT NULL,
  journal_id TEXT NOT NULL,
  line BIGINT NOT NULL,
  account_id TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  currency TEXT NOT NULL,
  PRIMARY KEY (shop_id, journal_id, line),
  FOREIGN KEY (shop_id, journal_id) REFERENCES journal (shop_id, id),
  FOREIGN KEY (shop_id, account_id) REFERENCES account (shop_id, id)
);
CREATE INDEX entry_account ON entry (shop_id, account_id);

-- Who gets how much of what a product brings after tax. No rows: all of it goes to the creator.
CREATE TABLE split (
  shop_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  line BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('creator_payable', 'partner_payable', 'affiliate_payable', 'platform_revenue')),
  owner TEXT NOT NULL,
  basis_points BIGINT NOT NULL CHECK (basis_points BETWEEN 1 AND 10000),
  PRIMARY KEY (shop_id, product_id, line)
);
