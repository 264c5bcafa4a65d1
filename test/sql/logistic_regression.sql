\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(52);

SET search_path = public, musicintel;
SET musicintel.training_memory = '64MB';

---- R's answers, to ten digits and more: test/reference/regressions.r --------------------------------------------------
\if :have_data
\i test/pgtap/regression_data.psql

CREATE TABLE fitted AS
SELECT logistic_regression_fit(hit, ARRAY[artist, followers, minutes], '{"features": ["artist", "followers", "minutes"]}') AS fit FROM track;
SELECT ok(largest_difference(fit, ARRAY[-6.52828893697717, 0.337645650067398, 0.10104937471306, 0.00686295187335643, -0.210336274522971, 0.044690032244577,
		0.113719343434729, 0.0264415141035795]) < 1e-9,
	'hits on 9,541 tracks: estimates and standard errors as those of glm')
FROM fitted;
SELECT ok(abs(figure(fit, 'null_deviance') / 8196.27486683994 - 1) < 1e-12 AND abs(figure(fit, 'deviance') / 7384.11006337231 - 1) < 1e-12
		AND abs(figure(fit, 'aic') / 7392.11006337231 - 1) < 1e-12 AND abs(figure(fit, 'bic') / 7420.76347769532 - 1) < 1e-12
		AND abs(figure(fit, 'log_likelihood') / -3692.05503168616 - 1) < 1e-12 AND figure(fit, 'n') = 9541 AND figure(fit, 'df') = 9537
		AND abs(figure(fit, 'mcfadden_r_squared') - (1 - 7384.11006337231 / 8196.27486683994)) < 1e-12
		AND (summary(fit) ->> 'converged')::boolean, 'and so are the figures of the fit')
FROM fitted;
SELECT ok(abs(statistic / 14.7238938255355 - 1) < 1e-9 AND abs(p_value / 4.52818516309485e-49 - 1) < 1e-6
		AND abs(conf_low - (0.10104937471306 - 1.95996398454005 * 0.00686295187335643)) < 1e-9, 'z, its p value and Wald''s interval')
FROM fitted, coefficients(fit) WHERE term = 'artist';
SELECT ok(abs(avg(predict(fit, ARRAY[artist, followers, minutes])) - avg(hit::int)) < 1e-12, 'predictions are as often hits as there were')
FROM fitted, track;

-- Through train(), with a category and a boolean; the levels come in no order.
SELECT is((train('hits', 'logistic_regression', $$SELECT hit, artist, genre, explicit FROM track
	WHERE genre IN ('Pop', 'Rock', 'Hip-Hop/Rap', 'Country') ORDER BY md5(track::text)$$, 'hit')).rows, 5719::bigint, 'train() with categories');
SELECT ok(largest_difference(get_model('hits'), ARRAY[-7.68747671329481, 0.331103657146626, 0.071215289999811, 0.00410817042768854, 0.0531158842922783,
		0.191888415178076, 0.723065744021681, 0.121154959059598, 0.785277233418261, 0.131421383512786, 0.133304496222331, 0.150230935873717]) < 1e-9,
	'as glm with factors');
SELECT results_eq($$SELECT term FROM coefficients(get_model('hits'))$$,
	$$VALUES ('(intercept)'), ('artist'), ('genre=Hip-Hop/Rap'), ('genre=Pop'), ('genre=Rock'), ('explicit')$$, 'terms');
SELECT ok(abs(sum(predict('hits', t)) - count(*) FILTER (WHERE hit)) < 1e-8, 'predict by row and name: probabilities')
FROM track AS t WHERE genre IN ('Pop', 'Rock', 'Hip-Hop/Rap', 'Country');
SELECT throws_ok($$SELECT train('classical', 'logistic_regression', 'SELECT hit, artist, genre FROM track WHERE genre IN (''Pop'', ''Classical'')', 'hit')$$,
	'22000', 'quasi-complete separation: the features tell true from false without a mistake in some of the rows, no estimate is finite',
	'a genre without a hit');
SELECT ok((train('classical', 'logistic_regression', 'SELECT hit, artist, genre FROM track WHERE genre IN (''Pop'', ''Classical'')', 'hit',
	'{"l2": 0.1}')).metrics ->> 'converged' = 'true', 'and with a penalty');
SELECT ok(largest_difference(logistic_regression_fit(track_popularity >= 70, ARRAY[danceability, energy, loudness, valence, tempo, duration_ms]),
	ARRAY[2.27595132016911, 0.188865868550485, 0.227121022120937, 0.123714478348428, -3.84389270809367, 0.131536299410267, 0.259875651757436, 0.00890447468888815,
		0.686889122406871, 0.0763674071190636, 0.00108295166562544, 0.0005903338070881, -1.58595157540468e-06, 2.99473956183396e-07]) < 1e-8,
	'32,833 songs: as glm')
FROM song;

SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 4;
ALTER TABLE track SET (parallel_workers = 4);
CREATE TABLE parallel_fit AS SELECT logistic_regression_fit(hit, ARRAY[artist, followers, minutes]) AS fit FROM track;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END $$;
SELECT ok(EXISTS (
		SELECT FROM plan_of('SELECT logistic_regression_fit(hit, ARRAY[artist, followers, minutes]) FROM track') AS line
		WHERE line LIKE '%Partial%Aggregate%'), 'the planner splits the aggregate over workers');
SELECT ok(largest_difference(fit, ARRAY[-6.52828893697717, 0.337645650067398, 0.10104937471306, 0.00686295187335643, -0.210336274522971, 0.044690032244577,
		0.113719343434729, 0.0264415141035795]) < 1e-7,
	'and they find the same')
FROM parallel_fit;
RESET max_parallel_workers_per_gather;
\else
SELECT skip('no data', 13);
\endif

---- By hand ------------------------------------------------------------------------------------------------------------
-- Two groups: 1 of 4 and 3 of 4 true. The estimates are the log odds ln(1/3) and the difference ln(3) - ln(1/3); their
-- variances the sums of the reciprocals of the counts.
CREATE TABLE coin (x float8, y boolean);
INSERT INTO coin SELECT g, i <= CASE g WHEN 0 THEN 1 ELSE 3 END FROM generate_series(0, 1) AS g, generate_series(1, 4) AS i;
SELECT results_eq(
	'SELECT term, round(estimate::numeric, 10), round(std_error::numeric, 10) FROM coefficients((SELECT logistic_regression_fit(y, ARRAY[x]) FROM coin))',
	$$VALUES ('(intercept)', round(ln(1 / 3.0), 10), round(sqrt(1 / 1.0 + 1 / 3.0), 10)), ('x1', round(ln(9.0), 10), round(sqrt(2 / 1.0 + 2 / 3.0), 10))$$,
	'log odds of two groups');
SELECT is(round(predict(logistic_regression_fit(y, ARRAY[x]), ARRAY[1])::numeric, 10), 0.75, 'predict: a probability') FROM coin;
SELECT is(predict(logistic_regression_fit(y, ARRAY[x]), ARRAY[NULL]::float8[]), NULL, 'of a NULL: NULL') FROM coin;
SELECT is(predict(logistic_regression_fit(y, ARRAY[x]), ARRAY[1e100]), 1::float8, 'of the very large: 1') FROM coin;
SELECT is(to_json(logistic_regression_fit(y, ARRAY[x], '{"l2": 2}')) -> 'parameters' ->> 'l2', '2', 'to_json shows the options') FROM coin;
SELECT ok(abs(conf_high - (estimate + std_error)) < 1e-9, 'option confidence: .6827 of the normal lies within one')
FROM coefficients((SELECT logistic_regression_fit(y, ARRAY[x], '{"confidence": 0.682689492137086}') FROM coin)) WHERE term = 'x1';
SELECT is(round(estimate::numeric, 10), round(ln(3.0), 10), 'option intercept: through even odds')
FROM coefficients((SELECT logistic_regression_fit(y, ARRAY[x], '{"intercept": false}') FROM coin));
SELECT is((summary(logistic_regression_fit(y, ARRAY[x], '{"max_iterations": 1}')) ->> 'converged')::boolean, false, 'option max_iterations: an end before the maximum is said') FROM coin;

---- Aggregates in every position ----------------------------------------------------------------------------------------
SELECT is(logistic_regression_fit(y, a), logistic_regression_fit(y, a) FILTER (WHERE y IS NOT NULL AND a IS NOT NULL), 'a row whose y or array is NULL does not count')
FROM (SELECT y, ARRAY[x] AS a FROM coin UNION ALL VALUES (NULL, ARRAY[9::float8]), (true, NULL)) AS c;
SELECT is(logistic_regression_fit(y, ARRAY[x]), NULL, 'no row: NULL') FROM coin WHERE false;
SELECT results_eq(
	$$SELECT DISTINCT g, (summary(logistic_regression_fit(y, ARRAY[x]) OVER (ORDER BY g)) ->> 'n')::int FROM coin, generate_series(1, 3) AS g ORDER BY g$$,
	'VALUES (1, 8), (2, 16), (3, 24)', 'as a window function, finished many times');
SELECT results_eq(
	$$SELECT g, (summary(logistic_regression_fit(y, ARRAY[x])) ->> 'n')::int FROM coin, generate_series(1, 500) AS g GROUP BY g ORDER BY g LIMIT 2$$,
	'VALUES (1, 8), (2, 8)', 'by group');
SELECT is(
	(SELECT array_agg(round(estimate::numeric, 9)) FROM coefficients((SELECT logistic_regression_fit(y, ARRAY[x, 3, 2 * x]) FROM coin))),
	(SELECT array_agg(round(estimate::numeric, 9)) FROM coefficients((SELECT logistic_regression_fit(y, ARRAY[x]) FROM coin))) || ARRAY[NULL, NULL]::numeric[],
	'constant and collinear columns have no estimate');
SELECT throws_ok($$SELECT rollup(f) FROM (SELECT logistic_regression_fit(y, ARRAY[x]) AS f FROM coin) AS s$$, '0A000',
	'a logistic_regression model does not offer rollup', 'rollup needs the rows');
SELECT is(f::text::model, f, 'text reads back as the same model') FROM (SELECT logistic_regression_fit(y, ARRAY[x]) AS f FROM coin) AS s;

---- No estimate ---------------------------------------------------------------------------------------------------------
SELECT throws_ok('SELECT logistic_regression_fit(i > 3, ARRAY[i]) FROM generate_series(1, 6) AS i', '22000',
	'perfect separation: the features tell true from false without a mistake, no estimate is finite', 'perfect separation');
SELECT throws_ok('SELECT logistic_regression_fit(i > 3 OR (i = 3 AND j = 1), ARRAY[i]) FROM generate_series(1, 6) AS i, generate_series(1, 2) AS j', '22000',
	'quasi-complete separation: the features tell true from false without a mistake in some of the rows, no estimate is finite', 'quasi-complete separation');
SELECT lives_ok($$SELECT logistic_regression_fit(i > 3, ARRAY[i], '{"l2": 0.01}') FROM generate_series(1, 6) AS i$$, 'with l2 it fits');
SELECT throws_ok('SELECT logistic_regression_fit(true, ARRAY[i]) FROM generate_series(1, 6) AS i', '22000',
	'the target is true in every row: there is nothing to tell apart', 'one class');
SELECT throws_ok('SELECT logistic_regression_fit(i = 1, ARRAY[i, i * i, i % 2]) FROM generate_series(1, 2) AS i', '22000',
	'perfect separation: the features tell true from false without a mistake, no estimate is finite', 'fewer rows than columns');
SELECT throws_ok($$SELECT train('x', 'logistic_regression', 'SELECT 1 AS y, 2 AS x', 'y')$$, '42804',
	'target "y" is a number, logistic_regression needs a boolean', 'a target that is a number');
SELECT throws_ok($$SELECT logistic_regression_fit(true, ARRAY[1], '{"l2": -1}')$$, '22023', 'l2 must be a number >= 0', 'option l2 out of range');
SELECT throws_ok($$SELECT logistic_regression_fit(true, ARRAY[1], '{"max_iterations": 0.5}')$$, '22023',
	'max_iterations must be a whole number from 1 to 1000000', 'option max_iterations out of range');

---- Bad input -----------------------------------------------------------------------------------------------------------
SELECT throws_ok('SELECT logistic_regression_fit(true, ARRAY[1, NULL])', '22004', 'element 2 of the array of features is NULL', 'NULL element');
SELECT throws_ok($$SELECT logistic_regression_fit(true, ARRAY['NaN'::float8])$$, '22003', 'element 1 of the features is NaN in row 1', 'NaN');
SELECT throws_ok($$SELECT logistic_regression_fit(true, ARRAY[CASE WHEN i = 3 THEN '-Infinity' ELSE i::float8 END]) FROM generate_series(1, 5) AS i$$,
	'22003', 'element 1 of the features is infinite in row 3', 'infinite element');
SELECT throws_ok('SELECT logistic_regression_fit(true, CASE WHEN i = 2 THEN ARRAY[1, 2] ELSE ARRAY[1] END) FROM generate_series(1, 5) AS i',
	'22023', 'array of features has 2 elements in row 2, 1 in the rows before', 'ragged arrays');
SELECT throws_ok('SELECT logistic_regression_fit(true, ARRAY[[1, 2], [3, 4]])', '2202E', 'array of features must have one dimension, not 2', 'matrix');
SELECT throws_ok('SELECT logistic_regression_fit(true, array_fill(1::float8, ARRAY[2001]))', '54000',
	'logistic_regression of 2001 features: the limit is 2000', 'too many features');
SELECT throws_ok($$SELECT logistic_regression_fit(true, '{}'::float8[], '{"intercept": false}')$$, '22023',
	'no feature and no intercept: nothing to fit', 'nothing to fit');
SELECT throws_ok($$SELECT logistic_regression_fit(true, ARRAY[1], '{"alpha": 1}')$$, '22023', 'unknown option "alpha"', 'unknown option');
SELECT throws_ok($$SELECT logistic_regression_fit(true, ARRAY[1], '{"confidence": 2}')$$, '22023', 'confidence must lie between 0 and 1', 'option out of range');
SELECT throws_ok($$SELECT logistic_regression_fit(true, ARRAY[1, 2], '{"features": ["tempo"]}')$$, '22023',
	'option "features" has 1 names, the array has 2 elements', 'too few names');
SELECT throws_ok('SELECT logistic_regression_accumulate(NULL, true, ARRAY[1])', '0A000',
	'function logistic_regression_accumulate can only be called by an aggregate', 'transition function called by hand');
SELECT throws_ok($$SELECT logistic_regression_finish('')$$, '0A000',
	'function logistic_regression_finish can only be called by an aggregate', 'final function called by hand');
SELECT lives_ok($$CREATE AGGREGATE broken_fit(boolean, float8[])
	(SFUNC = logistic_regression_accumulate, STYPE = bytea, INITCOND = '\x00', FINALFUNC = logistic_regression_finish)$$, 'a state of one''s own');
SELECT throws_ok('SELECT broken_fit(true, ARRAY[1])', 'XX001', 'not the state of an aggregate', 'is not trusted');
SELECT throws_ok('SELECT broken_fit(true, ARRAY[1]) WHERE false', 'XX001', 'not the state of an aggregate', 'not even without a row');
SET LOCAL musicintel.training_memory = '64kB';
SELECT throws_like($$SELECT logistic_regression_fit(i % 3 = 0, ARRAY[i % 7]) FROM generate_series(1, 100000) AS i$$,
	'training data takes % kB of memory, the limit is 64 kB', 'more rows than the memory allows');
RESET musicintel.training_memory;

\i test/pgtap/end.psql
