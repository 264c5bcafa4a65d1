\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(72);

SET search_path = public, musicintel;

CREATE TYPE mood AS ENUM ('calm', 'wild');
CREATE DOMAIN loudness AS numeric;
CREATE TABLE track (id int, popularity int, tempo float4, loud loudness, explicit boolean, genre text, feel mood, code char(3), listed_on date);
-- An exact rule, so that what is learned can be compared with it: 10 + 2 tempo - loud + 5 explicit + by genre + by mood.
INSERT INTO track
SELECT i, 10 + 2 * (i % 13) - i % 7 + CASE WHEN i % 2 = 0 THEN 5 ELSE 0 END + (ARRAY[0, 3, 9])[1 + i % 3] + CASE WHEN i % 5 < 2 THEN -4 ELSE 0 END,
	i % 13, i % 7, i % 2 = 0, (ARRAY['rock', 'pop', 'metal'])[1 + i % 3], CASE WHEN i % 5 < 2 THEN 'wild' ELSE 'calm' END::mood, 'a', '2020-01-01'
FROM generate_series(1, 500) AS i;
CREATE VIEW feature AS SELECT popularity, tempo, loud, explicit, genre, feel FROM track;

---- train ---------------------------------------------------------------------------------------------------------------
CREATE TABLE result AS SELECT * FROM train('taste', 'linear_regression', 'SELECT * FROM feature', 'popularity');
SELECT results_eq('SELECT name, version, algorithm, rows, features FROM result', $$VALUES ('taste', 1, 'linear_regression', 500::bigint, 5)$$,
	'train returns what it stored');
SELECT ok((metrics ->> 'r_squared')::float8 > 1 - 1e-12 AND seconds >= 0, 'and figures of the fit') FROM result;
SELECT results_eq($$SELECT term, round(estimate::numeric, 9) FROM coefficients(get_model('taste'))$$,
	$$VALUES ('(intercept)', 19.0), ('tempo', 2), ('loud', -1), ('explicit', 5), ('genre=pop', -6), ('genre=rock', -9), ('feel=wild', -4)$$,
	'numbers, domains, booleans, text and enums are features; the first level is the reference');
SELECT is(to_json(get_model('taste')) #> '{features,3,levels}', '["metal", "pop", "rock"]', 'the model knows the levels, in order');

---- predict -------------------------------------------------------------------------------------------------------------
SELECT is(max(abs(predict('taste', f) - popularity)) < 1e-9, true, 'predict by name from a view''s rows') FROM feature f;
SELECT is(max(abs(predict('taste', t) - popularity)) < 1e-9, true, 'from a table with further columns, in another order') FROM track t;
SELECT is(max(abs(predict(get_model('taste'), t) - popularity)) < 1e-9, true, 'predict with a model from rows') FROM track t;
SELECT ok(abs(predict('taste', s) - 27) < 1e-9, 'from a subquery of other types')
FROM (SELECT 'metal'::varchar AS genre, 4::numeric AS tempo, true AS explicit, 1::bigint AS loud, 'wild'::text AS feel) AS s;
SELECT is(predict('taste', s), NULL, 'a level never seen: NULL')
FROM (SELECT 'polka' AS genre, 4 AS tempo, true AS explicit, 1 AS loud, 'wild' AS feel) AS s;
SELECT is(predict('taste', s), NULL, 'a NULL feature: NULL')
FROM (SELECT 'pop' AS genre, NULL::int AS tempo, true AS explicit, 1 AS loud, 'wild' AS feel) AS s;
SELECT is(predict('taste', NULL::track), NULL, 'no row: NULL');
SELECT throws_ok($$SELECT predict('taste', s) FROM (SELECT 'pop' AS genre, 1 AS tempo) AS s$$, '42703',
	'row lacks features of the model: "loud", "explicit", "feel"', 'missing features are named');
SELECT throws_ok($$SELECT predict('taste', s) FROM (SELECT 1 AS genre, 1 AS tempo, 1 AS loud, true AS explicit, 'wild' AS feel) AS s$$, '42804',
	'feature "genre" was a category in training, here it is a number', 'a feature of another kind');
SELECT throws_ok($$SELECT predict('tast', t) FROM track t$$, '42704', 'model "tast" does not exist', 'a model that is not there');
SELECT throws_ok($$SELECT predict(get_model('taste'), ARRAY[1,2,3,4,5])$$, '22023',
	'model has categories among its features, an array of numbers cannot stand for them', 'an array for a model with categories');

---- evaluate ------------------------------------------------------------------------------------------------------------
SELECT results_eq($$SELECT metric, round(value::numeric, 6) FROM evaluate('taste', 'SELECT * FROM track WHERE id <= 100')$$,
	$$VALUES ('rows', 100::numeric), ('rows_left_out', 0), ('r_squared', 1), ('mean_absolute_error', 0), ('root_mean_squared_error', 0),
		('median_absolute_error', 0)$$, 'evaluate');
SELECT results_eq($$SELECT metric, value FROM evaluate('taste', 'SELECT NULL::text AS genre, * FROM (SELECT popularity, tempo, loud, explicit, feel FROM track) AS t')$$,
	$$VALUES ('rows', 0::float8), ('rows_left_out', 500), ('r_squared', NULL), ('mean_absolute_error', NULL), ('root_mean_squared_error', NULL),
		('median_absolute_error', NULL)$$,
	'evaluate where nothing can be predicted');
SELECT throws_ok($$SELECT evaluate('taste', 'SELECT tempo, loud, explicit, genre, feel FROM track')$$, '42703',
	'query has no column "popularity", the target of the model', 'evaluate without the target');
SELECT is((train('half', 'linear_regression', 'SELECT popularity, tempo FROM track', 'popularity')).rows, 500::bigint, 'a second model');
SELECT ok(abs(value - (SELECT mean_absolute_error(predict('half', t), popularity) FROM track t)) < 1e-12, 'evaluate agrees with the aggregates')
FROM evaluate('half', 'SELECT * FROM track')
WHERE metric = 'mean_absolute_error';

---- versions ------------------------------------------------------------------------------------------------------------
SELECT is((train('taste', 'linear_regression', 'SELECT popularity, tempo FROM track', 'popularity')).version, 2, 'training again: the next version');
SELECT results_eq($$SELECT version, is_current, features FROM models WHERE name = 'taste' ORDER BY version$$, $$VALUES (1, false, 5), (2, true, 1)$$,
	'the newest is current');
SELECT lives_ok($$SELECT promote('taste', 1)$$, 'promote goes back');
SELECT results_eq($$SELECT version FROM models WHERE name = 'taste' AND is_current$$, 'VALUES (1)', 'to the version asked for');
SELECT is((train('taste', 'linear_regression', 'SELECT popularity, loud FROM track', 'popularity', '{"promote": false}')).version, 3, 'option promote: false');
SELECT results_eq($$SELECT version FROM models WHERE name = 'taste' AND is_current$$, 'VALUES (1)', 'leaves the current version as it is');
SELECT is(jsonb_array_length(to_json(get_model('taste', 3)) -> 'features'), 1, 'get_model of a version');
SELECT is(get_model('taste'), get_model('taste', 1), 'get_model of the current one');
SELECT is(get_model(current_user || '.taste'), get_model('taste'), 'a name may carry its owner');
SELECT throws_ok($$SELECT promote('taste', 9)$$, '42704', 'you have no model "taste" version 9', 'promote what is not there');
SELECT throws_ok($$SELECT get_model('taste', 9)$$, '42704', 'model "taste" version 9 does not exist', 'get what is not there');
SELECT is(drop_model('half'), 1, 'drop_model says how many versions went');
SELECT throws_ok($$SELECT drop_model('half')$$, '42704', 'you have no model "half"', 'drop what is not there');
SELECT results_eq($$SELECT target, rows, rows_left_out, query, options FROM models WHERE name = 'taste' AND version = 3$$,
	$$VALUES ('popularity', 500::bigint, 0::bigint, 'SELECT popularity, loud FROM track', '{"promote": false}'::jsonb)$$, 'the view models tells how it came about');

---- options -------------------------------------------------------------------------------------------------------------
-- White's errors by hand: y = 0, 1, 5 on an intercept alone: residuals -2, -1, 3, leverage 1/3 each.
CREATE TABLE small (y float8);
INSERT INTO small VALUES (0), (1), (5);
SELECT ok(abs(std_error - wanted) < 1e-14, kind || ' standard error of a mean')
FROM (VALUES ('HC0', sqrt(14 / 9.0)), ('HC1', sqrt(14 / 9.0 * 3 / 2)), ('HC2', sqrt(14 / 9.0 / (2 / 3.0))), ('HC3', sqrt(14 / 9.0 / (4 / 9.0)))) AS v (kind, wanted),
	fit('linear_regression', 'SELECT y FROM small', 'y', jsonb_build_object('robust', kind)) AS f,
	coefficients(f.model);
SELECT is(to_json(model) #>> '{parameters,std_errors}', 'HC1', 'the model says so')
FROM fit('linear_regression', 'SELECT y FROM small', 'y', '{"robust": "HC1"}');
CREATE VIEW by_category AS SELECT genre, feel, popularity - 2 * tempo + loud - 5 * explicit::int AS y FROM track;
SELECT results_eq(
	$$SELECT term, round(estimate::numeric, 9)
	  FROM coefficients((SELECT model FROM fit('linear_regression', 'SELECT * FROM by_category', 'y', '{"intercept": false}')))$$,
	$$VALUES ('genre=metal', 19.0), ('genre=pop', 13), ('genre=rock', 10), ('feel=wild', -4)$$, 'without an intercept the first category keeps all levels');
SELECT throws_ok($$SELECT fit('linear_regression', 'SELECT y FROM small', 'y', '{"robust": "HC9"}')$$, '22023', 'invalid value for option "robust"', 'a wrong word');
SELECT throws_ok($$SELECT fit('linear_regression', 'SELECT y FROM small', 'y', '{"robust": "HC1", "l2": 1}')$$, '22023',
	'robust standard errors are defined for l2 = 0 only', 'options that do not go together');
SELECT throws_ok($$SELECT train('t', 'linear_regression', 'SELECT y FROM small', 'y', '{"promote": 1}')$$, '22023', 'invalid value for option "promote"', 'promote must be true or false');
SELECT throws_ok($$SELECT train('t', 'linear_regression', 'SELECT y FROM small', 'y', '{"features": ["a"]}')$$, '22023', 'option "features" cannot be given here', 'names come from the query');
SELECT throws_ok($$SELECT rollup(model) FROM fit('linear_regression', 'SELECT y FROM small', 'y', '{"robust": "HC1"}')$$, '22023',
	'a model with robust standard errors cannot take more rows', 'robust fits do not roll up');

---- bad queries ---------------------------------------------------------------------------------------------------------
CREATE FUNCTION try(query text, target text DEFAULT 'popularity') RETURNS void LANGUAGE sql AS $$ SELECT fit('linear_regression', query, target, '{}') $$;
SELECT throws_ok($$SELECT try('SELECT tempo FROM track')$$, '42703', 'query has no column "popularity" to be the target', 'no target');
SELECT throws_ok($$SELECT try('SELECT tempo FROM track', NULL)$$, '22023', 'linear_regression needs a target', 'target not named');
SELECT throws_ok($$SELECT try('SELECT genre, tempo FROM track', 'genre')$$, '42804', 'target "genre" is text, linear_regression needs a number', 'a target of text');
SELECT throws_ok($$SELECT try('SELECT popularity, listed_on FROM track')$$, '42804',
	'column "listed_on" is of type date, which cannot be a feature or target', 'a date');
SELECT throws_ok($$SELECT try('SELECT popularity, ARRAY[1] AS a FROM track')$$, '42804', 'column "a" is of type integer[], which cannot be a feature or target', 'an array');
SELECT throws_ok($$SELECT try('SELECT popularity, ''{}''::jsonb AS j FROM track')$$, '42804', 'column "j" is of type jsonb, which cannot be a feature or target', 'json');
SELECT throws_ok($$SELECT try('SELECT popularity, now() AS t FROM track')$$, '42804',
	'column "t" is of type timestamp with time zone, which cannot be a feature or target', 'a timestamp');
SELECT throws_ok($$SELECT try('SELECT popularity, 1 AS a, 2 AS a FROM track')$$, '42701', 'query has two columns named "a"', 'two columns of one name');
SELECT throws_ok($$SELECT try('SELECT popularity FROM track WHERE false')$$, '22000', 'query returned no row to train on', 'no row');
SELECT throws_ok($$SELECT try('SELECT NULL::int AS popularity FROM track')$$, '22000', 'query returned no row to train on', 'nothing but NULLs');
SELECT throws_ok($$SELECT try('')$$, '22023', 'query is empty', 'no query');
SELECT throws_ok($$SELECT try('DELETE FROM track RETURNING *')$$, '22023', 'query is not a SELECT', 'a DELETE');
SELECT throws_ok($$SELECT try('SELECT 1; SELECT 2')$$, '22023', 'query has more than one statement', 'two statements');
SELECT throws_ok($$SELECT try('WITH gone AS (DELETE FROM track RETURNING *) SELECT * FROM gone')$$, '22023', 'query changes data in a WITH clause', 'a SELECT that deletes');
SELECT throws_ok($$SELECT try('SELECT * FROM track FOR UPDATE')$$, '22023', 'query locks rows', 'a SELECT that locks');
SELECT throws_ok($$SELECT try('COPY track TO STDOUT')$$, '22023', 'query is not a SELECT', 'a COPY');
SELECT throws_ok($$SELECT try('ROLLBACK')$$, '22023', 'query is not a SELECT', 'a ROLLBACK');
SELECT throws_ok($$SELECT try('SELECT popularity, ''NaN''::float8 AS tempo FROM track')$$, '22003', 'column "tempo" is NaN in row 1', 'NaN, with its column and row');
SELECT throws_ok($$SELECT try('SELECT i AS popularity, i::text AS song FROM generate_series(1, 1001) AS i')$$, '54000',
	'feature "song" has more than 1000 levels', 'an identifier for a category');
SELECT throws_ok($$SELECT train('t', 'lienar_regression', 'SELECT y FROM small', 'y')$$, '22023', 'unknown algorithm "lienar_regression"', 'an algorithm that is not there');
SELECT throws_ok($$SELECT train(NULL, 'linear_regression', 'SELECT y FROM small', 'y')$$, '22004', 'train() needs a name, an algorithm and a query', 'no name');
SELECT lives_ok('SET LOCAL musicintel.report_steps = on', 'settings can be set');
RESET musicintel.report_steps;
SET LOCAL musicintel.training_memory = '64kB';
SELECT throws_like($$SELECT fit('linear_regression', 'SELECT popularity, tempo, loud FROM track', 'popularity', '{"robust": "HC3"}')$$,
	'training data takes % kB of memory, the limit is 64 kB', 'more rows than the memory allows, for errors that need them');
SELECT lives_ok($$SELECT try('SELECT popularity, tempo, loud FROM track')$$, 'a plain fit needs none');
SELECT is((SELECT count(*) FROM track), 500::bigint, 'nothing was lost on the way');

---- a wide table --------------------------------------------------------------------------------------------------------
SELECT format('CREATE TABLE wide AS SELECT i::real AS y, %s FROM generate_series(1, 30) AS i', string_agg(format('(i * %s %% 101)::real AS x%s', j, j), ', '))
FROM generate_series(1, 1599) AS j \gexec
SELECT is(features, 1599, 'a table of 1,600 columns') FROM train('wide', 'linear_regression', 'SELECT * FROM wide', 'y');
SELECT ok(max(abs(predict('wide', w) - y)) < 1e-6, 'predicts its own rows') FROM wide w;

\i test/pgtap/end.psql
