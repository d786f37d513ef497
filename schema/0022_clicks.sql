-- telemetry: the click log. A block holds what was opened within a moment, one line a kind; its hash is over the block before it.
CREATE TABLE click_block (
  shop_id TEXT NOT NULL,
  chain TEXT NOT NULL,
  number BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  lines TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (shop_id, chain, number)
);

-- A chain is one process's blocks of one shop. `rolled` is the last block that the totals hold.
CREATE TABLE click_chain (
  shop_id TEXT NOT NULL,
  chain TEXT NOT NULL,
  last BIGINT NOT NULL,
  hash TEXT NOT NULL,
  rolled BIGINT NOT NULL,
  sealed BIGINT NOT NULL,
  PRIMARY KEY (shop_id, chain)
);
CREATE INDEX click_chain_rolled ON click_chain (shop_id, chain) WHERE rolled < last;
CREATE INDEX click_chain_sealed ON click_chain (shop_id, chain) WHERE sealed < last;

-- A head that the shop's key has signed: what stood before it stood then.
CREATE TABLE click_seal (
  shop_id TEXT NOT NULL,
  chain TEXT NOT NULL,
  number BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  hash TEXT NOT NULL,
  key_number BIGINT NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (shop_id, chain, number)
);

CREATE TABLE click_part (
  shop_id TEXT NOT NULL,
  link BIGINT NOT NULL,
  day BIGINT NOT NULL,
  part TEXT NOT NULL,
  value TEXT NOT NULL,
  n BIGINT NOT NULL CHECK (n BETWEEN 0 AND 9007199254740991),
  PRIMARY KEY (shop_id, link, day, part, value)
);
