\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(35);

SET search_path = public, musicintel;

CREATE TYPE mood AS ENUM ('calm', 'wild');
CREATE TABLE track (id int, popularity float8, hit boolean, tempo float4, loud numeric, explicit boolean, genre text, feel mood);
INSERT INTO track
SELECT i, 10 + 2 * (i % 13) - i % 7 + 5 * (i % 2) + (ARRAY[0, 3, 9])[1 + i % 3] + sin(i), sin(i * i) + (i % 13) / 13.0 > 0.3, i % 13 + 0.5, i % 7, i % 2 = 1,
	(ARRAY['rock', 'pop', 'metal'])[1 + i % 3], (ARRAY['calm', 'wild'])[1 + i % 5 / 3]::mood
FROM generate_series(1, 500) AS i;
CREATE VIEW feature AS SELECT tempo, loud, explicit, genre, feel FROM track;

---- linear models: coefficient times value ------------------------------------------------------------------------------
SELECT is((train(algorithm, algorithm, 'SELECT popularity, tempo, loud, explicit, genre, feel FROM track', 'popularity')).rows, 500::bigint, algorithm)
FROM unnest(ARRAY['linear_regression', 'huber_regression', 'quantile_regression']) AS algorithm;
SELECT is((train('logistic_regression', 'logistic_regression', 'SELECT hit, tempo, loud, explicit, genre, feel FROM track', 'hit')).rows, 500::bigint,
	'logistic_regression');
SELECT ok(max(abs((SELECT sum(contribution) FROM explain(name, t)) - predict_margin(name, t))) < 1e-9, name || ': contributions and base sum to the margin')
FROM unnest(ARRAY['linear_regression', 'huber_regression', 'quantile_regression', 'logistic_regression']) AS name, track AS t GROUP BY name ORDER BY name;
SELECT ok(bool_and(CASE WHEN name = 'logistic_regression' THEN abs(ln(p / (1 - p)) - m) < 1e-9 ELSE p = m END), name || ': the margin is the prediction before the link')
FROM (SELECT name, predict(name, t) AS p, predict_margin(name, t) AS m FROM unnest(ARRAY['linear_regression', 'logistic_regression']) AS name, track AS t) AS s
GROUP BY name ORDER BY name;
SELECT results_eq(
	$$SELECT feature, value, contribution, class FROM track AS t, LATERAL explain('linear_regression', t) WHERE id = 4$$,
	$$WITH c AS (SELECT term, estimate FROM coefficients(get_model('linear_regression')))
	  SELECT feature, value, times * (SELECT estimate FROM c WHERE c.term = v.term), NULL::text
	  FROM (VALUES ('(base)', NULL, 1.0::float8, '(intercept)'), ('tempo', '4.5', 4.5, 'tempo'), ('loud', '4', 4, 'loud'), ('explicit', 'false', 0, 'explicit'),
			('genre', 'pop', 1, 'genre=pop'), ('feel', 'wild', 1, 'feel=wild')) AS v (feature, value, times, term)$$,
	'a row explained: values as text, coefficients times values');
SELECT is(contribution, 0::float8, 'the reference of a category contributes nothing') FROM track AS t, LATERAL explain('linear_regression', t) AS e
WHERE id = 2 AND e.feature = 'genre';
SELECT is_empty($$SELECT explain('linear_regression', t) FROM (SELECT 1.0 AS tempo, NULL::int AS loud, true AS explicit, 'pop' AS genre, 'calm' AS feel) AS t$$,
	'a NULL feature of a model that knows no missing values: no row');
SELECT is_empty($$SELECT explain('linear_regression', t) FROM (SELECT 1.0 AS tempo, 1 AS loud, true AS explicit, 'polka' AS genre, 'calm' AS feel) AS t$$,
	'nor for a category never seen');
SELECT is_empty($$SELECT explain('linear_regression', NULL::track)$$, 'no row, no explanation');
SELECT results_eq($$SELECT * FROM explain((SELECT linear_regression_fit(popularity, ARRAY[tempo, loud]) FROM track), ARRAY[1, 2])$$,
	$$SELECT replace(term, '(intercept)', '(base)'), times::text, estimate * coalesce(times, 1), NULL::text
	  FROM coefficients((SELECT linear_regression_fit(popularity, ARRAY[tempo, loud]) FROM track)), (VALUES ('(intercept)', NULL::int), ('x1', 1), ('x2', 2)) AS v (t, times)
	  WHERE t = term$$, 'a model of arrays');
SELECT results_eq($$SELECT e.* FROM feature AS f, LATERAL explain(get_model('linear_regression'), f) AS e$$,
	$$SELECT e.* FROM track AS t, LATERAL explain('linear_regression', t) AS e$$, 'by model as by name');

---- the largest of them -------------------------------------------------------------------------------------------------
SELECT results_eq(
	$$SELECT feature, value, contribution FROM track AS t, LATERAL explain_top('linear_regression', t, 2) WHERE id = 4$$,
	$$WITH e AS (SELECT e.* FROM track AS t, LATERAL explain('linear_regression', t) AS e WHERE id = 4),
		ranked AS (SELECT *, row_number() OVER (ORDER BY abs(contribution) DESC) AS place FROM e WHERE feature <> '(base)')
	  (SELECT feature, value, contribution FROM e WHERE feature = '(base)')
	  UNION ALL (SELECT feature, value, contribution FROM ranked WHERE place <= 2 ORDER BY place)
	  UNION ALL (SELECT '(others)', NULL, sum(contribution ORDER BY place) FROM ranked WHERE place > 2)$$,
	'the two largest, either sign, and the sum of the rest');
SELECT ok(max(abs((SELECT sum(contribution) FROM explain_top('logistic_regression', t, k)) - predict_margin('logistic_regression', t))) < 1e-9,
	k || ' of them and the others sum to the margin') FROM track AS t, generate_series(1, 6) AS k GROUP BY k ORDER BY k;
SELECT is(count(*), 6::bigint, 'as many as there are: no others') FROM track AS t, LATERAL explain_top('linear_regression', t, 99) WHERE id = 1;
SELECT results_eq($$SELECT feature FROM explain_top((SELECT linear_regression_fit(popularity, ARRAY[tempo, loud]) FROM track), ARRAY[0, 2], 1)$$,
	$$VALUES ('(base)'), ('x2'), ('(others)')$$, 'of arrays');
SELECT is(count(*), 3::bigint, 'of a model and a row') FROM track AS t, LATERAL explain_top(get_model('linear_regression'), t, 1) WHERE id = 1;
SELECT throws_ok($$SELECT explain_top('linear_regression', t, 0) FROM track AS t$$, '22023', 'k must be at least 1, not 0', 'none of them');
SELECT throws_ok($$SELECT explain_top('linear_regression', t, -5) FROM track AS t$$, '22023', 'k must be at least 1, not -5', 'fewer than none');
SELECT is_empty($$SELECT explain_top('linear_regression', t, NULL) FROM track AS t$$, 'NULL');

---- what cannot be ------------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT explain('linear_regression', t) FROM (SELECT 1 AS tempo) AS t$$, '42703',
	'row lacks features of the model: "loud", "explicit", "genre", "feel"', 'features missing');
SELECT throws_ok($$SELECT explain('nobody', t) FROM track AS t$$, '42704', 'model "nobody" does not exist', 'no such model');
SELECT throws_ok($$SELECT explain(get_model('linear_regression'), ARRAY[1, 2, 3, 4, 5])$$, '22023',
	'model has categories among its features, an array of numbers cannot stand for them', 'an array for a model with categories');

---- a model by name is opened once a query, and follows its versions ----------------------------------------------------
SELECT is((train('linear_regression', 'linear_regression', 'SELECT popularity, tempo FROM track', 'popularity')).version, 2, 'a new version');
SELECT results_eq($$SELECT feature FROM track AS t, LATERAL explain('linear_regression', t) WHERE id = 1$$, $$VALUES ('(base)'), ('tempo')$$, 'is the one that explains');

\i test/pgtap/end.psql
