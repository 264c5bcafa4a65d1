\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(47);

SET search_path = public, musicintel;
SET musicintel.training_memory = '64MB';

---- R's answers, to ten digits and more: test/reference/regressions.r --------------------------------------------------
\if :have_data
\i test/pgtap/regression_data.psql

CREATE TABLE fitted AS
SELECT tau, quantile_regression_fit(popularity, ARRAY[artist, followers, minutes], jsonb_build_object('tau', tau)) AS fit
FROM track, unnest(ARRAY[0.1, 0.5, 0.9]) AS tau GROUP BY tau;
CREATE TABLE wanted (tau numeric, expected float8[], loss float8, r1 float8);
INSERT INTO wanted VALUES
	(0.1, ARRAY[-23.7015907989158, 2.8971226587317, 0.162444242740729, 0.0634073256035128, 2.38899728153416, 0.413827308334008, 1.18986241604767, 0.278342051426804],
		32157.4141217029, 0.0480395580339118),
	(0.5, ARRAY[19.5766578837946, 2.09390773525975, 0.443748287774623, 0.0419675897617515, -0.184293067552122, 0.286600202728254, 1.03496270611902, 0.216809068872654],
		64630.8113125976, 0.0605645363189414),
	(0.9, ARRAY[43.9645020445443, 1.28904026031955, 0.692652111991714, 0.0320394206308776, -1.68093840813087, 0.205427798893293, 0.926050089997563, 0.11618794796461],
		24227.2426247641, 0.093742911471308);
SELECT ok(largest_difference(fit, expected) < 1e-7, format('popularity of 9,541 tracks at %s: estimates and standard errors as those of rq', tau))
FROM fitted JOIN wanted USING (tau) ORDER BY tau;
SELECT ok(abs(figure(fit, 'loss') / loss - 1) < 1e-11 AND abs(figure(fit, 'r1') - r1) < 1e-10 AND figure(fit, 'tau') = tau
		AND figure(fit, 'n') = 9541 AND figure(fit, 'df') = 9537 AND (summary(fit) ->> 'converged')::boolean, format('and so are the figures of the fit at %s', tau))
FROM fitted JOIN wanted USING (tau) ORDER BY tau;
SELECT is((train('popularity', 'quantile_regression', $$SELECT popularity, minutes, followers, genre, explicit FROM track
	WHERE genre IN ('Pop', 'Rock', 'Hip-Hop/Rap', 'Country')$$, 'popularity', '{"tau": 0.4}')).rows, 5719::bigint, 'train() with categories');
SELECT ok(largest_difference(get_model('popularity'), ARRAY[-14.4362240801209, 3.51713291354642, 1.58880580908835, 0.303404507111879, 3.53704955929611,
		0.211321709206666, -0.0269528043512959, 1.20711123231944, 3.48670980327719, 0.909831255411645, 3.39864743294153, 0.943887200924196, 0.438400566830955, 1.1400775652812]) < 1e-7,
	'as rq with factors');
CREATE TABLE fitted_song AS
SELECT tau, quantile_regression_fit(track_popularity, ARRAY[danceability, energy, loudness, valence, tempo, duration_ms], jsonb_build_object('tau', tau)) AS fit
FROM song, unnest(ARRAY[0.25, 0.5, 0.95]) AS tau GROUP BY tau;
INSERT INTO wanted VALUES
	(0.25, ARRAY[72.055344367923, 2.74018429287986, 10.9043741420242, 1.8709998583937, -42.4526053143875, 1.89351894501144, 1.80952551656375, 0.0982742747400131,
		2.69810273243186, 1.17968554272685, 0.0354963466605779, 0.00956835538773663, -8.10617134921424e-05, 4.1448651032561e-06], 275634.507754983),
	(0.5, ARRAY[93.3093863535264, 2.04238398934537, 2.19413396341181, 1.36576524955493, -43.6204156204535, 1.32516731205083, 2.37373274925771, 0.0703652186286407,
		8.25808203056018, 0.826582714812421, 0.0172744896576469, 0.00674378608800052, -4.15146619885909e-05, 3.32723091457108e-06], 329591.11142485),
	(0.95, ARRAY[115.911549323797, 1.81031322794882, 1.10834432459279, 1.16443144453076, -34.8144251119607, 1.28780040709379, 1.71862639745068, 0.0820332536717486,
		3.8426672047208, 0.700401987896322, 0.00309285735346945, 0.00601451041150368, -2.37598719261391e-05, 2.47451325571045e-06], 66608.1016065565);
SELECT ok(largest_difference(fit, expected) < 1e-7 AND abs(figure(fit, 'loss') / loss - 1) < 1e-11, format('32,833 songs at %s: as rq', tau))
FROM fitted_song JOIN wanted USING (tau) WHERE r1 IS NULL ORDER BY tau;

SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 4;
ALTER TABLE track SET (parallel_workers = 4);
CREATE TABLE parallel_fit AS SELECT quantile_regression_fit(popularity, ARRAY[artist, followers, minutes]) AS fit FROM track;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END $$;
SELECT ok(EXISTS (
		SELECT FROM plan_of('SELECT quantile_regression_fit(popularity, ARRAY[artist, followers, minutes]) FROM track') AS line
		WHERE line LIKE '%Partial%Aggregate%'), 'the planner splits the aggregate over workers');
SELECT ok(largest_difference(fit, ARRAY[19.5766578837946, 2.09390773525975, 0.443748287774623, 0.0419675897617515, -0.184293067552122, 0.286600202728254,
		1.03496270611902, 0.216809068872654]) < 1e-7,
	'and they find the same')
FROM parallel_fit;
RESET max_parallel_workers_per_gather;
\else
SELECT skip('no data', 13);
\endif

---- By hand ------------------------------------------------------------------------------------------------------------
-- Without features it is the quantile itself; where two are equally good, either.
CREATE TABLE line (x float8, y float8);
INSERT INTO line SELECT i, 1 + 2 * i FROM generate_series(1, 20) AS i;
UPDATE line SET y = 1000 WHERE x > 15;
SELECT results_eq(
	'SELECT term, round(estimate::numeric, 9) FROM coefficients((SELECT quantile_regression_fit(y, ARRAY[x]) FROM line))',
	$$VALUES ('(intercept)', 1.000000000), ('x1', 2.000000000)$$, 'what most rows say, exactly');
SELECT is(predict(quantile_regression_fit(i * i, '{}'::float8[], jsonb_build_object('tau', tau)), '{}'::float8[]), (ARRAY[1, 9, 25]::float8[])[number], format('the quantile at %s', tau))
FROM generate_series(1, 5) AS i, unnest(ARRAY[0.1, 0.5, 0.9]) WITH ORDINALITY AS t (tau, number) GROUP BY tau, number ORDER BY tau;
SELECT is(round(predict(quantile_regression_fit(y, ARRAY[x]), ARRAY[10])::numeric, 9), 21.000000000, 'predict from an array') FROM line;
SELECT is(to_json(quantile_regression_fit(y, ARRAY[x])) -> 'parameters' ->> 'tau', '0.5', 'to_json shows the options') FROM line;
SELECT ok((SELECT bool_and(estimate IS NOT NULL AND std_error IS NULL) FROM coefficients((SELECT quantile_regression_fit(i, ARRAY[i]) FROM generate_series(1, 2) AS i))),
	'as many rows as columns: no standard errors');

---- Aggregates in every position ----------------------------------------------------------------------------------------
SELECT is(quantile_regression_fit(y, a), quantile_regression_fit(y, a) FILTER (WHERE y IS NOT NULL AND a IS NOT NULL), 'a row whose y or array is NULL does not count')
FROM (SELECT y, ARRAY[x] AS a FROM line UNION ALL VALUES (NULL, ARRAY[9::float8]), (7, NULL)) AS c;
SELECT is(quantile_regression_fit(y, ARRAY[x]), NULL, 'no row: NULL') FROM line WHERE false;
SELECT results_eq(
	'SELECT (summary(quantile_regression_fit(y, ARRAY[x]) OVER (ORDER BY x)) ->> ''n'')::int FROM line ORDER BY x LIMIT 3',
	'VALUES (1), (2), (3)', 'as a window function, finished once a row');
SELECT results_eq(
	'SELECT term, estimate IS NULL FROM coefficients((SELECT quantile_regression_fit(y, ARRAY[x, 3, 2 * x, -x]) FROM line))',
	$$VALUES ('(intercept)', false), ('x1', false), ('x2', true), ('x3', true), ('x4', true)$$,
	'constant and collinear columns have no estimate');
SELECT is(f::text::model, f, 'text reads back as the same model') FROM (SELECT quantile_regression_fit(y, ARRAY[x]) AS f FROM line) AS s;
SELECT throws_ok($$SELECT quantile_regression_fit('Infinity', ARRAY[1])$$, '22003', 'the target is infinite in row 1', 'infinite target');
SELECT throws_ok(format('SELECT quantile_regression_fit(1, ARRAY[1], ''{"tau": %s}'')', tau), '22023', 'tau must lie between 0 and 1, both excluded',
	format('tau %s', tau))
FROM unnest(ARRAY[0, 1, -0.5, 1.5]) AS tau;
SELECT throws_ok($$SELECT quantile_regression_fit(1, ARRAY[1], '{"tau": "median"}')$$, '22023', 'invalid value for option "tau"', 'option tau of a wrong type');

---- Bad input -----------------------------------------------------------------------------------------------------------
SELECT throws_ok('SELECT quantile_regression_fit(1, ARRAY[1, NULL])', '22004', 'element 2 of the array of features is NULL', 'NULL element');
SELECT throws_ok($$SELECT quantile_regression_fit(1, ARRAY['NaN'::float8])$$, '22003', 'element 1 of the features is NaN in row 1', 'NaN');
SELECT throws_ok($$SELECT quantile_regression_fit(1, ARRAY[CASE WHEN i = 3 THEN '-Infinity' ELSE i::float8 END]) FROM generate_series(1, 5) AS i$$,
	'22003', 'element 1 of the features is infinite in row 3', 'infinite element');
SELECT throws_ok('SELECT quantile_regression_fit(1, CASE WHEN i = 2 THEN ARRAY[1, 2] ELSE ARRAY[1] END) FROM generate_series(1, 5) AS i',
	'22023', 'array of features has 2 elements in row 2, 1 in the rows before', 'ragged arrays');
SELECT throws_ok('SELECT quantile_regression_fit(1, ARRAY[[1, 2], [3, 4]])', '2202E', 'array of features must have one dimension, not 2', 'matrix');
SELECT throws_ok('SELECT quantile_regression_fit(1, array_fill(1::float8, ARRAY[2001]))', '54000',
	'quantile_regression of 2001 features: the limit is 2000', 'too many features');
SELECT throws_ok($$SELECT quantile_regression_fit(1, '{}'::float8[], '{"intercept": false}')$$, '22023',
	'no feature and no intercept: nothing to fit', 'nothing to fit');
SELECT throws_ok($$SELECT quantile_regression_fit(1, ARRAY[1], '{"alpha": 1}')$$, '22023', 'unknown option "alpha"', 'unknown option');
SELECT throws_ok($$SELECT quantile_regression_fit(1, ARRAY[1], '{"confidence": 2}')$$, '22023', 'confidence must lie between 0 and 1', 'option out of range');
SELECT throws_ok($$SELECT quantile_regression_fit(1, ARRAY[1, 2], '{"features": ["tempo"]}')$$, '22023',
	'option "features" has 1 names, the array has 2 elements', 'too few names');
SELECT throws_ok('SELECT quantile_regression_accumulate(NULL, 1, ARRAY[1])', '0A000',
	'function quantile_regression_accumulate can only be called by an aggregate', 'transition function called by hand');
SELECT throws_ok($$SELECT quantile_regression_finish('')$$, '0A000',
	'function quantile_regression_finish can only be called by an aggregate', 'final function called by hand');
SELECT lives_ok($$CREATE AGGREGATE broken_fit(float8, float8[])
	(SFUNC = quantile_regression_accumulate, STYPE = bytea, INITCOND = '\x00', FINALFUNC = quantile_regression_finish)$$, 'a state of one''s own');
SELECT throws_ok('SELECT broken_fit(1, ARRAY[1])', 'XX001', 'not the state of an aggregate', 'is not trusted');
SELECT throws_ok('SELECT broken_fit(1, ARRAY[1]) WHERE false', 'XX001', 'not the state of an aggregate', 'not even without a row');
SET LOCAL musicintel.training_memory = '64kB';
SELECT throws_like($$SELECT quantile_regression_fit(i % 3, ARRAY[i % 7]) FROM generate_series(1, 100000) AS i$$,
	'training data takes % kB of memory, the limit is 64 kB', 'more rows than the memory allows');
RESET musicintel.training_memory;

\i test/pgtap/end.psql
