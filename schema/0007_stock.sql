-- stock: how many there are, who holds some, and every movement.
-- left + held = on hand; taken has left the house. A product's open allotment has the product's own id.
CREATE TABLE allotment (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('open', 'drop')),
  left_count BIGINT NOT NULL CHECK (left_count BETWEEN 0 AND 1000000000),
  held_count BIGINT NOT NULL CHECK (held_count BETWEEN 0 AND 1000000000),
  taken_count BIGINT NOT NULL CHECK (taken_count >= 0),
  per_buyer_max BIGINT CHECK (per_buyer_max >= 1),
  closes_us BIGINT,
  closed_us BIGINT,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
CREATE INDEX allotment_product ON allotment (shop_id, product_id);

CREATE TABLE claim (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  allotment_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  pieces BIGINT NOT NULL CHECK (pieces BETWEEN 1 AND 1000000000),
  buyer TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('held', 'taken', 'let_go')),
  made_us BIGINT NOT NULL,
  expires_us BIGINT NOT NULL,
  ended_us BIGINT,
  PRIMARY KEY (shop_id, id),
  FOREIGN KEY (shop_id, allotment_id) REFERENCES allotment (shop_id, id)
);
CREATE INDEX claim_buyer ON claim (shop_id, allotment_id, buyer);
CREATE INDEX claim_due ON claim (shop_id, expires_us) WHERE state = 'held';

-- Only added to. The subject is the claim, the delivery or the drop that moved the pieces, so nothing moves twice.
CREATE TABLE movement (
  shop_id TEXT NOT NULL,
  allotment_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('received', 'removed', 'moved_in', 'moved_out', 'held', 'taken', 'let_go')),
  subject TEXT NOT NULL,
  pieces BIGINT NOT NULL CHECK (pieces BETWEEN 1 AND 1000000000),
  at_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, allotment_id, kind, subject)
);

CREATE TABLE waitlist (
  shop_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  contact TEXT NOT NULL,
  joined_us BIGINT NOT NULL,
  told_us BIGINT,
  PRIMARY KEY (shop_id, product_id, contact)
);
CREATE INDEX waitlist_next ON waitlist (shop_id, product_id, joined_us) WHERE told_us IS NULL;
