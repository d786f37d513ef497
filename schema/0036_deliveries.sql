-- outbox: who a promise waits for, so that one who does not answer holds up nobody else; and what the last try was answered ("204").
ALTER TABLE promise ADD COLUMN receiver TEXT NOT NULL DEFAULT '';
ALTER TABLE promise ADD COLUMN answer TEXT NOT NULL DEFAULT '';
UPDATE promise SET receiver = substr(key, length(key) - 25) WHERE kind = 'webhook';
CREATE INDEX promise_receiver_due ON promise (shop_id, receiver, due_us) WHERE state = 'due' AND receiver <> '';
CREATE INDEX promise_receiver_at ON promise (shop_id, receiver, promised_us) WHERE lane = 1;

-- A receiver that failed rests, and all that waits for it rests with it. The row goes with the next success.
CREATE TABLE promise_receiver (
  shop_id TEXT NOT NULL,
  receiver TEXT NOT NULL,
  failures BIGINT NOT NULL,
  rest_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, receiver)
);

-- webhooks: 1 where the receiver itself asked for no more (410).
ALTER TABLE webhook_endpoint ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
