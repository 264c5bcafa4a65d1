\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(13);

-- Simple regression: h = 1/n + (x - mean)² / S.
CREATE TEMPORARY TABLE point AS
SELECT n, (n * 37 % 101)::float8 * 1e6 AS x, (n * n * 13 % 47)::float8 AS y FROM generate_series(1, 40) AS n;
CREATE TEMPORARY TABLE fitted AS
SELECT musicintel.linear_regression_fit(y, ARRAY[x], '{"features": ["x"]}') AS model FROM point;

SELECT ok(max(abs(musicintel.leverage(model, ARRAY[x]) - (1.0 / size + (x - mean) ^ 2 / s))) < 1e-14, 'the closed form of one feature')
FROM point, fitted, (SELECT count(*) AS size, avg(x) AS mean, regr_sxx(x, x) AS s FROM point) AS sums;
SELECT ok(abs(sum(musicintel.leverage(model, ARRAY[x])) - 2) < 1e-12, 'leverages sum to the number of parameters') FROM point, fitted;
SELECT rows = 40 AS trained FROM musicintel.train('line', 'linear_regression', 'SELECT x, y FROM point', 'y') \gset
SELECT ok(max(abs(musicintel.leverage(model, ARRAY[x]) - musicintel.leverage(musicintel.get_model('line'), point))) < 1e-14, 'of a row, by name')
FROM point, fitted;
SELECT is(musicintel.leverage(model, ARRAY[NULL::float8]), NULL, 'NULL for a NULL') FROM fitted;
SELECT is(musicintel.leverage(NULL, ARRAY[1::float8]), NULL, 'NULL for no model');
SELECT throws_ok($$SELECT musicintel.leverage(model, ARRAY[1, 2]) FROM fitted$$, '22023',
	'array of features has 2 elements, the model has 1 features', 'another number of features');

-- Residuals divided by sigma sqrt(1 - h) from leave-one-out: the deletion residual is e / (1 - h).
SELECT ok(abs((SELECT y - musicintel.predict(without.model, ARRAY[x]) FROM point WHERE n = 7)
		- (SELECT (y - musicintel.predict(fitted.model, ARRAY[x])) / (1 - musicintel.leverage(fitted.model, ARRAY[x])) FROM point WHERE n = 7)) < 1e-9,
	'e / (1 - h) is the residual of a fit without the row')
FROM fitted, (SELECT musicintel.linear_regression_fit(y, ARRAY[x]) AS model FROM point WHERE n <> 7) AS without;

-- A category: one over the size of the group. Two models in one query keep apart.
SELECT rows = 6 AS trained FROM musicintel.train('by genre', 'linear_regression',
	$$SELECT * FROM (VALUES ('pop', 1), ('folk', 2), ('pop', 4), ('rock', 8), ('pop', 16), ('rock', 32)) AS t (genre, y)$$, 'y') \gset
SELECT results_eq(
	$$SELECT genre, round(musicintel.leverage(musicintel.get_model('by genre'), t)::numeric, 12)
		FROM (VALUES ('pop'), ('folk'), ('rock'), ('jazz')) AS t (genre)$$,
	$$VALUES ('pop', 0.333333333333), ('folk', 1), ('rock', 0.5), ('jazz', NULL)$$,
	'levels of a category, and one that training never saw');
SELECT results_eq(
	$$SELECT round(musicintel.leverage(model, ARRAY[3]::float8[])::numeric, 12) FROM (
		SELECT k, musicintel.linear_regression_fit(x, ARRAY[x], '{"intercept": false}') AS model
		FROM (VALUES (1, 1::float8), (1, 2), (2, 3), (2, 6)) AS t (k, x) GROUP BY k ORDER BY k) AS models$$,
	$$VALUES (1.8), (0.2)$$,
	'one call site, several models');

-- The normal distribution's tables.
SELECT ok(abs(musicintel.two_sided_p_value(1.959963984540054) - 0.05) < 1e-15, 'P(|Z| > 1.96) = .05');
SELECT ok(abs(musicintel.two_sided_p_value(-2.5758293035489004) - 0.01) < 1e-15, 'P(|Z| > 2.58) = .01');
SELECT ok(abs(musicintel.two_sided_p_value(10) / 1.523970604832094e-23 - 1) < 1e-12, 'far out');
SELECT is(musicintel.two_sided_p_value(NULL), NULL, 'NULL for NULL');

\i test/pgtap/end.psql
