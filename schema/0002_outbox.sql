-- outbox: what must happen after a commit. A promise is made in the transaction that decides it, and kept later.
CREATE TABLE promise (
  shop_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'kept', 'given_up')),
  tries BIGINT NOT NULL,
  promised_us BIGINT NOT NULL,
  due_us BIGINT NOT NULL,
  ended_us BIGINT,
  error TEXT NOT NULL,
  PRIMARY KEY (shop_id, kind, key)
);
-- Only what is due is looked for, and there is little of it.
CREATE INDEX promise_due ON promise (shop_id, due_us) WHERE state = 'due';
