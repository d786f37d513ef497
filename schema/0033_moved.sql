-- store: what moved in which shop, so that every program on this database hears of it. The write that moves it raises the number.
CREATE TABLE moved (
  shop_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  number BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  PRIMARY KEY (shop_id, topic)
);
CREATE INDEX moved_at ON moved (at_us);
