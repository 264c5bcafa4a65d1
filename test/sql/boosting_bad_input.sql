\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(76);

SET search_path = public, musicintel;

-- y is true from x = 51 on, of 100 rows.
CREATE TABLE track AS SELECT i AS id, i > 50 AS y, i::float8 AS x, 'g' || i % 10 AS g, i AS at FROM generate_series(1, 100) AS i;
CREATE FUNCTION try(columns text, options jsonb DEFAULT '{}') RETURNS model LANGUAGE sql
AS $$ SELECT model FROM musicintel.fit('gradient_boosting', 'SELECT ' || columns || ' FROM public.track ORDER BY id', 'y', options || '{"parallel_workers": 0}') $$;

---- the target ----------------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT try('true AS y, x')$$, '22000', 'the target is the same in all 100 rows: there are no classes to tell apart', 'a boolean of one kind');
SELECT throws_ok($$SELECT try('''rock'' AS y, x')$$, '22000', 'the target is the same in all 100 rows: there are no classes to tell apart', 'a text of one class');
SELECT ok(predict(try('7.5 AS y, x'), t) = 7.5, 'a number that is always the same is its own prediction') FROM track AS t WHERE id = 1;
SELECT throws_like($$SELECT try('x AS y, id', '{"objective": "binary"}')$$, '% row 2 %', 'a label that is neither 0 nor 1');
SELECT throws_like($$SELECT try('(id % 2)::float8 - 0.5 AS y, x', '{"objective": "binary"}')$$, '% row 1 %', 'nor this');
SELECT throws_like($$SELECT try('-x AS y, id', '{"objective": "poisson"}')$$, '% row 1 %', 'a negative count');
SELECT throws_like($$SELECT try('''NaN''::float8 AS y, x')$$, '% row 1 %', 'a target that is no number');
SELECT throws_like($$SELECT try('''Infinity''::float8 AS y, x')$$, '% row 1 %', 'an infinite one');
SELECT throws_ok($$SELECT try('g AS y, x', '{"objective": "binary"}')$$, '22023', 'objective binary does not go with a target that is a category', 'a text for a boolean');
SELECT throws_ok($$SELECT try('y, x', '{"objective": "multiclass"}')$$, '22023', 'objective multiclass does not go with a target that is a boolean', 'a boolean for classes');
SELECT throws_ok($$SELECT fit('gradient_boosting', 'SELECT ''c'' || i AS y, i AS x FROM generate_series(1, 1001) AS i', 'y', '{}')$$, '54000',
	'target "y" has more than 1000 classes', 'an identifier for a class');
SELECT throws_ok($$SELECT try('y, x, now() AS t')$$, '42804', 'column "t" is of type timestamp with time zone, which cannot be a feature or target', 'a timestamp for a feature');

---- rows ----------------------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT fit('gradient_boosting', 'SELECT true AS y, 1 AS x WHERE false', 'y', '{}')$$, '22000', 'query returned no row to train on', 'no row');
SELECT throws_ok($$SELECT fit('gradient_boosting', 'SELECT NULL::boolean AS y, 1 AS x', 'y', '{}')$$, '22000', 'query returned no row to train on', 'no row with a target');
SELECT is(predict(model, ARRAY[5]), 3::float8, 'one row: its target') FROM fit('gradient_boosting', 'SELECT 3 AS y, 1 AS x', 'y', '{}');
SELECT throws_ok($$SELECT fit('gradient_boosting', 'SELECT true AS y, 1 AS x', 'y', '{}')$$, '22000', 'the target is the same in all 1 rows: there are no classes to tell apart',
	'one row of a boolean');
SELECT ok(predict(model, ARRAY[1]) BETWEEN 0.4 AND 0.6, 'two rows: too few to tell apart') FROM fit('gradient_boosting', 'VALUES (true, 1), (false, 2)', 'column1', '{}');

---- features ------------------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT try('y')$$, '22023', 'no feature: there is nothing to split by', 'no feature');
SELECT ok(bool_and(split_count = 0 AND gain = 0), 'a constant feature, one that is all NULL: no split') FROM importance(try('y, 1 AS one, NULL::float8 AS nothing, NULL::text AS no_text'));
SELECT ok(predict(try('y, x, NULL::float8 AS nothing'), t) < 0.1, 'nor do they harm the others') FROM (SELECT *, 5 AS nothing FROM track WHERE id = 1) AS t;
SELECT ok(predict(try('y, x, NULL::text AS no_text'), t) < 0.1, 'and a category that training never saw anything of is missing') FROM (SELECT *, 'x' AS no_text FROM track WHERE id = 1) AS t;
SELECT throws_like($$SELECT try('y, CASE WHEN id = 7 THEN ''Infinity''::float8 ELSE x END AS x')$$, '%"x"%row 7%infinite', 'an infinite feature, with its row');
SELECT throws_like($$SELECT try('y, x, CASE WHEN id = 9 THEN ''-Infinity''::float4 ELSE 0 END AS z')$$, '%"z"%row 9%infinite', 'minus infinity');
SELECT ok(predict(try('y, x'), t) > 0.9, 'but an infinite one is scored') FROM (SELECT 'Infinity'::float8 AS x) AS t;
SELECT ok(predict(try('y, x'), t) < 0.1, 'on either side') FROM (SELECT '-Infinity'::float8 AS x) AS t;
CREATE TABLE shop AS SELECT i % 300 < 150 AS y, 's' || i % 300 AS shop FROM generate_series(1, 30000) AS i;
SELECT lives_ok($$SELECT train('shop', 'gradient_boosting', 'SELECT * FROM shop', 'y', '{"min_data_per_group": 1, "cat_smooth": 1, "max_cat_threshold": 300}')$$,
	'more categories than bins');
SELECT ok(avg((predict_class('shop', s) = y::text)::int) > 0.8, 'most of them are told apart') FROM shop AS s;
SELECT throws_ok($$SELECT fit('gradient_boosting', 'SELECT i % 2 = 0 AS y, ''s'' || i AS shop FROM generate_series(1, 1001) AS i', 'y', '{}')$$, '54000',
	'feature "shop" has more than 1000 levels', 'an identifier for a category');
SELECT is(predict('shop', n), predict('shop', u), 'a category unseen in training is missing') FROM (SELECT NULL AS shop) AS n, (SELECT 'new' AS shop) AS u;
SELECT ok(predict(try('y, x * 1e300 AS x'), t) < 0.1, 'huge numbers') FROM (SELECT 1e300 AS x) AS t;
SELECT ok(predict(try('y, x * 1e-300 AS x'), t) < 0.1, 'tiny ones') FROM (SELECT 1e-300::float8 AS x) AS t;
SELECT throws_ok($$SELECT predict(try('y, x, at'), ARRAY[1])$$, '22023', 'array of features has 1 elements, the model has 2 features', 'an array of another length');
SELECT throws_ok($$SELECT predict(try('y, x, at'), t) FROM (SELECT 1 AS x) AS t$$, '42703', 'row lacks features of the model: "at"', 'a row that lacks a feature');
SELECT throws_ok($$SELECT predict(try('y, x'), t) FROM (SELECT 'a' AS x) AS t$$, '42804', 'feature "x" was a number in training, here it is a category', 'a feature of another kind');

---- weights -------------------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT try('y, x, 20.0 - id AS w', '{"weight_by": "w"}')$$, '22003', 'column "w" is -1 in row 21, a weight is a number >= 0', 'a negative weight');
SELECT throws_ok($$SELECT try('y, x, ''NaN''::float8 AS w', '{"weight_by": "w"}')$$, '22003', 'column "w" is NaN in row 1, a weight is a number >= 0', 'NaN');
SELECT throws_ok($$SELECT try('y, x, ''Infinity''::float8 AS w', '{"weight_by": "w"}')$$, '22003', 'column "w" is Infinity in row 1, a weight is a number >= 0', 'infinity');
SELECT throws_ok($$SELECT try('y, x, 0 AS w', '{"weight_by": "w"}')$$, '22000', 'all weights are zero', 'nothing but zeros');
SELECT throws_ok($$SELECT try('y, x, NULL::int AS w', '{"weight_by": "w"}')$$, '22000', 'query returned no row to train on', 'nothing but NULLs');
SELECT throws_ok($$SELECT try('y, x, g', '{"weight_by": "g"}')$$, '42804', 'column "g" is of type text, a weight is a number', 'a text');
SELECT throws_ok($$SELECT try('y, x', '{"class_weight": {"true": -1}}')$$, '22023', 'class_weight must be an object of numbers from 0 to 1e30', 'a negative weight of a class');
SELECT throws_like($$SELECT try('y, x', '{"class_weight": {"maybe": 1}}')$$, 'class_weight names "maybe"%', 'a class that is none');

---- columns with a role -------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT try('y, x', '{"group_by": "g"}')$$, '42703', 'query has no column "g", which option "group_by" names', 'the group is missing');
SELECT throws_ok($$SELECT try('y, x', '{"time_by": "at"}')$$, '42703', 'query has no column "at", which option "time_by" names', 'the time is missing');
SELECT throws_ok($$SELECT try('y, x', '{"weight_by": "w"}')$$, '42703', 'query has no column "w", which option "weight_by" names', 'the weight is missing');
SELECT throws_ok($$SELECT try('y, x', '{"weight_by": "y"}')$$, '22023', 'column "y" cannot be both the target and what option "weight_by" names', 'the target for a weight');
SELECT throws_ok($$SELECT try('y, x, g', '{"time_by": "g"}')$$, '42804', 'column "g" is of type text, a time is a number, date or timestamp', 'a text for a time');
SELECT throws_ok($$SELECT try('y, x, ''NaN''::float8 AS at', '{"time_by": "at"}')$$, '22003', 'column "at" is NaN in row 1, which is no time', 'NaN for a time');
SELECT throws_ok($$SELECT try('y, x, point(1, 1) AS g', '{"group_by": "g"}')$$, '42804', 'column "g" is of type point, which cannot tell groups apart', 'points for groups');
SELECT throws_ok($$SELECT try('y, x', '{"group_by": 1}')$$, '22023', 'invalid value for option "group_by"', 'a number for a name');
SELECT lives_ok($$SELECT try('y, x, ARRAY[g] AS g', '{"group_by": "g", "early_stopping_round": 3}')$$, 'whatever can be told apart can be a group');

---- early stopping ------------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT try('y, x', '{"early_stopping_round": 5}')$$, '22023',
	'early_stopping_round needs group_by or time_by, of train(): the column that says which rows are held out together', 'nothing to hold out by');
SELECT throws_ok($$SELECT try('y, x, g, at', '{"early_stopping_round": 5, "group_by": "g", "time_by": "at"}')$$, '22023',
	'group_by and time_by exclude each other: rows are held out by one of them', 'too much to hold out by');
SELECT throws_like($$SELECT try('y, x, 1 AS g', '{"early_stopping_round": 5, "group_by": "g"}')$$, '% of 100 rows would be held out by "g"', 'one group only');
SELECT throws_ok($$SELECT try('y, x, 1 AS at', '{"early_stopping_round": 5, "time_by": "at"}')$$, '22000', '100 of 100 rows would be held out by "at"', 'one moment only');

---- options -------------------------------------------------------------------------------------------------------------
SELECT throws_ok(format('SELECT try(''y, x'', %L)', options), '22023', message, options)
FROM (VALUES ('{"num_leaves": 1}', 'num_leaves must be a whole number from 2 to 131072'), ('{"num_leaves": 31.5}', 'num_leaves must be a whole number from 2 to 131072'),
	('{"num_iterations": 0}', 'num_iterations must be a whole number from 1 to 100000'), ('{"learning_rate": 0}', 'learning_rate must be a number > 0'),
	('{"learning_rate": 1e999}', 'learning_rate must be a number > 0'), ('{"max_bin": 256}', 'max_bin must be a whole number from 2 to 255'),
	('{"lambda_l2": -1}', 'lambda_l1, lambda_l2, cat_l2 and cat_smooth must be numbers >= 0'), ('{"objective": "rank"}', 'invalid value for option "objective"'),
	('{"monotone_constraints": {"x": 2}}', 'monotone_constraints must be an object of -1, 0 or 1'),
	('{"monotone_constraints": {"z": 1}}', 'monotone_constraints names "z", which is no feature'), ('{"monotone_constraints": [1]}', 'invalid value for option "monotone_constraints"'),
	('{"numleaves": 3}', 'unknown option "numleaves"'), ('{"features": ["a"]}', 'option "features" cannot be given here')) AS v (options, message);
SELECT throws_like($$SELECT try('y, g', '{"monotone_constraints": {"g": 1}}')$$, 'feature "g" is a category%', 'monotone in a category');

---- memory --------------------------------------------------------------------------------------------------------------
SET LOCAL musicintel.training_memory = '64kB';
SELECT throws_like($$SELECT fit('gradient_boosting', 'SELECT i % 2 = 0 AS y, i AS x FROM generate_series(1, 20000) AS i', 'y', '{}')$$,
	'gradient boosting of 20000 rows and 1 features takes % kB, the limit is 64 kB', 'more than the memory allows');
SELECT throws_like($$SELECT gradient_boosting_fit(i % 2 = 0, ARRAY[i]::float8[]) FROM generate_series(1, 20000) AS i$$,
	'training data takes % kB of memory, the limit is 64 kB', 'rows of an aggregate too');
RESET musicintel.training_memory;

---- arrays --------------------------------------------------------------------------------------------------------------
SELECT throws_like($$SELECT gradient_boosting_fit(y, CASE WHEN id = 4 THEN ARRAY['Infinity']::float8[] ELSE ARRAY[x] END ORDER BY id) FROM track$$, '%"x1"%row 4%infinite', 'an infinite element');
SELECT throws_ok($$SELECT gradient_boosting_fit(y, ARRAY[[x, x]]) FROM track$$, '2202E', 'array of features must have one dimension, not 2', 'a matrix');
SELECT throws_ok($$SELECT gradient_boosting_fit(y, ARRAY[]::float8[]) FROM track$$, '22023', 'no feature: there is nothing to split by', 'no element');
SELECT throws_ok($$SELECT gradient_boosting_fit(y, array_fill(x, ARRAY[2001])) FROM track$$, '54000', 'gradient_boosting of 2001 features: the limit is 2000', 'too many');
SELECT throws_ok($$SELECT gradient_boosting_fit(y, ARRAY[x], '{"features": ["a", "b"]}') FROM track$$, '22023', 'option "features" has 2 names, the array has 1 elements', 'names and elements');

\i test/pgtap/end.psql
