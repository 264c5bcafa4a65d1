\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(38);

SET search_path = public, musicintel;
SET musicintel.training_memory = '64MB';

---- R's answers, to ten digits and more: test/reference/regressions.r --------------------------------------------------
\if :have_data
\i test/pgtap/regression_data.psql

CREATE TABLE fitted AS SELECT huber_regression_fit(popularity, ARRAY[artist, followers, minutes]) AS fit FROM track;
SELECT ok(largest_difference(fit, ARRAY[18.5817616174708, 1.66336267244482, 0.486656925482325, 0.0330811454419187, -0.355017321049768, 0.229023743386891,
		0.989969757286385, 0.163401494799939]) < 1e-9,
	'popularity of 9,541 tracks: estimates and standard errors as those of rlm')
FROM fitted;
SELECT ok(abs(figure(fit, 'sigma') / 17.2817512504824 - 1) < 1e-9 AND figure(fit, 'iterations') = 5 AND figure(fit, 'downweighted') = 1495
		AND figure(fit, 'n') = 9541 AND figure(fit, 'df') = 9537 AND (summary(fit) ->> 'converged')::boolean, 'and so are the figures of the fit')
FROM fitted;
SELECT ok(largest_difference(huber_regression_fit(popularity, ARRAY[artist, followers, minutes], '{"k": 2}'),
	ARRAY[17.0640968906371, 1.64336006126497, 0.47800681864154, 0.0326833312426339, -0.255142969904604, 0.226269639927787, 1.0065626972376, 0.16143652551162]) < 1e-9,
	'option k')
FROM track;
SELECT is((train('popularity', 'huber_regression', $$SELECT popularity, artist, genre, explicit FROM track
	WHERE genre IN ('Pop', 'Rock', 'Hip-Hop/Rap', 'Country') ORDER BY md5(track::text)$$, 'popularity')).rows, 5719::bigint, 'train() with categories');
SELECT ok(largest_difference(get_model('popularity'), ARRAY[18.2764871413327, 1.36059461548623, 0.430172322219108, 0.0183190690103103, 0.962837399574552,
		1.01996711220337, 3.40425443476312, 0.610899291560595, 3.6629790522424, 0.666763374843565, 0.0896938927878484, 0.922669447673062]) < 1e-9,
	'as rlm with factors');
SELECT ok(largest_difference(huber_regression_fit(track_popularity, ARRAY[danceability, energy, loudness, valence, tempo, duration_ms]),
	ARRAY[89.2663485534392, 1.65992418924909, 1.76905260538179, 1.11738599731851, -40.5350598238539, 1.15607512378752, 2.04772018635008, 0.0687024915411457,
		6.82602345329292, 0.686588140916965, 0.0177154452743896, 0.00562419067851894, -4.88290046471915e-05, 2.5057677986657e-06]) < 1e-9,
	'32,833 songs: as rlm')
FROM song;

SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 4;
ALTER TABLE track SET (parallel_workers = 4);
CREATE TABLE parallel_fit AS SELECT huber_regression_fit(popularity, ARRAY[artist, followers, minutes]) AS fit FROM track;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END $$;
SELECT ok(EXISTS (
		SELECT FROM plan_of('SELECT huber_regression_fit(popularity, ARRAY[artist, followers, minutes]) FROM track') AS line
		WHERE line LIKE '%Partial%Aggregate%'), 'the planner splits the aggregate over workers');
SELECT ok(largest_difference(fit, ARRAY[18.5817616174708, 1.66336267244482, 0.486656925482325, 0.0330811454419187, -0.355017321049768, 0.229023743386891,
		0.989969757286385, 0.163401494799939]) < 1e-7,
	'and they find the same')
FROM parallel_fit;
RESET max_parallel_workers_per_gather;
\else
SELECT skip('no data', 8);
\endif

---- By hand ------------------------------------------------------------------------------------------------------------
-- y = 1 + 2x, and one row far off: least squares goes after it.
CREATE TABLE line (x float8, y float8);
INSERT INTO line SELECT i, 1 + 2 * i + sin(i) / 100 FROM generate_series(1, 20) AS i;
UPDATE line SET y = 1000 WHERE x = 20;
SELECT ok(abs(h.estimate - 2) < 0.01 AND abs(l.estimate - 2) > 5, 'one wild row: a slope of 2, and not that of least squares')
FROM coefficients((SELECT huber_regression_fit(y, ARRAY[x], '{"max_iterations": 100}') FROM line)) AS h, coefficients((SELECT linear_regression_fit(y, ARRAY[x]) FROM line)) AS l
WHERE h.term = 'x1' AND l.term = 'x1';
SELECT ok(abs(h.estimate - l.estimate) < 1e-9, 'with a very large k it is least squares')
FROM coefficients((SELECT huber_regression_fit(y, ARRAY[x], '{"k": 1e6}') FROM line)) AS h, coefficients((SELECT linear_regression_fit(y, ARRAY[x]) FROM line)) AS l
WHERE h.term = 'x1' AND l.term = 'x1';
SELECT is(round(predict(huber_regression_fit(y, ARRAY[x]), ARRAY[10])::numeric), 21::numeric, 'predict from an array') FROM line WHERE x < 20;
SELECT is(to_json(huber_regression_fit(y, ARRAY[x])) -> 'parameters' ->> 'k', '1.345', 'to_json shows the options') FROM line;
SELECT is((summary(huber_regression_fit(y, ARRAY[x], '{"max_iterations": 1}')) ->> 'converged')::boolean, false, 'option max_iterations: an early end is said') FROM line;
SELECT ok((SELECT bool_and(std_error IS NULL) FROM coefficients((SELECT huber_regression_fit(i, ARRAY[i]) FROM generate_series(1, 2) AS i))),
	'as many rows as columns: no standard errors');

---- Aggregates in every position ----------------------------------------------------------------------------------------
SELECT is(huber_regression_fit(y, a), huber_regression_fit(y, a) FILTER (WHERE y IS NOT NULL AND a IS NOT NULL), 'a row whose y or array is NULL does not count')
FROM (SELECT y, ARRAY[x] AS a FROM line UNION ALL VALUES (NULL, ARRAY[9::float8]), (7, NULL)) AS c;
SELECT is(huber_regression_fit(y, ARRAY[x]), NULL, 'no row: NULL') FROM line WHERE false;
SELECT results_eq(
	'SELECT (summary(huber_regression_fit(y, ARRAY[x]) OVER (ORDER BY x)) ->> ''n'')::int FROM line ORDER BY x LIMIT 3',
	'VALUES (1), (2), (3)', 'as a window function, finished once a row');
SELECT results_eq(
	'SELECT term, estimate IS NULL FROM coefficients((SELECT huber_regression_fit(y, ARRAY[x, 3, 2 * x, -x]) FROM line))',
	$$VALUES ('(intercept)', false), ('x1', false), ('x2', true), ('x3', true), ('x4', true)$$,
	'constant and collinear columns have no estimate');
SELECT is(f::text::model, f, 'text reads back as the same model') FROM (SELECT huber_regression_fit(y, ARRAY[x]) AS f FROM line) AS s;
SELECT throws_ok($$SELECT huber_regression_fit('Infinity', ARRAY[1])$$, '22003', 'the target is infinite in row 1', 'infinite target');
SELECT throws_ok($$SELECT huber_regression_fit(1, ARRAY[1], '{"k": 0}')$$, '22023', 'k must be a number > 0', 'option k out of range');
SELECT throws_ok($$SELECT huber_regression_fit(1, ARRAY[1], '{"tolerance": 0}')$$, '22023', 'tolerance must be a number > 0', 'option tolerance out of range');

---- Bad input -----------------------------------------------------------------------------------------------------------
SELECT throws_ok('SELECT huber_regression_fit(1, ARRAY[1, NULL])', '22004', 'element 2 of the array of features is NULL', 'NULL element');
SELECT throws_ok($$SELECT huber_regression_fit(1, ARRAY['NaN'::float8])$$, '22003', 'element 1 of the features is NaN in row 1', 'NaN');
SELECT throws_ok($$SELECT huber_regression_fit(1, ARRAY[CASE WHEN i = 3 THEN '-Infinity' ELSE i::float8 END]) FROM generate_series(1, 5) AS i$$,
	'22003', 'element 1 of the features is infinite in row 3', 'infinite element');
SELECT throws_ok('SELECT huber_regression_fit(1, CASE WHEN i = 2 THEN ARRAY[1, 2] ELSE ARRAY[1] END) FROM generate_series(1, 5) AS i',
	'22023', 'array of features has 2 elements in row 2, 1 in the rows before', 'ragged arrays');
SELECT throws_ok('SELECT huber_regression_fit(1, ARRAY[[1, 2], [3, 4]])', '2202E', 'array of features must have one dimension, not 2', 'matrix');
SELECT throws_ok('SELECT huber_regression_fit(1, array_fill(1::float8, ARRAY[2001]))', '54000',
	'huber_regression of 2001 features: the limit is 2000', 'too many features');
SELECT throws_ok($$SELECT huber_regression_fit(1, '{}'::float8[], '{"intercept": false}')$$, '22023',
	'no feature and no intercept: nothing to fit', 'nothing to fit');
SELECT throws_ok($$SELECT huber_regression_fit(1, ARRAY[1], '{"alpha": 1}')$$, '22023', 'unknown option "alpha"', 'unknown option');
SELECT throws_ok($$SELECT huber_regression_fit(1, ARRAY[1], '{"confidence": 2}')$$, '22023', 'confidence must lie between 0 and 1', 'option out of range');
SELECT throws_ok($$SELECT huber_regression_fit(1, ARRAY[1, 2], '{"features": ["tempo"]}')$$, '22023',
	'option "features" has 1 names, the array has 2 elements', 'too few names');
SELECT throws_ok('SELECT huber_regression_accumulate(NULL, 1, ARRAY[1])', '0A000',
	'function huber_regression_accumulate can only be called by an aggregate', 'transition function called by hand');
SELECT throws_ok($$SELECT huber_regression_finish('')$$, '0A000',
	'function huber_regression_finish can only be called by an aggregate', 'final function called by hand');
SELECT lives_ok($$CREATE AGGREGATE broken_fit(float8, float8[])
	(SFUNC = huber_regression_accumulate, STYPE = bytea, INITCOND = '\x00', FINALFUNC = huber_regression_finish)$$, 'a state of one''s own');
SELECT throws_ok('SELECT broken_fit(1, ARRAY[1])', 'XX001', 'not the state of an aggregate', 'is not trusted');
SELECT throws_ok('SELECT broken_fit(1, ARRAY[1]) WHERE false', 'XX001', 'not the state of an aggregate', 'not even without a row');
SET LOCAL musicintel.training_memory = '64kB';
SELECT throws_like($$SELECT huber_regression_fit(i % 3, ARRAY[i % 7]) FROM generate_series(1, 100000) AS i$$,
	'training data takes % kB of memory, the limit is 64 kB', 'more rows than the memory allows');
RESET musicintel.training_memory;

\i test/pgtap/end.psql
