-- stock: the count of a row's changes, so that whoever hears of two of them knows which is the later one; and the drops whose
-- deadline comes next.
ALTER TABLE allotment ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX allotment_due ON allotment (shop_id, closes_us) WHERE closed_us IS NULL AND closes_us IS NOT NULL;

-- links: a link to a session leads to its page, which says itself whether it is before, live or over. The moment had a target of its
-- own for that; it was always this page.
ALTER TABLE moment DROP COLUMN target;

-- outbox: what was given up is looked for on every home page and by /metrics; there is little of it.
CREATE INDEX promise_given_up ON promise (shop_id, ended_us) WHERE state = 'given_up';
