-- name: raise
INSERT INTO moved (shop_id, topic, number, at_us) VALUES ($1, $2, 1, $3)
ON CONFLICT (shop_id, topic) DO UPDATE SET number = moved.number + 1, at_us = EXCLUDED.at_us;

-- name: moved_since
SELECT shop_id, topic, number FROM moved WHERE at_us >= $1 ORDER BY at_us DESC, shop_id, topic LIMIT 5000;
