\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(51);

SET search_path = public, musicintel;

CREATE FUNCTION try(query text, options jsonb DEFAULT '{}') RETURNS model LANGUAGE sql
AS $$ SELECT model FROM musicintel.fit('gradient_boosting', query, 'y', '{"parallel_workers": 0}' || options) $$;
CREATE FUNCTION figure(model model, name text) RETURNS float8 LANGUAGE sql AS $$ SELECT (summary(model) ->> name)::float8 $$;

-- Five features that all matter, and seven that are constant.
CREATE TABLE track AS
SELECT a + 2 * b + 3 * c + 4 * d + 5 * e AS y, a, b, c, d, e, 1 AS c1, 1 AS c2, 1 AS c3, 1 AS c4, 1 AS c5, 1 AS c6, 1 AS c7
FROM generate_series(1, 5000) AS i, LATERAL (SELECT i * 7 % 31 AS a, i * 11 % 37 AS b, i * 13 % 41 AS c, i * 17 % 43 AS d, i * 19 % 47 AS e) AS r;

---- feature_fraction and feature_fraction_bynode -----------------------------------------------------------------------
SELECT is(figure(try('SELECT y, a, b, c, d, e FROM track', options), 'iterations'), 100::float8, 'all iterations: ' || options::text)
FROM unnest(ARRAY['{"feature_fraction_bynode": 0.2}',
	'{"feature_fraction_bynode": 0.05, "seed": 1}', '{"feature_fraction": 0.1}', '{"feature_fraction": 0.2, "feature_fraction_bynode": 0.5}']::jsonb[]) AS options;
SELECT is(figure(try('SELECT * FROM track', options), 'iterations'), 100::float8, 'among features of which some are constant: ' || options::text)
FROM unnest(ARRAY['{"feature_fraction": 0.1}', '{"feature_fraction": 0.3}', '{"feature_fraction_bynode": 0.1}']::jsonb[]) AS options;
SELECT is((SELECT max(features) FROM (SELECT count(DISTINCT feature) AS features FROM trees(try('SELECT * FROM track', '{"feature_fraction": 0.3}')) GROUP BY tree) AS t), 2::bigint,
	'of five that can be split, .3 are two: no tree has more');
SELECT is((SELECT count(*) FROM trees(try('SELECT y, a, b, c, d, e FROM track', '{"feature_fraction": 0.6, "num_iterations": 200}')) WHERE depth = 0 AND NOT is_leaf), 200::bigint,
	'every tree splits');
SELECT cmp_ok(figure(try('SELECT y, a, b, c, d, e FROM track', '{"feature_fraction_bynode": 0.2, "num_iterations": 300}'), 'training_loss'), '<', 100::float8,
	'and it is learned what there is to learn');

---- what does not go together -------------------------------------------------------------------------------------------
SELECT throws_ok(format('SELECT try(%L, %L)', 'SELECT y::float8, a, b FROM track', options), '22023', complaint, complaint)
FROM (VALUES ('{"objective": "regression_l1", "monotone_constraints": {"a": 1}}', 'monotone_constraints do not go with objective regression_l1'),
	('{"objective": "quantile", "monotone_constraints": {"a": -1}}', 'monotone_constraints do not go with objective quantile'),
	('{"objective": "quantile", "max_delta_step": 0.1}', 'max_delta_step does not go with objective quantile'),
	('{"alpha": 0.2}', 'alpha goes with objective quantile only, not with regression'),
	('{"bagging_fraction": 0.5}', 'bagging_fraction needs bagging_freq, after how many iterations rows are drawn anew: 1, for example'),
	('{"validation_fraction": 0.2}', 'validation_fraction needs group_by or time_by, of train(): the column that says which rows are held out together'),
	('{"objective": "poisson", "poisson_max_delta_step": 1000}', 'max_delta_step must be a number, and poisson_max_delta_step one from 0 to 50')) AS t (options, complaint);
SELECT lives_ok($$SELECT try('SELECT y::float8, a FROM track', '{"objective": "quantile", "monotone_constraints": {"a": 0}}')$$, 'a constraint of 0 is none');

---- rows held out have no say -------------------------------------------------------------------------------------------
CREATE TABLE played AS SELECT i AS t, i % 97 AS x, i % 89 AS z, (i % 97) * 1.5 + i % 5 AS y FROM generate_series(1, 20000) AS i;
CREATE TABLE with_outlier AS SELECT t, x, z, CASE WHEN t = 19500 THEN 1e7 ELSE y END AS y FROM played;
SELECT is(to_sql(try('TABLE with_outlier', '{"time_by": "t"}')), to_sql(try('TABLE played', '{"time_by": "t"}')), 'a target held out does not change a tree');
SELECT isnt(figure(try('TABLE with_outlier', '{"time_by": "t"}'), 'validation_loss'), figure(try('TABLE played', '{"time_by": "t"}'), 'validation_loss'), 'but the loss of those held out');
SELECT lives_ok($$SELECT try('SELECT t, x, CASE WHEN t = 19500 THEN 1e39 ELSE y END AS y FROM played', '{"time_by": "t"}')$$, 'one beyond a float neither');
SELECT throws_ok($$SELECT try('SELECT t, x, CASE WHEN t = 19500 THEN 1e200 ELSE y END AS y FROM played', '{"time_by": "t"}')$$, '22000',
	'the loss of the rows held out overflows after 1 iterations', 'one whose loss is infinite');
SELECT throws_ok($$SELECT try('SELECT t, x, CASE WHEN t = 500 THEN 1e200 ELSE y END AS y FROM played', '{"time_by": "t"}')$$, '22000',
	'the loss or its gradients overflow after 0 iterations', 'and one that is trained on');
SELECT throws_ok($$SELECT try('SELECT x, CASE WHEN t % 2 = 0 THEN 1.7e308 ELSE -1.7e308 END AS y FROM played', '{"objective": "regression_l1"}')$$, '22000',
	'the loss or its gradients overflow after 0 iterations', 'residuals that are infinite');
SELECT throws_ok($$SELECT try('SELECT t, x, t > 19000 AS y FROM played', '{"time_by": "t"}')$$, '22000',
	'the target is the same in all rows that are to be trained on', 'one class among the rows to train on, the other held out');

---- weights -------------------------------------------------------------------------------------------------------------
SELECT throws_ok(format('SELECT try(%L, %L)', 'SELECT t, x, y::float8, (t > 18000)::int AS w FROM played', options || '{"time_by": "t", "weight_by": "w"}'::jsonb), '22000',
	'all rows to train on have the weight 0', 'all weights that are trained on are 0: ' || options::text)
FROM unnest(ARRAY['{"objective": "regression"}', '{"objective": "regression_l1"}', '{"objective": "quantile"}', '{"objective": "poisson"}']::jsonb[]) AS options;
SELECT throws_ok($$SELECT try('SELECT t, x, y, (t < 1000)::int AS w FROM played', '{"time_by": "t", "weight_by": "w", "early_stopping_round": 5}')$$, '22000',
	'all rows held out have the weight 0: nothing can be told by them', 'all that are held out');
SELECT throws_ok($$SELECT try('SELECT x, x > 50 AS y FROM played', '{"class_weight": {"true": 0, "false": 0}}')$$, '22000', 'all rows to train on have the weight 0', 'those of all classes');
SELECT throws_ok($$SELECT try('SELECT x, x > 50 AS y FROM played', '{"class_weight": {"true": 0}}')$$, '22000', 'the target is the same in all rows that are to be trained on', 'of one of two');
SELECT throws_ok($$SELECT try('SELECT x, x > 50 AS y FROM played', '{"class_weight": {"true": 1e30}, "scale_pos_weight": 1e30}')$$, '22003',
	'weights, times those of their classes, are too large', 'weights that multiply beyond a float');

-- A leaf, or a whole bag, in which nothing weighs anything has the value 0.
SELECT lives_ok(format('SELECT try(%L, %L)', 'SELECT t, x, y::float8, (t % 25 = 1)::int AS w FROM played WHERE t <= 400', options), 'a bag without weight: ' || options::text)
FROM unnest(ARRAY['{"objective": "quantile", "weight_by": "w", "bagging_fraction": 0.1, "bagging_freq": 1, "min_sum_hessian_in_leaf": 1}',
	'{"objective": "regression_l1", "weight_by": "w", "bagging_fraction": 0.05, "bagging_freq": 1}', '{"weight_by": "w", "bagging_fraction": 0.05, "bagging_freq": 1}']::jsonb[]) AS options;
SELECT is(figure(try('SELECT 1 AS one, NULL::float8 AS nothing, y FROM played', '{"feature_fraction": 0.5, "bagging_fraction": 0.5, "bagging_freq": 1}'), 'trees'), 0::float8,
	'where no feature can be split, chance finds none');

---- bins ----------------------------------------------------------------------------------------------------------------
SELECT cmp_ok(count(DISTINCT threshold), '<=', 10::bigint, 'min_data_in_bin holds for numbers of many values: 5,000 rows by 500')
FROM trees(try('SELECT y, sin(a) + 100 * b + 10000 * c + 1000000 * e AS x FROM track', '{"min_data_in_bin": 500, "min_data_in_leaf": 1}')) WHERE NOT is_leaf;
SELECT cmp_ok(count(DISTINCT threshold), '>', 200::bigint, 'by 3, of up to 255 bins most are used')
FROM trees(try('SELECT y, sin(a) + 100 * b + 10000 * c + 1000000 * e AS x FROM track', '{"min_data_in_bin": 3, "min_data_in_leaf": 1}')) WHERE NOT is_leaf;

---- as many leaves as rows ----------------------------------------------------------------------------------------------
SET LOCAL musicintel.training_memory = '64MB';
SELECT is(figure(try('SELECT y, a, b FROM track LIMIT 300', '{"num_leaves": 131072, "min_data_in_leaf": 1, "num_iterations": 2}'), 'iterations'), 2::float8,
	'room is made for leaves that there can be');
SELECT throws_like($$SELECT try('SELECT ''c'' || a AS y, b, c FROM track', '{"num_iterations": 100000}')$$, '100000 iterations, each with a tree for 31 classes, are more than 1000000 trees',
	'more trees than a model may have, said before any is grown');

---- names of the aggregate's features ----------------------------------------------------------------------------------
SELECT throws_ok(format('SELECT %s(y, ARRAY[a, b]::float8[], %L) FROM track', fit, options), '22023', complaint, fit || ': ' || complaint)
FROM unnest(ARRAY['gradient_boosting_fit', 'linear_regression_fit', 'quantile_regression_fit']) AS fit,
	(VALUES ('{"features": ["a", "a"]}', 'option "features" has two names "a"'), ('{"features": ["", "b"]}', 'option "features" has an empty name'),
	('{"features": ["b"]}', 'option "features" has 1 names, the array has 2 elements')) AS t (options, complaint);

---- the same bytes for any number of workers, also where gains are equal but for rounding ---------------------------------
CREATE FUNCTION made_up(seed float8, rows integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM setseed(seed);
	DROP TABLE IF EXISTS made_up;
	EXECUTE (SELECT format('CREATE TABLE made_up AS SELECT %s, floor(random() * 2) AS y FROM generate_series(1, %s)',
		string_agg(format('floor(random() * %s) AS x%s', 20 + 20 * (i % 3), i), ', '), rows)
		FROM generate_series(1, 32) AS i);
END $$;
CREATE TABLE trained (seed float8, options jsonb, alone model, shared model);
DO $$
DECLARE
	options jsonb;
BEGIN
	FOR i IN 0 .. 29 LOOP
		PERFORM made_up(i / 100.0, (ARRAY[200, 500, 1000])[i % 3 + 1]);
		FOREACH options IN ARRAY ARRAY['{"use_quantized_grad": true}', '{"use_quantized_grad": false}']::jsonb[] LOOP
			options := options || '{"num_iterations": 20, "min_data_in_leaf": 1, "num_leaves": 63}';
			INSERT INTO trained SELECT i / 100.0, options, try('TABLE made_up', options), try('TABLE made_up', options || '{"parallel_workers": 1}');
		END LOOP;
	END LOOP;
END $$;
SELECT results_eq('SELECT seed, options FROM trained WHERE alone IS DISTINCT FROM shared', 'SELECT 0.0::float8, ''{}''::jsonb WHERE false', 'sixty trainings alone and with a worker');

\i test/pgtap/end.psql
