\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(27);

SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null

-- 60 artists of 12 releases. Popularity follows the artist and the release before, less chance; by far too little for ten
-- tracks (gems), by far too much for five. Always the same.
SELECT setseed(0.1902) \g /dev/null
INSERT INTO music.artists SELECT 'a' || n, 'Artist ' || n, 20 + n, (n * n * 977)::bigint FROM generate_series(1, 60) AS n;
CREATE TEMPORARY TABLE planted AS
SELECT format('%s-%s', n, r) AS track_id, n, r, CASE WHEN (n * 12 + r) % 71 = 0 THEN -45 WHEN (n * 12 + r) % 139 = 0 THEN 40 ELSE 0 END AS effect,
	4 * (random() + random() + random() + random() - 2) AS chance
FROM generate_series(1, 60) AS n, generate_series(1, 12) AS r;
INSERT INTO music.tracks (track_id, track_name, artist_id, release_date, popularity, duration_ms, genre, tempo)
SELECT track_id, 'Song ' || track_id, 'a' || n, date '2000-01-01' + 100 * r + n, greatest(0, least(100, 30 + n / 2 + chance + effect)),
	150000 + n * r * 7919 % 100000, (ARRAY['Pop', 'Rock', 'Jazz'])[1 + n % 3], 90 + r
FROM planted;
UPDATE music.tracks SET popularity = NULL WHERE track_id = '7-9';
CALL music.refresh();

---- Residuals ----------------------------------------------------------------------------------------------------------
CREATE TEMPORARY VIEW feature AS
SELECT f.*, ARRAY[artist_popularity, artist_followers, prev_release_popularity, prior_release_mean_popularity, track_time_minutes] AS x
FROM music.track_features f
WHERE NOT is_cold_start;
SELECT ok(max(abs(s.standardised_residual - s.residual / sqrt(1 - s.leverage) / (m.metrics ->> 'sigma')::float8)) < 1e-12,
	'a standardised residual is divided by sigma sqrt(1 - leverage)')
FROM music.track_scores s, musicintel.models m WHERE m.name = 'music.popularity';
SELECT ok(abs(sum(leverage) - 6) < 1e-9, 'leverages sum to the six parameters') FROM music.track_scores WHERE residual IS NOT NULL;

-- Out of fold: the same as a model fitted to the other folds outright.
SELECT is((SELECT count(DISTINCT fold) FROM music.track_scores), 5::bigint, 'five folds');
SELECT is_empty(
	$$SELECT artist_name FROM music.track_scores GROUP BY artist_name HAVING count(DISTINCT fold) > 1$$,
	'an artist is in one of them');
SELECT ok(max(abs(s.expected_out_of_fold - musicintel.predict(fits.model, feature.x))) < 1e-9,
	'out of fold is what a model without the fold expects')
FROM (SELECT held_out.fold, musicintel.linear_regression_fit(popularity, x) FILTER (WHERE s.fold <> held_out.fold) AS model
	FROM feature JOIN music.track_scores s USING (track_id), generate_series(0, 4) AS held_out (fold)
	GROUP BY held_out.fold) AS fits
JOIN music.track_scores s USING (fold) JOIN feature USING (track_id);
SELECT is((SELECT count(*) FROM music.track_scores WHERE (expected IS NULL) <> (expected_out_of_fold IS NULL)), 0::bigint,
	'who has one expectation has the other');

-- Nothing of an artist gets into what is expected of him: change his last release, whose past stays as it is.
CREATE TEMPORARY TABLE before AS SELECT * FROM music.track_scores WHERE artist_name = 'Artist 33';
UPDATE music.tracks SET popularity = 100 WHERE track_id = '33-12';
CALL music.refresh();
SELECT results_eq(
	$$SELECT max(abs(a.expected_out_of_fold - b.expected_out_of_fold)) < 1e-9, max(abs(a.expected - b.expected)) > 0.001
		FROM music.track_scores a JOIN before b USING (track_id)$$,
	'VALUES (true, true)',
	'no leak: his own success moves what is expected of an artist in sample, and not out of fold');
UPDATE music.tracks SET popularity = (SELECT actual FROM before WHERE track_id = '33-12') WHERE track_id = '33-12';

---- Evidence -----------------------------------------------------------------------------------------------------------
CALL music.refresh();
SELECT ok(max(abs(p_value - musicintel.two_sided_p_value((standardised_residual - q[2]) / ((q[3] - q[1]) / 1.3489795)))) < 1e-12,
	'a p value is that of the distance from the median in robust standard deviations')
FROM music.track_scores, (SELECT percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY standardised_residual) AS q
	FROM music.track_scores) AS middle;
-- By the definition: the smallest rate at which the procedure of Benjamini and Hochberg (1995) rejects the hypothesis.
SELECT ok(max(abs(s.q_value - brute.q)) < 1e-12, 'q values are those of Benjamini and Hochberg')
FROM music.track_scores s JOIN (
	SELECT a.track_id, least(1, min(b.p_value * b.m / b.rank)) AS q
	FROM music.track_scores a
	JOIN (SELECT p_value, rank() OVER (ORDER BY p_value) + count(*) OVER (PARTITION BY p_value) - 1 AS rank, count(*) OVER () AS m
		FROM music.track_scores WHERE p_value IS NOT NULL) AS b ON b.p_value >= a.p_value
	GROUP BY a.track_id) AS brute USING (track_id);

---- Segments by each rule ----------------------------------------------------------------------------------------------
SELECT is_empty(
	$$SELECT track_id FROM music.track_expectation WHERE segment IS DISTINCT FROM CASE WHEN expected IS NULL THEN 'cold start'
		WHEN residual >= 20 THEN 'surprise hit' WHEN residual <= -20 THEN 'underrated' WHEN actual IS NOT NULL THEN 'as expected' END$$,
	'points: 20 above or below');
UPDATE music.settings SET segment_points = 5;
CALL music.refresh();
SELECT results_eq(
	$$SELECT min(residual) FILTER (WHERE segment = 'surprise hit') >= 5, max(residual) FILTER (WHERE segment = 'underrated') <= -5,
		max(abs(residual)) FILTER (WHERE segment = 'as expected') < 5 FROM music.track_expectation$$,
	'VALUES (true, true, true)', 'or as many as are set');
UPDATE music.settings SET segment_rule = 'deciles';
CALL music.refresh();
SELECT results_eq(
	$$SELECT count(*) FILTER (WHERE segment = 'underrated'), count(*) FILTER (WHERE segment = 'surprise hit'), count(residual),
		max(residual) FILTER (WHERE segment = 'underrated') < min(residual) FILTER (WHERE segment = 'as expected')
		FROM music.track_expectation$$,
	'VALUES (66::bigint, 66::bigint, 659::bigint, true)',
	'deciles: the lowest and the highest tenth');
UPDATE music.settings SET segment_rule = 'fdr';
CALL music.refresh();
SELECT is_empty(
	$$SELECT track_id FROM music.track_expectation WHERE residual IS NOT NULL AND segment <> CASE WHEN q_value > 0.1 THEN 'as expected'
		WHEN residual < 0 THEN 'underrated' ELSE 'surprise hit' END$$,
	'fdr: q values up to the rate');
CREATE TEMPORARY VIEW found AS
SELECT count(*) FILTER (WHERE s.segment = 'underrated' AND effect < 0)::float8 / count(*) FILTER (WHERE effect < 0) AS recall,
	count(*) FILTER (WHERE s.segment = 'underrated' AND effect = 0)::float8 / greatest(1, count(*) FILTER (WHERE s.segment = 'underrated')) AS false_share
FROM planted JOIN music.track_scores s USING (track_id) WHERE residual IS NOT NULL;
SELECT ok(recall >= 0.9, 'fdr finds nine planted gems in ten') FROM found;
SELECT ok(false_share <= 0.1, 'with no more false alarms than promised') FROM found;
SELECT results_eq($$SELECT segment_rule::text FROM music.segment_proportions GROUP BY segment_rule$$, $$VALUES ('fdr')$$,
	'the rule is told beside the segments');

-- Nothing planted, chance alone (four uniform numbers; 20 catalogues): what is promised holds on average.
CREATE TEMPORARY TABLE alarms (alarms bigint);
DO $$
BEGIN
	FOR catalogue IN 1 .. 20 LOOP
		UPDATE music.tracks SET popularity = 50 + 12 * (random() + random() + random() + random() - 2);
		PERFORM musicintel.refresh_step('music', 'track_scores');
		INSERT INTO alarms SELECT count(*) FROM music.track_scores WHERE q_value <= 0.1;
	END LOOP;
END
$$;
SELECT ok((SELECT count(*) FROM alarms WHERE alarms > 0) <= 5, 'where there is nothing to find, fdr mostly finds nothing');

---- The views ----------------------------------------------------------------------------------------------------------
UPDATE music.tracks t SET popularity = greatest(0, least(100, 30 + p.n / 2 + chance + effect)) FROM planted p WHERE p.track_id = t.track_id;
UPDATE music.settings SET segment_rule = 'points', segment_points = 20;
CALL music.refresh();
SELECT results_eq('SELECT track_id, residual FROM music.hidden_gems',
	$$SELECT track_id, residual FROM music.track_scores WHERE residual <= -20 ORDER BY residual$$, 'hidden gems, the furthest first');
SELECT results_eq('SELECT track_id, residual FROM music.surprise_hits',
	$$SELECT track_id, residual FROM music.track_scores WHERE residual >= 20 ORDER BY residual DESC$$, 'surprise hits, the furthest first');
SELECT results_eq(
	$$SELECT segment::text, tracks, round(share_of_scored::numeric, 9), round(highest_residual::numeric, 9) FROM music.segment_proportions
		WHERE segment <> 'cold start' ORDER BY segment$$,
	$$SELECT segment::text, count(*), round(count(*)::numeric / sum(count(*)) OVER (), 9), round(max(residual)::numeric, 9)
		FROM music.track_scores WHERE residual IS NOT NULL GROUP BY segment ORDER BY segment$$,
	'segment_proportions counts');
-- R: prop.test(10, 20, correct = FALSE) and binom::binom.wilson(0, 10).
SELECT results_eq(
	$$SELECT round(low::numeric, 7), round(high::numeric, 7) FROM (VALUES (10, 20), (0, 10), (0, 0)) AS t (k, n),
		musicintel.wilson_interval(k, n)$$,
	'VALUES (0.2992980, 0.7007020), (0.0000000, 0.2775328), (0, 1)',
	'Wilson''s interval');
SELECT ok(max(abs(p.segment_mean - brute.mean) + abs(p.overall_mean - brute.whole) + abs(p.standardised_difference - (brute.mean - brute.whole) / brute.sd)) < 1e-9,
	'segment_profile is means beside means')
FROM music.segment_profile p JOIN (
	SELECT DISTINCT segment, feature, avg(value) OVER (PARTITION BY segment, feature) AS mean, avg(value) OVER (PARTITION BY feature) AS whole,
		stddev(value) OVER (PARTITION BY feature) AS sd
	FROM music.track_scores s JOIN music.tracks t USING (track_id),
		LATERAL (VALUES ('popularity', actual), ('artist_popularity', s.artist_popularity), ('tempo', t.tempo)) AS v (feature, value)
	WHERE residual IS NOT NULL) AS brute USING (segment, feature);
SELECT is((SELECT count(DISTINCT feature) FROM music.segment_profile), 7::bigint, 'of the features that are known');
SELECT results_eq(
	$$SELECT sum(tracks), sum(out_of_fold_tracks), round(sum(share)::numeric, 9), max(residual_to - residual_from) FROM music.residual_distribution$$,
	'VALUES (660::numeric, 660::numeric, 1::numeric, 5::float8)', 'residual_distribution covers all');
SELECT ok(abs(sum(normal_share) - 1) < 0.01, 'a normal distribution with the same spread stands beside it') FROM music.residual_distribution;
SELECT results_eq(
	$$SELECT expectation::text, sum(tracks), round((sum(mean_actual * tracks) / sum(tracks))::numeric, 6) FROM music.model_fit GROUP BY expectation ORDER BY expectation$$,
	$$SELECT e, count(residual)::numeric, round(avg(actual)::numeric, 6) FROM music.track_scores, (VALUES ('in sample'), ('out of fold')) AS kinds (e)
		WHERE residual IS NOT NULL GROUP BY e ORDER BY e$$,
	'model_fit covers all');
SELECT results_eq(
	$$SELECT momentum::text, sum(tracks), round((sum(mean_residual * tracks) / sum(tracks))::numeric, 6) + 0 FROM music.residual_by_momentum GROUP BY momentum ORDER BY momentum$$,
	$$VALUES ('mean of earlier releases', 660::numeric, 0.000000), ('previous release', 660, 0.000000)$$,
	'residual_by_momentum covers all');

\i test/pgtap/end.psql
