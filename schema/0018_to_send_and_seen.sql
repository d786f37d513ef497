-- What waits to be sent is found by itself, however many orders came after it.
CREATE INDEX orders_to_send ON orders (shop_id, number) WHERE state = 'paid';

-- The price of one that the buyer's page showed, when another one binds by the time of the tap: the hold's page says both.
ALTER TABLE hold ADD COLUMN seen_minor BIGINT CHECK (seen_minor BETWEEN 0 AND 9007199254740991);
