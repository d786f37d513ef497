-- outbox: what waits for others (0 quick, 1 slow) must not hold up what does not.
ALTER TABLE promise ADD COLUMN lane BIGINT NOT NULL DEFAULT 0;

-- letters: what people may sign up for, and the words that they agree to.
CREATE TABLE letter_list (
  shop_id TEXT NOT NULL,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (shop_id, slug)
);

-- One address on one list. The words are those that were shown when it was asked for, whatever the list says today. The token of its mails
-- is made from the nonce and a key that the database does not hold.
CREATE TABLE letter_subscriber (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  list TEXT NOT NULL,
  address TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'confirmed', 'stopped', 'bounced')),
  nonce TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  words TEXT NOT NULL,
  link BIGINT NOT NULL,
  asked_us BIGINT NOT NULL,
  mailed_us BIGINT NOT NULL,
  confirmed_us BIGINT,
  ended_us BIGINT,
  PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX letter_subscriber_address ON letter_subscriber (shop_id, list, address);
CREATE UNIQUE INDEX letter_subscriber_token ON letter_subscriber (shop_id, token_hash);
CREATE INDEX letter_subscriber_asked ON letter_subscriber (asked_us) WHERE state = 'asked';

-- webhooks: who is told of what happens. The secret is sealed under the operator's key; an empty list of events means all of them.
CREATE TABLE webhook_endpoint (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  events TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  failing_us BIGINT,
  disabled_us BIGINT,
  PRIMARY KEY (shop_id, id)
);
