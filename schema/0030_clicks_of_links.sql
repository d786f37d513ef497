-- telemetry: the clicks of one link, without reading those of its whole shop.
CREATE INDEX touch_count_link ON touch_count (shop_id, link, kind, day);
