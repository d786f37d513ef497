-- experiments: two-arm tests of a snippet's words.
CREATE TABLE experiment (
  shop_id TEXT NOT NULL,
  id TEXT NOT NULL,
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  snippet_id TEXT NOT NULL,
  coverage_ppm BIGINT NOT NULL CHECK (coverage_ppm BETWEEN 0 AND 1000000),
  state TEXT NOT NULL CHECK (state IN ('running', 'ended')),
  started_us BIGINT NOT NULL,
  ended_us BIGINT,
  PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX experiment_number ON experiment (shop_id, number);
CREATE INDEX experiment_snippet ON experiment (shop_id, snippet_id, state);

CREATE TABLE experiment_arm (
  shop_id TEXT NOT NULL,
  experiment_id TEXT NOT NULL,
  arm BIGINT NOT NULL,
  weight_ppm BIGINT NOT NULL CHECK (weight_ppm BETWEEN 0 AND 1000000),
  snippet_version BIGINT NOT NULL,
  PRIMARY KEY (shop_id, experiment_id, arm)
);
