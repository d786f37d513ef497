-- name: add_experiment
INSERT INTO experiment (shop_id, id, number, name, snippet_id, coverage_ppm, state, started_us) VALUES ($1, $2, $3, $4, $5, $6, 'running', $7);

-- name: add_arm
INSERT INTO experiment_arm (shop_id, experiment_id, arm, weight_ppm, snippet_version) VALUES ($1, $2, $3, $4, $5);

-- name: running
SELECT e.id, e.number, e.name, e.snippet_id, e.coverage_ppm, a.arm, a.weight_ppm, a.snippet_version
FROM experiment e JOIN experiment_arm a ON a.shop_id = e.shop_id AND a.experiment_id = e.id
WHERE e.shop_id = $1 AND e.state = 'running' ORDER BY e.id, a.arm LIMIT 1000;

-- name: end_experiment
UPDATE experiment SET state = 'ended', ended_us = $3 WHERE shop_id = $1 AND id = $2 AND state = 'running' RETURNING number;
