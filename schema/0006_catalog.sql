-- catalog: products and what they cost.
CREATE TABLE product (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  price_minor BIGINT NOT NULL CHECK (price_minor BETWEEN 0 AND 9007199254740991),
  currency TEXT NOT NULL,
  tax_basis_points BIGINT NOT NULL CHECK (tax_basis_points BETWEEN 0 AND 5000),
  image TEXT NOT NULL,
  image_alt TEXT NOT NULL,
  page TEXT NOT NULL,
  published BIGINT NOT NULL CHECK (published IN (0, 1)),
  created_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX product_slug ON product (shop_id, slug);

-- Every price that ever was: the thirty-day low, and what a quote could have said. Only added to.
CREATE TABLE price (
  shop_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  from_us BIGINT NOT NULL,
  price_minor BIGINT NOT NULL CHECK (price_minor BETWEEN 0 AND 9007199254740991),
  currency TEXT NOT NULL,
  PRIMARY KEY (shop_id, product_id, from_us)
);
