\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(18);

SET search_path = public, musicintel;

CREATE TABLE track (id int, energy float8, popularity float8, hit boolean);
INSERT INTO track
SELECT i, e, 50 + 20 * e + 10 * sin(i), e + sin(7 * i) > 0 FROM generate_series(1, 20000) AS i, LATERAL (SELECT 1.5 * cos(3 * i) AS e) AS s;

---- a probability: every metric as its aggregate says it ---------------------------------------------------------------
SELECT is((train('hit', 'logistic_regression', 'SELECT energy, hit FROM track', 'hit')).rows, 20000::bigint, 'a model of a boolean');
CREATE TABLE scored AS SELECT predict('hit', t) AS p, hit FROM track AS t;
SELECT results_eq($$SELECT metric, round(value::numeric, 12) FROM evaluate('hit', 'SELECT * FROM track')$$,
	$$SELECT metric, round(value::numeric, 12) FROM (SELECT count(*) AS n, accuracy(p >= 0.5, hit) AS a, musicintel.precision(p >= 0.5, hit) AS p, recall(p >= 0.5, hit) AS r,
			specificity(p >= 0.5, hit) AS s, f1(p >= 0.5, hit) AS f, auc(p, hit) AS u, log_loss(p, hit) AS l, brier(p, hit) AS b FROM scored) AS figures,
		LATERAL (VALUES ('rows', n), ('rows_left_out', 0), ('accuracy', a), ('precision', p), ('recall', r), ('specificity', s), ('f1', f), ('auc', u), ('log_loss', l),
			('brier', b)) AS v (metric, value)$$,
	'evaluate');
SELECT results_eq($$SELECT value FROM evaluate('hit', 'SELECT energy, hit::int::smallint AS hit FROM track')$$, $$SELECT value FROM evaluate('hit', 'SELECT * FROM track')$$,
	'1 and 0 for true and false');
SELECT results_eq(
	$$SELECT metric, value FROM evaluate('hit', 'SELECT energy, true AS hit FROM track WHERE id <= 2 UNION ALL SELECT 1, NULL')
		WHERE metric IN ('rows', 'rows_left_out', 'specificity', 'auc')$$,
	$$VALUES ('rows', 2::float8), ('rows_left_out', 1), ('specificity', NULL), ('auc', NULL)$$, 'only hits: what is over the others is NULL');
SELECT results_eq($$SELECT value FROM evaluate('hit', 'SELECT * FROM track WHERE false')$$,
	'VALUES (0::float8), (0), (NULL), (NULL), (NULL), (NULL), (NULL), (NULL), (NULL), (NULL)', 'no row');
SELECT throws_ok($$SELECT evaluate('hit', 'SELECT energy, 0.5 AS hit FROM track')$$, '22023', 'target "hit" is 0.5 in a row, the model predicts a boolean',
	'neither 0 nor 1');
SELECT throws_ok($$SELECT evaluate('hit', 'SELECT energy, ''NaN''::float8 AS hit FROM track')$$, '22023', 'target "hit" is NaN in a row, the model predicts a boolean',
	'NaN');
SELECT throws_ok($$SELECT evaluate('hit', 'SELECT energy, ''yes'' AS hit FROM track')$$, '42804', 'target "hit" is text, the model predicts a boolean', 'text');

---- a number -----------------------------------------------------------------------------------------------------------
SELECT is((train('fame', 'linear_regression', 'SELECT energy, popularity FROM track', 'popularity')).rows, 20000::bigint, 'a model of a number');
SELECT results_eq($$SELECT metric, round(value::numeric, 10) FROM evaluate('fame', 'SELECT * FROM track')$$,
	$$SELECT metric, round(value::numeric, 10) FROM (SELECT count(*) AS n, r_squared(p, popularity) AS r, mean_absolute_error(p, popularity) AS a, root_mean_squared_error(p, popularity) AS s,
			median_absolute_error(p, popularity) AS m FROM (SELECT predict('fame', t) AS p, popularity FROM track AS t) AS predicted) AS figures,
		LATERAL (VALUES ('rows', n), ('rows_left_out', 0), ('r_squared', r), ('mean_absolute_error', a), ('root_mean_squared_error', s), ('median_absolute_error', m)) AS v (metric, value)$$,
	'evaluate');

---- more rows than the memory allows: what needs them is left out, with a warning ---------------------------------------
SET LOCAL client_min_messages = error;
SET LOCAL musicintel.training_memory = '100kB';
SELECT results_eq($$SELECT metric FROM evaluate('fame', 'SELECT * FROM track') WHERE value IS NULL$$, $$VALUES ('median_absolute_error')$$, 'of a number, the median');
SELECT results_eq($$SELECT metric FROM evaluate('hit', 'SELECT * FROM track') WHERE value IS NULL$$, $$VALUES ('auc')$$, 'of a probability, the area under the curve');
SET LOCAL musicintel.training_memory = '164kB';
SELECT isnt(value, NULL, 'as much as it takes: 8 bytes a row in chunks of 4,096') FROM evaluate('fame', 'SELECT * FROM track') WHERE metric = 'median_absolute_error';
SELECT is(value, NULL, 'but 40 for the curve') FROM evaluate('hit', 'SELECT * FROM track') WHERE metric = 'auc';

-- Two columns of one name could only be told apart by their places.
SELECT throws_ok($$SELECT * FROM evaluate('fame', 'SELECT *, 1.0 AS energy FROM track')$$, '42701', 'row has two columns named "energy"', 'a feature that is there twice');
SELECT throws_ok($$SELECT * FROM evaluate('fame', 'SELECT *, 1.0 AS popularity FROM track')$$, '42701', 'row has two columns named "popularity"', 'a target');
SELECT throws_ok($$SELECT predict('fame', t) FROM (SELECT *, 1.0 AS energy FROM track) AS t$$, '42701', 'row has two columns named "energy"', 'also in a single row');
SELECT lives_ok($$SELECT predict('fame', t) FROM (SELECT *, 1.0 AS id FROM track) AS t$$, 'what is no feature may be there twice');

\i test/pgtap/end.psql
