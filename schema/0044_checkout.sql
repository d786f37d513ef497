-- checkout: what a whole total is made of. Where things are sent and for how much, each country's tax, and codes.
ALTER TABLE shop ADD COLUMN home_country TEXT NOT NULL DEFAULT '';

ALTER TABLE product ADD COLUMN ships BIGINT NOT NULL DEFAULT 1 CHECK (ships IN (0, 1));
ALTER TABLE product ADD COLUMN tax_behavior TEXT NOT NULL DEFAULT 'inclusive' CHECK (tax_behavior IN ('inclusive', 'exclusive'));

-- Countries are ISO codes with a space between; '*' is the rest of the world.
CREATE TABLE shipping_zone (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  countries TEXT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
CREATE TABLE shipping_rate (
  shop_id TEXT NOT NULL,
  zone_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  name TEXT NOT NULL,
  price_minor BIGINT NOT NULL CHECK (price_minor BETWEEN 0 AND 9007199254740991),
  free_from_minor BIGINT CHECK (free_from_minor BETWEEN 0 AND 9007199254740991),
  days_min BIGINT NOT NULL,
  days_max BIGINT NOT NULL,
  PRIMARY KEY (shop_id, zone_id, place),
  FOREIGN KEY (shop_id, zone_id) REFERENCES shipping_zone (shop_id, id)
);

CREATE TABLE tax_rate (
  shop_id TEXT NOT NULL,
  country TEXT NOT NULL,
  basis_points BIGINT NOT NULL CHECK (basis_points BETWEEN 0 AND 5000),
  destination BIGINT NOT NULL CHECK (destination IN (0, 1)),
  PRIMARY KEY (shop_id, country)
);

CREATE TABLE discount (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  code TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('percent', 'amount', 'shipping', 'creator')),
  basis_points BIGINT NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 0 AND 9007199254740991),
  goods_min_minor BIGINT NOT NULL CHECK (goods_min_minor BETWEEN 0 AND 9007199254740991),
  products TEXT NOT NULL,
  starts_us BIGINT NOT NULL,
  ends_us BIGINT,
  uses_max BIGINT,
  per_customer_max BIGINT,
  uses BIGINT NOT NULL CHECK (uses >= 0),
  creator TEXT NOT NULL,
  switched_off BIGINT NOT NULL CHECK (switched_off IN (0, 1)),
  PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX discount_code ON discount (shop_id, code);

-- Who used a code for which order: a customer is a keyed hash of the folded address, never the address.
CREATE TABLE discount_use (
  shop_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  discount_id TEXT NOT NULL,
  customer TEXT NOT NULL,
  creator TEXT NOT NULL,
  used_us BIGINT NOT NULL,
  given_back_us BIGINT,
  PRIMARY KEY (shop_id, order_id)
);
CREATE INDEX discount_use_customer ON discount_use (shop_id, discount_id, customer);

ALTER TABLE orders ADD COLUMN shipping_tax_minor BIGINT NOT NULL DEFAULT 0 CHECK (shipping_tax_minor BETWEEN 0 AND 9007199254740991);
ALTER TABLE orders ADD COLUMN shipping_name TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN discount_minor BIGINT NOT NULL DEFAULT 0 CHECK (discount_minor BETWEEN 0 AND 9007199254740991);
ALTER TABLE orders ADD COLUMN discount_code TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN tax_country TEXT NOT NULL DEFAULT '';
ALTER TABLE order_line ADD COLUMN discount_minor BIGINT NOT NULL DEFAULT 0 CHECK (discount_minor BETWEEN 0 AND 9007199254740991);
