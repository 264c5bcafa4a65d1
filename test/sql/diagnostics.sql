\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(19);

-- A simulated catalogue (seed 7): popularity follows artist and past, and no audio feature.
SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null
SELECT count(*) FROM musicintel.simulate_catalogue('music', 300, 6000, 7) \g /dev/null
UPDATE music.tracks SET valence = NULL WHERE mod(hashtext(track_id), 3) = 0;
UPDATE music.tracks SET liveness = NULL;
CALL music.refresh();
CREATE TEMPORARY VIEW complete AS
SELECT s.*, t.danceability, t.valence, mod(hashtextextended(track_id, 1) & 9223372036854775807, 5) = 0 AS in_random
FROM music.track_scores s JOIN music.tracks t USING (track_id) WHERE residual IS NOT NULL;

---- Distributions ------------------------------------------------------------------------------------------------------
SELECT results_eq(
	'SELECT count(*), sum(tracks), round(sum(share)::numeric, 9), round(max(cumulative_share)::numeric, 9), min(popularity_from), max(popularity_to) FROM music.popularity_distribution',
	'VALUES (20::bigint, 6000::numeric, 1::numeric, 1::numeric, 0::float8, 100::float8)', 'popularity_distribution covers 0 to 100');
SELECT results_eq('SELECT popularity_from, tracks FROM music.popularity_distribution WHERE popularity_from IN (0, 50, 95) ORDER BY 1',
	'SELECT 5.0::float8 * least(19, popularity / 5), count(*) FROM music.tracks WHERE least(19, popularity / 5) IN (0, 10, 19) GROUP BY 1 ORDER BY 1',
	'each range has its tracks');
SELECT results_eq('SELECT count(*), count(DISTINCT track_id) FROM music.model_fit_sample', 'VALUES (2000::bigint, 2000::bigint)', 'a sample of 2,000 tracks');
SELECT ok(abs(avg(s.actual - s.expected)) < 1 AND abs(corr(s.actual, s.expected) - (SELECT corr(actual, expected) FROM complete)) < 0.03,
	'which looks like the whole') FROM music.model_fit_sample s;

---- Correlations -------------------------------------------------------------------------------------------------------
SELECT is((SELECT count(*) FROM music.feature_correlation), 14 * 13::bigint, 'every pair of 14 known features, both ways; liveness is not known');
SELECT ok(bool_and(abs(c.correlation - r) < 1e-12 AND c.tracks = n), 'Pearson''s correlation of what is known of both')
FROM (SELECT corr(danceability, valence) AS r, regr_count(danceability, valence) AS n FROM music.tracks) AS hand, music.feature_correlation c
WHERE (feature, other_feature) IN (('danceability', 'valence'), ('valence', 'danceability'));

---- Ablation -----------------------------------------------------------------------------------------------------------
SELECT results_eq('SELECT split::text, count(*), count(DISTINCT trained_on), min(trained_on + held_out) = max(trained_on + held_out) FROM music.momentum_ablation GROUP BY split ORDER BY split',
	$$VALUES ('artists', 6::bigint, 1::bigint, true), ('newest', 6, 1, true), ('random', 6, 1, true)$$, 'six feature sets on the same tracks of three splits');
SELECT results_eq(
	$$SELECT trained_on, held_out, round(r_squared::numeric, 9), round(mean_absolute_error::numeric, 9) FROM music.momentum_ablation WHERE split = 'random' AND place = 3$$,
	$$SELECT count(*) FILTER (WHERE NOT in_random), count(*) FILTER (WHERE in_random),
			round((musicintel.r_squared(musicintel.predict(model, x), actual) FILTER (WHERE in_random))::numeric, 9),
			round((musicintel.mean_absolute_error(musicintel.predict(model, x), actual) FILTER (WHERE in_random))::numeric, 9)
		FROM (SELECT *, ARRAY[artist_popularity, artist_followers, prev_release_popularity] AS x FROM complete) AS c,
			(SELECT musicintel.linear_regression_fit(actual, ARRAY[artist_popularity, artist_followers, prev_release_popularity]) FILTER (WHERE NOT in_random) AS model
				FROM complete) AS m$$,
	'a model fitted on the one part and judged on the other');
SELECT ok(bool_and(CASE WHEN place = 1 THEN abs(r_squared) < 0.05 ELSE r_squared > 0.2 END), 'sound tells nothing here, the artist does') FROM music.momentum_ablation;
SELECT ok(max(r_squared) FILTER (WHERE place = 5) > max(r_squared) FILTER (WHERE place = 2) + 0.1, 'and the past adds to it') FROM music.momentum_ablation WHERE split = 'newest';
SELECT is((SELECT held_out FROM music.momentum_ablation WHERE split = 'newest' AND place = 1),
	(SELECT count(*) FROM complete WHERE release_date > (SELECT percentile_disc(0.8) WITHIN GROUP (ORDER BY release_date) FROM complete)),
	'the newest fifth are whole days');

---- Hits ---------------------------------------------------------------------------------------------------------------
SELECT results_eq($$SELECT split::text, model::text, count(*) FROM music.hit_classifier GROUP BY split, model ORDER BY split, model$$,
	$$SELECT split, model, 11::bigint FROM (VALUES ('artists'), ('newest'), ('random')) AS s (split), (VALUES ('linear regression'), ('logistic regression')) AS m (model)
		ORDER BY split, model$$, 'eleven metrics of two models on three splits');
SELECT results_eq($$SELECT value FROM music.hit_classifier WHERE split = 'random' AND metric IN ('hit rate', 'tracks held out') AND model = 'logistic regression' ORDER BY value$$,
	$$SELECT unnest(ARRAY[avg((actual >= 70)::integer)::float8, count(*)::float8]) FROM complete WHERE in_random$$, 'a hit has a popularity of 70 or more');
SELECT ok(min(value) > 0.75, 'hits can be told from the rest') FROM music.hit_classifier WHERE metric = 'auc';
SELECT ok(bool_and((value IS NULL) = (model = 'linear regression')), 'only a probability has a log loss') FROM music.hit_classifier WHERE metric IN ('log loss', 'brier score');

---- Cold starts --------------------------------------------------------------------------------------------------------
SELECT results_eq($$SELECT tracks, cold_starts, round(mean_actual::numeric, 9), round(mean_actual_of_others::numeric, 9) FROM music.cold_start WHERE genre = 'all genres'$$,
	$$SELECT count(*), count(*) FILTER (WHERE is_cold_start), round((avg(popularity) FILTER (WHERE is_cold_start))::numeric, 9),
		round((avg(popularity) FILTER (WHERE NOT is_cold_start))::numeric, 9) FROM music.track_features$$, 'cold starts are counted');
SELECT ok(abs(mean_expected + mean_residual - mean_actual) < 1e-9 AND mean_absolute_error BETWEEN 1 AND 40, 'and something is expected of them') FROM music.cold_start WHERE genre = 'all genres';

---- Audit --------------------------------------------------------------------------------------------------------------
DELETE FROM music.tracks WHERE track_id NOT IN (SELECT track_id FROM music.tracks ORDER BY track_id LIMIT 8);
UPDATE music.tracks SET popularity = n, tempo = NULL, track_name = CASE WHEN n < 4 THEN 'Same' ELSE 'Song ' || n END
FROM (SELECT track_id AS id, CASE row_number() OVER (ORDER BY track_id) WHEN 8 THEN 100 ELSE row_number() OVER (ORDER BY track_id) END AS n FROM music.tracks) AS numbered
WHERE id = track_id;
REFRESH MATERIALIZED VIEW music.data_audit_stored;
SELECT results_eq(
	$$SELECT column_name::text, nulls, distinct_values, duplicates, lowest::text, highest::text, median, outliers FROM music.data_audit
		WHERE table_name = 'tracks' AND column_name IN ('track_name', 'popularity', 'tempo', 'subgenre', '(all but the key)') ORDER BY place$$,
	$$VALUES ('track_name', 0::bigint, 6::bigint, 2::bigint, 'Same', 'Song 7', NULL::float8, NULL::bigint), ('subgenre', 8, 0, 0, NULL, NULL, NULL, NULL),
		('popularity', 0, 8, 0, '1', '100', 4.5, 1), ('tempo', 8, 0, 0, NULL, NULL, NULL, 0), ('(all but the key)', 0, 8, 0, NULL, NULL, NULL, NULL)$$,
	'data_audit: what is missing, repeated, out of line');
SELECT is((SELECT count(*) FROM music.data_audit), (SELECT count(*) + 2 FROM musicintel.workspace_columns WHERE relation IN ('tracks', 'artists')), 'every column is there');

\i test/pgtap/end.psql
