\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(62);

SET search_path = public, musicintel;

-- Correct digits of a result against a certified value; the absolute error counts where that is 0.
CREATE FUNCTION correct_digits(actual float8, certified float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN actual IS NULL THEN 0
		WHEN abs(actual - certified) <= 1e-15 * CASE certified WHEN 0 THEN 1 ELSE abs(certified) END THEN 15
		ELSE -log(abs(actual - certified) / CASE certified WHEN 0 THEN 1 ELSE abs(certified) END) END
$$;

---- NIST's certified answers: https://www.itl.nist.gov/div898/strd/lls/lls.shtml -------------------------------------
\if :have_data
CREATE TABLE nist_line (problem text DEFAULT current_setting('test.problem'), number serial, line text);
SET test.problem = 'Longley';
\set copy '\\copy nist_line (line) FROM ''' :data '/reference/nist/Longley.dat'' WITH (FORMAT csv, DELIMITER E''\\x01'', QUOTE E''\\x02'')'
:copy
SET test.problem = 'Wampler1';
\set copy '\\copy nist_line (line) FROM ''' :data '/reference/nist/Wampler1.dat'' WITH (FORMAT csv, DELIMITER E''\\x01'', QUOTE E''\\x02'')'
:copy
SET test.problem = 'Filip';
\set copy '\\copy nist_line (line) FROM ''' :data '/reference/nist/Filip.dat'' WITH (FORMAT csv, DELIMITER E''\\x01'', QUOTE E''\\x02'')'
:copy
SET test.problem = 'Norris';
\set copy '\\copy nist_line (line) FROM ''' :data '/reference/nist/Norris.dat'' WITH (FORMAT csv, DELIMITER E''\\x01'', QUOTE E''\\x02'')'
:copy

CREATE TABLE certified AS
SELECT problem, row_number() OVER (PARTITION BY problem ORDER BY number) AS term, part[1]::float8 AS estimate,
	part[2]::float8 AS std_error
FROM nist_line, regexp_match(line, '^\s*B\d+\s+(\S+)\s+(\S+)') AS part
WHERE part IS NOT NULL;

-- Few rows a page, so that every parallel worker gets some.
CREATE TABLE nist_row (problem text, number int, y float8, x float8[]) WITH (fillfactor = 10, parallel_workers = 4);
INSERT INTO nist_row
SELECT problem, number, part[1],
	CASE WHEN problem = 'Longley' THEN part[2:]
	ELSE ARRAY(SELECT power(part[2], degree) FROM generate_series(1, CASE problem WHEN 'Filip' THEN 10 WHEN 'Wampler1' THEN 5 ELSE 1 END) AS degree)
	END
FROM (
	SELECT problem, number, regexp_split_to_array(btrim(line), '\s+')::float8[] AS part
	FROM nist_line l
	WHERE line ~ '^\s*[-0-9]'
		AND number > (SELECT max(number) FROM nist_line d WHERE d.problem = l.problem AND d.line LIKE 'Data:%')) AS rows;
ANALYZE nist_row;

-- Worst of all terms, for a way to fit.
CREATE FUNCTION worst_digits(problem text, fit model, OUT estimates float8, OUT std_errors float8) LANGUAGE sql AS $$
	SELECT min(correct_digits(c.estimate, n.estimate)), min(correct_digits(c.std_error, n.std_error))
	FROM coefficients(fit) WITH ORDINALITY AS c (term, estimate, std_error, statistic, p_value, low, high, number)
	JOIN certified n ON n.problem = worst_digits.problem AND n.term = c.number
$$;

SELECT is((SELECT count(*) FROM nist_row), (16 + 21 + 82 + 36)::bigint, 'all observations are read');

CREATE TABLE wanted (problem text, estimates float8, std_errors float8);
INSERT INTO wanted VALUES ('Longley', 13, 13), ('Wampler1', 12, 15), ('Filip', 7, 6), ('Norris', 12, 12);

SELECT ok(got.estimates >= wanted.estimates AND got.std_errors >= wanted.std_errors,
	format('%s: %s correct digits, in one pass', problem, wanted.estimates))
FROM wanted, LATERAL (SELECT linear_regression_fit(y, x) AS fit FROM nist_row r WHERE r.problem = wanted.problem) AS f,
	worst_digits(problem, fit) AS got
ORDER BY problem;

SELECT ok(got.estimates >= wanted.estimates AND got.std_errors >= wanted.std_errors,
	format('%s: the same, rolled up from %s parts', problem, parts))
FROM wanted, unnest(ARRAY[1, 3, 10, 100]) AS parts, LATERAL (
		SELECT rollup(part) AS fit
		FROM (SELECT linear_regression_fit(y, x) AS part FROM nist_row r WHERE r.problem = wanted.problem
			GROUP BY number % parts) AS p) AS f,
	worst_digits(problem, fit) AS got
ORDER BY problem, parts;

SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 4;
SET LOCAL parallel_leader_participation = off;
CREATE TABLE parallel_fit AS SELECT problem, linear_regression_fit(y, x) AS fit FROM nist_row GROUP BY problem;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END $$;
SELECT ok(EXISTS (
		SELECT FROM plan_of('SELECT problem, musicintel.linear_regression_fit(y, x) FROM nist_row GROUP BY problem') AS line
		WHERE line LIKE '%Partial%Aggregate%'), 'the planner splits the aggregate over workers');
SELECT ok(got.estimates >= wanted.estimates AND got.std_errors >= wanted.std_errors,
	format('%s: the same, through parallel workers', problem))
FROM wanted JOIN parallel_fit USING (problem), worst_digits(problem, fit) AS got
ORDER BY problem;
RESET parallel_leader_participation;

SELECT ok(correct_digits((summary(fit) ->> 'r_squared')::float8, 0.995479004577296) >= 13
		AND correct_digits((summary(fit) ->> 'sigma')::float8, 304.854073561965) >= 13
		AND correct_digits((summary(fit) ->> 'rss')::float8, 836424.055505915) >= 13
		AND correct_digits((summary(fit) ->> 'f_statistic')::float8, 330.285339234588) >= 13
		AND (summary(fit) ->> 'df')::int = 9 AND (summary(fit) ->> 'n')::int = 16,
	'Longley: R², sigma, residual sum of squares, F and degrees of freedom as certified')
FROM parallel_fit WHERE problem = 'Longley';
\else
SELECT skip('no data', 27);
\endif

---- By hand ------------------------------------------------------------------------------------------------------------
-- y = 2, 3, 7 at x = 1, 2, 3: slope 5/2, intercept -1, residuals 1/2, -1, 1/2, so rss 3/2 and the slope's error sqrt(3/4).
CREATE TABLE line (day int, x float8, y float8);
INSERT INTO line VALUES (1, 1, 2), (1, 2, 3), (2, 3, 7);

SELECT results_eq(
	'SELECT term, round(estimate::numeric, 12), round(std_error::numeric, 12), round(statistic::numeric, 12)
	 FROM coefficients((SELECT linear_regression_fit(y, ARRAY[x]) FROM line))',
	$$VALUES ('(intercept)', -1.0, 1.870828693387, -0.534522483825), ('x1', 2.5, 0.866025403784, 2.886751345948)$$,
	'coefficients of a line through three points');
-- Student's t with one degree of freedom is Cauchy: p = 1 - 2/pi atan(t), quantile tan(pi (q - 1/2)).
SELECT ok(abs(p_value - (1 - 2 / pi() * atan(statistic))) < 1e-14
		AND abs(conf_low - (estimate - std_error * tan(pi() * 0.475))) < 1e-9
		AND abs(conf_high - (estimate + std_error * tan(pi() * 0.475))) < 1e-9,
	'p value and confidence interval')
FROM coefficients((SELECT linear_regression_fit(y, ARRAY[x]) FROM line)) WHERE term = 'x1';
SELECT ok(abs(conf_high - (estimate + std_error)) < 1e-12, 'option confidence: half of Cauchy lies within one')
FROM coefficients((SELECT linear_regression_fit(y, ARRAY[x], '{"confidence": 0.5}') FROM line)) WHERE term = 'x1';
-- AIC and BIC as R's: n (ln 2π + ln(rss/n) + 1) + k (p + 1), with rss = 3/2, n = 3, p + 1 = 3.
SELECT ok(abs((summary(fit) ->> 'aic')::float8 - (3 * (ln(2 * pi()) + ln(0.5) + 1) + 2 * 3)) < 1e-12
		AND abs((summary(fit) ->> 'bic')::float8 - (3 * (ln(2 * pi()) + ln(0.5) + 1) + ln(3) * 3)) < 1e-12
		AND abs((summary(fit) ->> 'adj_r_squared')::float8 - (1 - (1.5 / 1) / (14.0 / 2))) < 1e-12,
	'summary: aic, bic, adjusted R²')
FROM (SELECT linear_regression_fit(y, ARRAY[x]) AS fit FROM line) AS f;
SELECT results_eq(
	$$SELECT term, round(estimate::numeric, 12)
	  FROM coefficients((SELECT linear_regression_fit(y, ARRAY[x], '{"intercept": false}') FROM line))$$,
	$$VALUES ('x1', round(29 / 14.0, 12))$$, 'option intercept: through the origin');
SELECT results_eq(
	$$SELECT term, round(estimate::numeric, 12)
	  FROM coefficients((SELECT linear_regression_fit(y, ARRAY[x], '{"l2": 1, "features": ["tempo"]}') FROM line))$$,
	$$VALUES ('(intercept)', round(2 / 3.0, 12)), ('tempo', round(5 / 3.0, 12))$$,
	'options l2 and features: the slope is Sxy / (Sxx + l2), the intercept is not penalised');
SELECT ok((summary(linear_regression_fit(y, ARRAY[x], '{"l2": "auto"}')) ->> 'l2')::float8 > 0,
	'option l2 "auto" chooses a penalty')
FROM (SELECT x, x + sin(x * 7) * 5 AS y FROM generate_series(1, 30) AS x) AS noisy;
SELECT is(predict(linear_regression_fit(y, ARRAY[x]), ARRAY[10]), 24::float8, 'predict from an array') FROM line;
SELECT is(predict(linear_regression_fit(y, ARRAY[x]), ARRAY[NULL]::float8[]), NULL, 'of a NULL: NULL') FROM line;

---- Aggregates in every position ----------------------------------------------------------------------------------------
SELECT is(linear_regression_fit(y, ARRAY[x]), linear_regression_fit(y, ARRAY[x]) FILTER (WHERE day < 3),
	'a row whose y is NULL does not count')
FROM (SELECT * FROM line UNION ALL VALUES (3, 9, NULL::float8)) AS l;
SELECT is(linear_regression_fit(y, CASE WHEN x IS NOT NULL THEN ARRAY[x] END), linear_regression_fit(y, ARRAY[x]) FILTER (WHERE day < 3),
	'nor does one whose array is NULL')
FROM (SELECT * FROM line UNION ALL VALUES (3, NULL, 9::float8), (3, 9, NULL)) AS l;
SELECT is(linear_regression_fit(y, ARRAY[x]), NULL, 'no row: NULL') FROM line WHERE false;
SELECT results_eq(
	'SELECT (summary(linear_regression_fit(y, ARRAY[x]) OVER (ORDER BY x)) ->> ''n'')::int FROM line ORDER BY x',
	'VALUES (1), (2), (3)', 'as a window function, finished once a row');
SELECT is(
	(SELECT round((coefficients(rollup(fit))).estimate::numeric, 12)
	 FROM (SELECT linear_regression_fit(y, ARRAY[x]) AS fit FROM line GROUP BY day) AS days OFFSET 1),
	2.5, 'rollup of daily fits is the fit of all days');
SELECT is(rollup(fit), NULL, 'rollup of nothing: NULL') FROM (SELECT NULL::model AS fit) AS none;
SELECT results_eq(
	'SELECT term, estimate FROM coefficients((SELECT linear_regression_fit(y, ARRAY[x, 3, 2 * x]) FROM line))',
	$$VALUES ('(intercept)', -1::float8), ('x1', 2.5), ('x2', NULL), ('x3', NULL)$$,
	'constant and collinear columns are named and have no estimate');
SELECT results_eq(
	'SELECT term, estimate, std_error FROM coefficients((SELECT linear_regression_fit(y, ARRAY[x]) FROM line WHERE x = 1))',
	$$VALUES ('(intercept)', 2::float8, NULL::float8), ('x1', NULL, NULL)$$, 'one row: the intercept is all there is to know');
SELECT results_eq(
	'SELECT count(estimate), count(*) FROM coefficients((SELECT linear_regression_fit(y, ARRAY[x, x * x, x ^ 3, x ^ 4]) FROM line))',
	'VALUES (3::bigint, 5::bigint)', 'fewer rows than columns: as many estimates as rows');

---- Bad input -----------------------------------------------------------------------------------------------------------
SELECT throws_ok('SELECT linear_regression_fit(1, ARRAY[1, NULL])', '22004', 'element 2 of the array of features is NULL', 'NULL element');
SELECT throws_ok($$SELECT linear_regression_fit(1, ARRAY['NaN'::float8])$$, '22003', 'element 1 of the features is NaN in row 1', 'NaN');
SELECT throws_ok($$SELECT linear_regression_fit(y, ARRAY[CASE WHEN x = 3 THEN '-Infinity' ELSE x END]) FROM line$$, '22003',
	'element 1 of the features is infinite in row 3', 'infinite element');
SELECT throws_ok($$SELECT linear_regression_fit('Infinity', ARRAY[1])$$, '22003', 'the target is infinite in row 1', 'infinite target');
SELECT throws_ok('SELECT linear_regression_fit(y, CASE WHEN x = 2 THEN ARRAY[1, 2] ELSE ARRAY[1] END) FROM line', '22023',
	'array of features has 2 elements in row 2, 1 in the rows before', 'ragged arrays');
SELECT throws_ok('SELECT linear_regression_fit(1, ARRAY[[1, 2], [3, 4]])', '2202E', 'array of features must have one dimension, not 2', 'matrix');
SELECT throws_ok($$SELECT linear_regression_fit(1, ARRAY[1], '{"ridge": 1}')$$, '22023', 'unknown option "ridge"', 'unknown option');
SELECT throws_ok($$SELECT linear_regression_fit(1, ARRAY[1], '{"l2": -1}')$$, '22023', 'l2 must be a number >= 0, or "auto"', 'option out of range');
SELECT throws_ok($$SELECT linear_regression_fit(1, ARRAY[1], '{"l2": "big"}')$$, '22023', 'invalid value for option "l2"', 'option of a wrong type');
SELECT throws_ok($$SELECT linear_regression_fit(1, ARRAY[1], '{"robust": "HC3"}')$$, '22023', 'option "robust" cannot be given here', 'robust needs train()');
SELECT throws_ok($$SELECT linear_regression_fit(1, ARRAY[1], '[1]')$$, '22023', 'options must be a JSON object', 'options that are no object');
SELECT throws_ok('SELECT linear_regression_fit(1, array_fill(1::float8, ARRAY[2048]))', '54000',
	'linear regression with 2049 columns: the limit is 2048', 'too many columns');
SELECT is((SELECT count(estimate) FROM coefficients((
		SELECT linear_regression_fit(i, ARRAY(SELECT (i * j % 97)::float8 FROM generate_series(1, 1599) AS j)) FROM generate_series(1, 20) AS i))),
	20::bigint, '1,600 columns');
SELECT throws_ok($$SELECT rollup(fit) FROM (SELECT linear_regression_fit(1, ARRAY[1]) AS fit UNION ALL SELECT linear_regression_fit(1, ARRAY[1, 2])) AS fits$$,
	'22023', 'models cannot be merged: they differ in "features"', 'rollup of different features');
SELECT throws_ok('SELECT linear_regression_accumulate(NULL, 1, ARRAY[1])', '0A000',
	'function linear_regression_accumulate can only be called by an aggregate', 'transition function called by hand');

-- A state of one's own: the transition function takes any model as one to continue, and no garbage at all.
SELECT format('CREATE AGGREGATE continue_fit(float8, float8[]) (SFUNC = linear_regression_accumulate, STYPE = model, INITCOND = %L, FINALFUNC = model_state_finish)',
	(SELECT linear_regression_fit(y, ARRAY[x]) FROM line WHERE day = 1)) \gexec
SELECT is((SELECT round((coefficients(continue_fit(y, ARRAY[x]))).estimate::numeric, 12) FROM line WHERE day = 2 OFFSET 1), 2.5,
	'an aggregate may start from a stored model');
SELECT throws_ok($$CREATE AGGREGATE broken_fit(float8, float8[]) (SFUNC = linear_regression_accumulate, STYPE = model, INITCOND = 'R0FSQkFHRQ==')$$,
	'XX001', 'not a model', 'but not from garbage');

\i test/pgtap/end.psql
