-- links: the way out of an app's own browser. What a shop wants for links that say nothing of it; no row: never.
CREATE TABLE escape_shop (
  shop_id TEXT NOT NULL,
  ask TEXT NOT NULL CHECK (ask IN ('never', 'selling', 'all')),
  PRIMARY KEY (shop_id)
);

-- A tap on the button, under the nonce of its page; arrived once the same nonce was opened in a browser of its own. The newest two hundred
-- and the last hour of a recipe stay; who tapped is not in it.
CREATE TABLE escape_try (
  shop_id TEXT NOT NULL,
  nonce TEXT NOT NULL,
  recipe TEXT NOT NULL,
  at_us BIGINT NOT NULL,
  arrived BIGINT NOT NULL CHECK (arrived IN (0, 1)),
  PRIMARY KEY (shop_id, nonce)
);
CREATE INDEX escape_try_recent ON escape_try (shop_id, recipe, at_us, nonce);

CREATE TABLE escape_day (
  shop_id TEXT NOT NULL,
  recipe TEXT NOT NULL,
  day BIGINT NOT NULL,
  tries BIGINT NOT NULL CHECK (tries BETWEEN 0 AND 9007199254740991),
  arrived BIGINT NOT NULL CHECK (arrived BETWEEN 0 AND 9007199254740991),
  PRIMARY KEY (shop_id, recipe, day)
);

-- Off while off_us is set; tries before counts_from_us are of an earlier count. The recipe '*' stands for all of them.
CREATE TABLE escape_switch (
  shop_id TEXT NOT NULL,
  recipe TEXT NOT NULL,
  off_us BIGINT,
  why TEXT NOT NULL,
  counts_from_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, recipe)
);

-- The operator's switches, for every shop.
CREATE TABLE escape_off (
  recipe TEXT NOT NULL PRIMARY KEY,
  since_us BIGINT NOT NULL
);

-- links: the operator's words of warning, and how many people reported the link since it was last looked at.
ALTER TABLE link ADD COLUMN warned TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN reports BIGINT NOT NULL DEFAULT 0 CHECK (reports BETWEEN 0 AND 9007199254740991);

CREATE TABLE link_report (
  shop_id TEXT NOT NULL,
  link BIGINT NOT NULL,
  number BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('phishing', 'malware', 'scam', 'other')),
  words TEXT NOT NULL,
  PRIMARY KEY (shop_id, link, number)
);

-- links: the shop's own apps, which open its addresses by themselves: JSON as links/apps.hpp writes it.
CREATE TABLE app_site (
  shop_id TEXT NOT NULL,
  apps TEXT NOT NULL,
  PRIMARY KEY (shop_id)
);
