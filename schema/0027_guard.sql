-- links: of a link's targets those that lead nowhere, one a line. While one stands here, visitors go to the link's fallback instead.
ALTER TABLE link ADD COLUMN dead TEXT NOT NULL DEFAULT '';

-- guard: every address that links and pages lead to, and how it stood when it was last looked at. `clicks` is of a week: the busiest are
-- looked at first. `since_us` is the first look that saw it as it is now, `known_us` when that was certain.
CREATE TABLE guard_target (
  shop_id TEXT NOT NULL,
  target TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('new', 'good', 'unsure', 'failing', 'warns', 'broken')),
  finding TEXT NOT NULL,
  words TEXT NOT NULL,
  failed_count BIGINT NOT NULL CHECK (failed_count BETWEEN 0 AND 1000000000),
  since_us BIGINT,
  known_us BIGINT,
  looked_us BIGINT,
  next_us BIGINT NOT NULL,
  ignored_us BIGINT,
  clicks BIGINT NOT NULL CHECK (clicks BETWEEN 0 AND 9007199254740991),
  etag TEXT NOT NULL,
  modified TEXT NOT NULL,
  PRIMARY KEY (shop_id, target)
);
CREATE INDEX guard_target_due ON guard_target (next_us);
CREATE INDEX guard_target_state ON guard_target (shop_id, state);

-- What leads to a target: a link (its number, part 0), or a block (its page's number, part is the block's). clicks_from is what the link had
-- counted when the target was first seen broken, clicks_until when its visitors were led to the fallback, clicks_led how many were and are not now; `hand` is what its owner chose against the guard.
CREATE TABLE guard_use (
  shop_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('link', 'block')),
  subject BIGINT NOT NULL,
  part BIGINT NOT NULL,
  target TEXT NOT NULL,
  clicks_from BIGINT,
  clicks_until BIGINT,
  clicks_led BIGINT NOT NULL DEFAULT 0,
  hand TEXT NOT NULL DEFAULT '' CHECK (hand IN ('', 'away', 'stay')),
  PRIMARY KEY (shop_id, kind, subject, part, target)
);
CREATE INDEX guard_use_target ON guard_use (shop_id, target);

-- Where the digest of a day goes; '' for nowhere.
CREATE TABLE guard_mail (
  shop_id TEXT PRIMARY KEY,
  address TEXT NOT NULL,
  mailed_us BIGINT
);

-- Where else the creator's links stand: a profile, a description, a flyer. `link` is a link's number, 0 for none; `source` the tag that the
-- address there carries (?d=…). `seen` is what the last look at it found.
CREATE TABLE outside_profile (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  link BIGINT NOT NULL,
  source TEXT NOT NULL,
  owner TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  seen TEXT NOT NULL CHECK (seen IN ('not_yet', 'there', 'gone', 'hidden', 'no_answer')),
  looked_us BIGINT,
  next_us BIGINT,
  PRIMARY KEY (shop_id, id)
);
CREATE INDEX outside_profile_due ON outside_profile (next_us) WHERE next_us IS NOT NULL;

-- What guard reads of the counts: clicks by link and day, and what was shown and tapped.
CREATE VIEW fact_click AS SELECT shop_id, link, day, part, value, n FROM click_part;
CREATE VIEW fact_seen AS SELECT shop_id, day, kind, surface, snippet, live_session, product_id, n FROM touch_count;
