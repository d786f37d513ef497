-- name: states
SELECT name, directory, not_before_us, not_after_us, failed_count, try_us, problem FROM certificate ORDER BY name LIMIT 100000;

-- name: state
SELECT name, directory, not_before_us, not_after_us, failed_count, try_us, problem FROM certificate WHERE name = $1;

-- name: find
SELECT chain, sealed_key FROM certificate WHERE name = $1 AND chain <> '';

-- name: claim
INSERT INTO certificate (name, directory, chain, sealed_key, not_before_us, not_after_us, failed_count, try_us, problem)
VALUES ($1, $2, '', '', 0, 0, 0, $4, '')
ON CONFLICT (name) DO UPDATE SET directory = $2, try_us = $4 WHERE certificate.try_us <= $3 OR certificate.directory <> $2
RETURNING failed_count;

-- name: keep
UPDATE certificate SET chain = $2, sealed_key = $3, not_before_us = $4, not_after_us = $5, try_us = $6, failed_count = 0, problem = ''
WHERE name = $1;

-- name: note_failed
UPDATE certificate SET failed_count = failed_count + 1, try_us = $2, problem = $3 WHERE name = $1;

-- name: ask_again
UPDATE certificate SET failed_count = 0, try_us = $2 WHERE name = $1 RETURNING name;

-- By a shop's owner: where it failed, and its next try is not near anyway. The failures stay, so that the waits grow on.
-- name: ask_sooner
UPDATE certificate SET try_us = $2 WHERE name = $1 AND failed_count > 0 AND (try_us IS NULL OR try_us > $3) RETURNING name;

-- name: forget
DELETE FROM certificate WHERE name = $1;

-- name: add_account
INSERT INTO acme_account (directory, sealed_key, url, created_us) VALUES ($1, $2, '', $3) ON CONFLICT (directory) DO NOTHING;

-- name: find_account
SELECT sealed_key, url FROM acme_account WHERE directory = $1;

-- name: set_account_url
UPDATE acme_account SET url = $2 WHERE directory = $1;

-- name: put_challenge
INSERT INTO acme_challenge (token, answer, expires_us) VALUES ($1, $2, $3)
ON CONFLICT (token) DO UPDATE SET answer = $2, expires_us = $3;

-- name: find_challenge
SELECT answer FROM acme_challenge WHERE token = $1 AND expires_us > $2;

-- name: forget_challenges
DELETE FROM acme_challenge WHERE expires_us <= $1;
