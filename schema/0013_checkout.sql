-- checkout: what a buyer holds and on which terms, until it is ordered or let go. The claim of the same id is stock's.
CREATE TABLE hold (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  pieces BIGINT NOT NULL CHECK (pieces BETWEEN 1 AND 1000000000),
  quote TEXT NOT NULL,
  context TEXT NOT NULL,
  back_path TEXT NOT NULL,
  expires_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
CREATE INDEX hold_expires ON hold (shop_id, expires_us);
