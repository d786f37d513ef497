-- links: when somebody last reported a link, so that who runs the installation reads the newest first.
ALTER TABLE link ADD COLUMN reported_us BIGINT;
UPDATE link SET reported_us = COALESCE(
  (SELECT MAX(at_us) FROM link_report WHERE link_report.shop_id = link.shop_id AND link_report.link = link.number), created_us)
WHERE reports > 0;
CREATE INDEX link_reported ON link (reported_us, shop_id, number) WHERE reports > 0;
CREATE INDEX link_judged ON link (shop_id, number) WHERE blocked <> '' OR warned <> '';

-- links: hosts that no link of any shop may lead to, one by one; lists of others come as a file.
CREATE TABLE denied_host (
  host TEXT NOT NULL,
  why TEXT NOT NULL,
  added_us BIGINT NOT NULL,
  PRIMARY KEY (host)
);
