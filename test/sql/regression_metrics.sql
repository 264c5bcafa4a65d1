\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(13);

SET search_path = public, musicintel;

-- actual 3, -0.5, 2, 7 and predicted 2.5, 0, 2, 8: errors .5, -.5, 0, -1; mean 2.875, squares about it 29.1875.
-- (The example of scikit-learn's mean_absolute_error, mean_squared_error and r2_score: .5, .375, .948608137045.)
CREATE TABLE pair (predicted float8, actual float8);
INSERT INTO pair VALUES (2.5, 3), (0, -0.5), (2, 2), (8, 7), (NULL, 1), (1, NULL);

SELECT is(mean_absolute_error(predicted, actual), 0.5::float8, 'mean absolute error') FROM pair;
SELECT is(root_mean_squared_error(predicted, actual), sqrt(0.375)::float8, 'root mean squared error') FROM pair;
SELECT ok(abs(r_squared(predicted, actual) - (1 - 1.5 / 29.1875)) < 1e-15, 'R²') FROM pair;
SELECT is(mean_absolute_error(NULL, 1), NULL, 'nothing to compare: NULL');
SELECT is(r_squared(predicted, actual), NULL, 'no row: NULL') FROM pair WHERE false;
SELECT is(r_squared(1, 2), NULL, 'R² of an actual that never varies: NULL') FROM generate_series(1, 3);
SELECT is(r_squared(actual, actual), 1::float8, 'perfect predictions: 1') FROM pair;
SELECT ok(r_squared(-actual, actual) < 0, 'worse than the mean: negative') FROM pair;
SELECT is(mean_absolute_error('NaN', actual), 'NaN', 'NaN is passed on') FROM pair;

-- A large offset does not eat the digits: 1e9 is added to both, nothing changes.
SELECT ok(abs(r_squared(predicted + 1e9, actual + 1e9) - (1 - 1.5 / 29.1875)) < 1e-6, 'an offset of 1e9 does no harm') FROM pair;

CREATE TABLE many WITH (parallel_workers = 3) AS SELECT i % 17 + sin(i) AS predicted, (i % 17)::float8 AS actual FROM generate_series(1, 20000) AS i;
ANALYZE many;
CREATE TABLE serial AS SELECT r_squared(predicted, actual) AS r, mean_absolute_error(predicted, actual) AS a FROM many;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT ok(abs(r - (SELECT r_squared(predicted, actual) FROM many)) < 1e-12
		AND abs(a - (SELECT mean_absolute_error(predicted, actual) FROM many)) < 1e-12, 'the same in parallel')
FROM serial;

SELECT throws_ok($$SELECT regression_metrics_r_squared('{1,2}')$$, '22023', 'state must be an array of 5 numbers', 'a state of one''s own is checked');
SELECT throws_ok($$SELECT regression_metrics_accumulate('{0,0,0,0,0}', 1, 1)$$, '0A000',
	'function regression_metrics_accumulate can only be called by an aggregate', 'transition function called by hand');

\i test/pgtap/end.psql
