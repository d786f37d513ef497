-- telemetry: what the click log let go. `gone` is the last block of a chain that was; the next one's hash is over it.
ALTER TABLE click_chain ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;

-- Signed by the shop's key, so that nobody else lets anything go. Of a chain: its last block that went, by number and hash. Of the shop
-- (chain ''): how many blocks of days before before_day went in all, and what they held. done_day and folded_day say how far the clockwork
-- is with it and are not signed.
CREATE TABLE click_let_go (
  shop_id TEXT NOT NULL,
  chain TEXT NOT NULL,
  before_day BIGINT NOT NULL,
  number BIGINT NOT NULL,
  hash TEXT NOT NULL,
  clicks BIGINT NOT NULL CHECK (clicks BETWEEN 0 AND 9007199254740991),
  others BIGINT NOT NULL CHECK (others BETWEEN 0 AND 9007199254740991),
  done_day BIGINT NOT NULL,
  folded_day BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  key_number BIGINT NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (shop_id, chain)
);
CREATE INDEX click_part_day ON click_part (shop_id, day);

-- The old ones of these are looked for by age.
CREATE INDEX audit_at ON audit (shop_id, at_us);
CREATE INDEX promise_ended ON promise (shop_id, ended_us) WHERE state <> 'due';
