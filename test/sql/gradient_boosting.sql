\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(106);

SET search_path = public, musicintel;
SET timezone = 'UTC';

CREATE TYPE mood AS ENUM ('calm', 'wild');
-- What is there to learn: hit, popularity and genre follow from tempo, loud, feel and the shelf by simple rules; noise is noise.
CREATE TABLE track AS
SELECT i AS id, s.*,
	feel = 'wild' AND tempo > 0 AS hit,
	CASE WHEN tempo > 20 THEN 30 ELSE 10 END + CASE WHEN loud IS NULL THEN 5 ELSE 0 END + (i * 29 % 7) / 7.0 AS popularity,
	CASE WHEN shelf IN ('a', 'c') THEN 'pop' WHEN tempo > 10 THEN 'rock' ELSE 'folk' END AS genre,
	'listener ' || i % 40 AS listener, '2020-01-01 12:00+00'::timestamptz + i * interval '1 hour' AS at
FROM generate_series(1, 2000) AS i,
	LATERAL (SELECT (i * 37 % 101 - 50)::float4 AS tempo, CASE WHEN i % 5 > 0 THEN (i * 17 % 23)::numeric END AS loud, (ARRAY['calm', 'wild'])[1 + i % 2]::mood AS feel,
		CASE WHEN i % 11 > 0 THEN (ARRAY['a', 'b', 'c', 'd'])[1 + i / 3 % 4] END AS shelf, i % 3 = 0 AS explicit, sin(i * i) AS noise) AS s;
CREATE VIEW feature AS SELECT tempo, loud, feel, shelf, explicit, noise FROM track;

---- a boolean: a probability --------------------------------------------------------------------------------------------
SELECT results_eq($$SELECT name, version, algorithm, rows, features FROM train('hit', 'gradient_boosting',
		'SELECT CASE WHEN id > 10 THEN hit END AS hit, tempo, loud, feel, shelf, explicit, noise FROM track', 'hit')$$,
	$$VALUES ('hit', 1, 'gradient_boosting', 1990::bigint, 6)$$, 'rows with NULL features are learned from');
SELECT is(rows_left_out, 10::bigint, 'those with a NULL target are not') FROM models WHERE name = 'hit';
SELECT is(bool_and(p BETWEEN 0 AND 1 AND (p > 0.95 AND hit OR p < 0.05 AND NOT hit)), true, 'the rule is learned')
FROM (SELECT predict('hit', t) AS p, hit FROM track AS t) AS s;
SELECT ok(max(abs(predict_margin('hit', t) - ln(predict('hit', t) / (1 - predict('hit', t))))) < 1e-9, 'the margin is the log-odds') FROM track AS t;
SELECT ok(bool_and(predict_class('hit', t) = (predict('hit', t) >= 0.5)::text), 'the class is true from 0.5 on') FROM track AS t;
SELECT ok(bool_and(predict_probabilities('hit', t) = ARRAY[1 - predict('hit', t), predict('hit', t)]), 'the probabilities are those of false and true') FROM track AS t;
SELECT results_eq($$SELECT * FROM classes(get_model('hit'))$$, $$VALUES (1, 'false'), (2, 'true')$$, 'as classes() says');
SELECT ok(bool_and(predict(get_model('hit'), f) = (SELECT predict('hit', f))), 'by model as by name') FROM (SELECT * FROM feature LIMIT 5) AS f;
SELECT results_eq($$SELECT metric, round(value::numeric, 9) FROM evaluate('hit', 'SELECT * FROM track')$$,
	$$SELECT metric, round(value::numeric, 9) FROM (SELECT count(*) AS n, accuracy(p >= 0.5, hit) AS a, musicintel.precision(p >= 0.5, hit) AS p, recall(p >= 0.5, hit) AS r,
			specificity(p >= 0.5, hit) AS s, f1(p >= 0.5, hit) AS f, auc(p, hit) AS u, log_loss(p, hit) AS l, brier(p, hit) AS b
			FROM (SELECT predict('hit', t) AS p, hit FROM track AS t) AS scored) AS figures,
		LATERAL (VALUES ('rows', n), ('rows_left_out', 0), ('accuracy', a), ('precision', p), ('recall', r), ('specificity', s), ('f1', f), ('auc', u), ('log_loss', l),
			('brier', b)) AS v (metric, value)$$, 'evaluate');
SELECT is(to_json(get_model('hit')) ->> 'null_policy', 'missing', 'the model says that it knows missing values');
SELECT ok(model::text::model = model AND predict(model::text::model, f) = predict(model, f), 'a model there and back as text')
FROM (SELECT get_model('hit') AS model) AS m, (SELECT * FROM feature LIMIT 1) AS f;

---- a number ------------------------------------------------------------------------------------------------------------
SELECT is((train('popularity', 'gradient_boosting', 'SELECT popularity, tempo, loud, feel, shelf, explicit, noise FROM track', 'popularity')).rows, 2000::bigint,
	'a number is a target too');
SELECT ok(max(abs(predict('popularity', t) - popularity)) < 1.5, 'its rule is learned, missing values and all') FROM track AS t;
SELECT ok(bool_and(predict('popularity', t) = predict_margin('popularity', t)), 'the margin is the prediction') FROM track AS t;
SELECT results_eq($$SELECT metric FROM evaluate('popularity', 'SELECT * FROM track')$$,
	$$VALUES ('rows'), ('rows_left_out'), ('r_squared'), ('mean_absolute_error'), ('root_mean_squared_error'), ('median_absolute_error')$$, 'evaluated as a number');
CREATE FUNCTION fitted(target text, options jsonb DEFAULT '{}', features text DEFAULT 'tempo, loud, feel, shelf, explicit, noise') RETURNS model
LANGUAGE sql AS $$ SELECT model FROM musicintel.fit('gradient_boosting', format('SELECT %s AS y, %s FROM public.track ORDER BY id', target, features), 'y', options) $$;
CREATE TABLE fit AS SELECT objective, fitted('popularity', jsonb_build_object('objective', objective, 'alpha', 0.9)) AS model
FROM unnest(ARRAY['regression', 'regression_l1', 'quantile', 'poisson']) AS objective;
SELECT is((SELECT model FROM fit WHERE objective = 'regression'), fitted('popularity'), 'squared error is the objective of a number');
SELECT is(summary(model) ->> 'objective', objective, 'objective ' || objective) FROM fit ORDER BY objective;
SELECT ok(abs(avg(predict(model, t)) / avg(popularity) - 1) < 1e-3 AND bool_and(abs(ln(predict(model, t)) - predict_margin(model, t)) < 1e-12),
	'poisson: means that are met, and their logarithms as margins') FROM fit, track AS t WHERE objective = 'poisson';
SELECT ok(avg((popularity <= predict(model, t))::int) BETWEEN 0.85 AND 0.95, 'quantile: nine of ten are below') FROM fit, track AS t WHERE objective = 'quantile';
SELECT ok(avg(abs(predict(model, t) - popularity)) < 0.5, 'regression_l1: near to it') FROM fit, track AS t WHERE objective = 'regression_l1';
SELECT is(summary(fitted('hit::int', '{"objective": "binary"}')) ->> 'objective', 'binary', 'a number of 0 and 1 may be a boolean');
SELECT ok(predict(fitted('hit', '{"objective": "regression"}'), f) BETWEEN -1 AND 2, 'and a boolean a number') FROM (SELECT * FROM feature LIMIT 1) AS f;

---- one of several classes ----------------------------------------------------------------------------------------------
SELECT is((train('genre', 'gradient_boosting', 'SELECT genre, tempo, loud, feel, shelf, explicit, noise FROM track', 'genre')).rows, 2000::bigint, 'a text is a target too');
SELECT results_eq($$SELECT * FROM classes(get_model('genre'))$$, $$VALUES (1, 'folk'), (2, 'pop'), (3, 'rock')$$, 'its classes in order');
SELECT is(count(*) FILTER (WHERE predict_class('genre', t) = genre), 2000::bigint, 'its rule is learned') FROM track AS t;
CREATE TABLE chance AS SELECT genre, predict_probabilities('genre', t) AS p, predict_class('genre', t) AS class FROM track AS t;
SELECT ok(max(abs(p[1] + p[2] + p[3] - 1)) < 1e-12 AND min(least(p[1], p[2], p[3])) > 0, 'probabilities that sum to 1') FROM chance;
SELECT ok(bool_and(p[array_position(ARRAY['folk', 'pop', 'rock'], class)] = greatest(p[1], p[2], p[3])), 'the class is the likeliest') FROM chance;
SELECT results_eq($$SELECT metric, round(value::numeric, 9) FROM evaluate('genre', 'SELECT * FROM track')$$,
	$$SELECT metric, round(value::numeric, 9) FROM (SELECT avg((class = genre)::int) AS a, avg(-ln(p[array_position(ARRAY['folk', 'pop', 'rock'], genre)])) AS l FROM chance) AS f,
		LATERAL (VALUES ('rows', 2000), ('rows_left_out', 0), ('accuracy', a), ('log_loss', l)) AS v (metric, value)$$, 'evaluate');
SELECT results_eq($$SELECT metric, round(value::numeric, 3) FROM evaluate('genre', $q$SELECT 'polka' AS genre, tempo, loud, feel, shelf, explicit, noise FROM track$q$)$$,
	$$VALUES ('rows', 2000::numeric), ('rows_left_out', 0), ('accuracy', 0), ('log_loss', 36.044)$$, 'a class that training never saw is never right');
SELECT throws_ok($$SELECT predict('genre', t) FROM track AS t$$, '0A000', 'model predicts one of 3 classes, not a number', 'predict() of classes');
SELECT throws_ok($$SELECT predict_margin('genre', t) FROM track AS t$$, '0A000', 'model predicts one of 3 classes, not a number', 'predict_margin() of classes');
SELECT throws_ok($$SELECT evaluate('genre', 'SELECT 1 AS genre, tempo, loud, feel, shelf, explicit, noise FROM track')$$, '42804',
	'target "genre" is no text, the model predicts a class, a text', 'evaluated against a number');
SELECT throws_ok($$SELECT evaluate('hit', $q$SELECT 'yes' AS hit, tempo, loud, feel, shelf, explicit, noise FROM track$q$)$$, '42804',
	'target "hit" is text, the model predicts a boolean', 'a probability against a text');
SELECT throws_ok($$SELECT predict_class('popularity', t) FROM track AS t$$, '0A000', 'model predicts a number, not a class', 'classes of a number');
SELECT throws_ok($$SELECT predict_probabilities('popularity', t) FROM track AS t$$, '0A000', 'model predicts a number, not a class', 'their probabilities');
SELECT throws_ok($$SELECT * FROM classes(get_model('popularity'))$$, '0A000', 'model predicts a number, not a class', 'their list');
SELECT is(summary(fitted('feel')) ->> 'objective', 'multiclass', 'an enum is a text');

---- missing values ------------------------------------------------------------------------------------------------------
SELECT ok(abs(predict('popularity', s) - predict('popularity', m) - 5) < 1, 'a missing value is a value of its own')
FROM (SELECT 0.0 AS tempo, NULL::int AS loud, 'calm' AS feel, 'b' AS shelf, true AS explicit, 0 AS noise) AS s, (SELECT * FROM feature WHERE loud IS NOT NULL AND tempo = 0 LIMIT 1) AS m;
SELECT is(predict('hit', u), predict('hit', n), 'a category never seen is missing')
FROM (SELECT 1 AS tempo, 1 AS loud, 'wild' AS feel, NULL AS shelf, true AS explicit, 0 AS noise) AS n,
	(SELECT 1 AS tempo, 1 AS loud, 'wild' AS feel, 'under the bed' AS shelf, true AS explicit, 0 AS noise) AS u;
SELECT is(predict('popularity', nan), predict('popularity', no), 'so is NaN')
FROM (SELECT 0 AS tempo, 'NaN'::float8 AS loud, 'calm' AS feel, 'b' AS shelf, true AS explicit, 0 AS noise) AS nan,
	(SELECT 0 AS tempo, NULL::float8 AS loud, 'calm' AS feel, 'b' AS shelf, true AS explicit, 0 AS noise) AS no;
SELECT is(fitted('popularity', features => $$coalesce(loud, 'NaN') AS loud$$), fitted('popularity', features => 'loud'), 'also in training');
SELECT isnt(predict('hit', f), NULL, 'nothing known: an answer all the same') FROM (SELECT NULL::int AS tempo, NULL::int AS loud, NULL::text AS feel, NULL::text AS shelf,
	NULL::boolean AS explicit, NULL::int AS noise) AS f;
SELECT is(predict('hit', NULL::feature), NULL, 'no row: NULL');

---- columns that are no features ----------------------------------------------------------------------------------------
SELECT is(to_json(model) #> '{features,0,name}', '"tempo"', 'weight_by names a column that is no feature') FROM (SELECT fitted('hit', '{"weight_by": "w"}', '1 AS w, tempo') AS model) AS f;
SELECT is(jsonb_array_length(to_json(fitted('hit', '{"weight_by": "w", "group_by": "listener"}', '1 AS w, tempo, listener')) -> 'features'), 1, 'nor do the others');
SELECT ok(abs(predict(model, f) - sum_wy / sum_w) < 1e-6, 'weights weigh: a mean by weight')
FROM (SELECT fitted('popularity', '{"weight_by": "w", "num_iterations": 1}', 'id AS w, 0 AS x') AS model,
		(SELECT sum(id * popularity) FROM track) AS sum_wy, (SELECT sum(id) FROM track) AS sum_w) AS m,
	(SELECT 0 AS x) AS f;
SELECT is(fitted('popularity', '{"weight_by": "w"}', '2::numeric AS w, tempo'), fitted('popularity', '{"weight_by": "w"}', '2.0::real AS w, tempo'), 'whatever kind of number they are');
SELECT is(rows_left_out, 500::bigint, 'rows whose weight is NULL are left out') FROM fit('gradient_boosting', 'SELECT hit, tempo, CASE WHEN id % 4 > 0 THEN 1 END AS w FROM track', 'hit',
	'{"weight_by": "w"}');
CREATE TABLE stopped AS SELECT fitted('popularity', '{"group_by": "listener", "early_stopping_round": 5, "num_iterations": 1000, "validation_fraction": 0.2}',
	'tempo, loud, noise, listener') AS model;
SELECT ok((summary(model) ->> 'rows_held_out')::int BETWEEN 100 AND 900 AND (summary(model) ->> 'rows_held_out')::int % 50 = 0, 'group_by holds out whole groups') FROM stopped;
SELECT ok((summary(model) ->> 'iterations')::int BETWEEN 1 AND 999, 'and training stops early') FROM stopped;
SELECT ok(count(validation_loss) = count(*) AND count(*) >= min((summary(model) ->> 'iterations')::int), 'the curve shows what was held out') FROM stopped, learning_curve(model);
SELECT is((SELECT model FROM stopped), fitted('popularity', '{"group_by": "listener", "early_stopping_round": 5, "num_iterations": 1000, "validation_fraction": 0.2}',
	'tempo, loud, noise, listener'), 'the same groups every time');
CREATE TABLE by_time AS SELECT kind, fitted('popularity', '{"time_by": "moment", "early_stopping_round": 5}', 'tempo, loud, noise, ' || kind || ' AS moment') AS model
FROM unnest(ARRAY['at', 'at::timestamp', 'extract(epoch FROM at)', 'id', 'id::real']) AS kind;
SELECT is((SELECT count(DISTINCT model::text) FROM by_time), 1::bigint, 'time_by takes timestamps and numbers, all in one order');
SELECT is((summary(model) ->> 'rows_held_out')::int, 200, 'the newest tenth is held out') FROM by_time WHERE kind = 'at';
SELECT is((summary(fitted('popularity', '{"time_by": "at", "early_stopping_round": 5}', 'tempo, at::date AS at')) ->> 'rows_held_out')::int, 213, 'or dates: whole days');
SELECT ok(count(validation_loss) = 0 AND bool_and(training_loss > 0), 'without early stopping nothing is held out') FROM learning_curve(get_model('popularity'));
SELECT is(count(*), 0::bigint, 'the training loss falls') FROM (SELECT training_loss - lag(training_loss) OVER (ORDER BY iteration) AS change
	FROM learning_curve(get_model('popularity'))) AS curve WHERE change > 1e-9;

---- options -------------------------------------------------------------------------------------------------------------
SELECT is(fitted('hit', '{"seed": 3, "bagging_fraction": 0.5, "bagging_freq": 1}'), fitted('hit', '{"seed": 3, "bagging_fraction": 0.5, "bagging_freq": 1}'), 'the same seed, the same bytes');
SELECT isnt(fitted('hit', '{"seed": 3, "bagging_fraction": 0.5, "bagging_freq": 1}'), fitted('hit', '{"seed": 4, "bagging_fraction": 0.5, "bagging_freq": 1}'), 'another seed, others');
SELECT is(array_agg(seed ORDER BY seed), ARRAY[0, 77, NULL]::bigint[], 'the registry keeps the seed')
FROM (SELECT seed FROM fit('gradient_boosting', 'SELECT popularity, tempo FROM track', 'popularity', '{"seed": 77}')
	UNION ALL SELECT seed FROM models WHERE name = 'hit' UNION ALL SELECT seed FROM fit('linear_regression', 'SELECT popularity, tempo FROM track', 'popularity', '{}')) AS s;
SELECT is(fitted('hit', '{"parallel_workers": 0}'), fitted('hit', '{"parallel_workers": 2}'), 'no worker or two: the same bytes');
SELECT is(max(n), 4::bigint, 'num_leaves') FROM (SELECT count(*) AS n FROM trees(fitted('hit', '{"num_leaves": 4}')) WHERE is_leaf GROUP BY tree) AS t;
SELECT is(max(depth), 2, 'max_depth') FROM trees(fitted('hit', '{"max_depth": 2}'));
SELECT ok(min(rows) >= 100, 'min_data_in_leaf') FROM trees(fitted('popularity', '{"min_data_in_leaf": 100}')) WHERE is_leaf;
SELECT ok(bool_and(p >= before), 'monotone_constraints')
FROM (SELECT p, lag(p) OVER (ORDER BY x) AS before
	FROM (SELECT x, predict(model, s) AS p FROM (SELECT fitted('popularity', '{"monotone_constraints": {"loud": 1}}', 'loud')) AS m (model),
		(SELECT i AS x, i AS loud FROM generate_series(0, 22) AS i) AS s) AS predicted) AS neighbours;
SELECT ok(predict(fitted('hit', '{"class_weight": {"true": 10}, "num_iterations": 5}', 'noise'), s) > 0.6, 'class_weight') FROM (SELECT 0 AS noise) AS s;

---- an aggregate --------------------------------------------------------------------------------------------------------
CREATE TABLE model_of_array AS SELECT gradient_boosting_fit(popularity::float8, ARRAY[tempo, loud, noise]::float8[] ORDER BY id) AS model FROM track;
SELECT ok(bool_and(predict(model, ARRAY[tempo, loud, noise]) = predict(f, t)), 'the aggregate learns as train() does, NULL elements being missing values')
FROM model_of_array, (SELECT fitted('popularity', features => 'tempo, loud, noise')) AS m (f), track AS t;
SELECT is(to_json(model) #>> '{features,2,name}', 'x3', 'elements have numbers for names') FROM model_of_array;
SELECT is(to_json(gradient_boosting_fit(hit, ARRAY[tempo, loud]::float8[], '{"features": ["tempo", "loud"], "num_iterations": 2}')) #>> '{features,1,name}', 'loud', 'or those given') FROM track;
SELECT is(summary(gradient_boosting_fit(hit, ARRAY[tempo]::float8[])) ->> 'objective', 'binary', 'of a boolean') FROM track;
SELECT results_eq($$SELECT feel::text, summary(gradient_boosting_fit(popularity::float8, ARRAY[tempo, loud]::float8[], '{"num_iterations": 3}')) ->> 'n' FROM track WHERE id > 100 GROUP BY feel$$,
	$$SELECT feel::text, count(*)::text FROM track WHERE id > 100 GROUP BY feel$$, 'by group');
SELECT is(summary(gradient_boosting_fit(CASE WHEN id > 10 THEN popularity::float8 END, CASE WHEN id > 20 THEN ARRAY[tempo]::float8[] END)) ->> 'n', '1980',
	'a NULL y or x does not count') FROM track;
SELECT is(gradient_boosting_fit(popularity::float8, ARRAY[tempo]::float8[]), NULL, 'no row: NULL') FROM track WHERE false;
SELECT ok(abs(predict(model, ARRAY[0, NULL, 0]) - predict(model, ARRAY[0, 'NaN'::float8, 0])) = 0, 'NULL and NaN are the same') FROM model_of_array;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
ALTER TABLE track SET (parallel_workers = 2);
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
SELECT ok(EXISTS (SELECT FROM plan_of('SELECT gradient_boosting_fit(popularity::float8, ARRAY[tempo]::float8[]) FROM track') AS line WHERE line LIKE '%Partial%Aggregate%'),
	'the planner splits the aggregate over workers');
SELECT is(summary(gradient_boosting_fit(popularity::float8, ARRAY[tempo, loud]::float8[], '{"num_iterations": 3, "monotone_constraints": {"x1": 1}, "features": ["x1", "x2"]}')) ->> 'n',
	'2000', 'states are put together in parallel plans, options and all') FROM track;
RESET max_parallel_workers_per_gather;
RESET min_parallel_table_scan_size;
RESET parallel_tuple_cost;
RESET parallel_setup_cost;
SELECT throws_ok($$SELECT gradient_boosting_fit(1.0::float8, x) FROM (VALUES (ARRAY[1, 2]::float8[]), (ARRAY[1])) AS v (x)$$, '22023',
	'array of features has 1 elements in row 2, 2 in the rows before', 'arrays of different lengths');
SELECT throws_ok($$SELECT gradient_boosting_fit(hit, ARRAY[1]::float8[], '{"weight_by": "w"}') FROM track$$, '22023', 'option "weight_by" cannot be given here', 'no columns but the array');
SELECT throws_ok($$SELECT gradient_boosting_accumulate(NULL, 1, ARRAY[1])$$, '0A000', 'function gradient_boosting_accumulate can only be called by an aggregate',
	'transition function called by hand');
CREATE AGGREGATE own_state(float8, float8[]) (SFUNC = gradient_boosting_accumulate, STYPE = bytea, INITCOND = '\x00', FINALFUNC = gradient_boosting_finish);
SELECT throws_ok($$SELECT own_state(popularity::float8, ARRAY[tempo]::float8[]) FROM track$$, 'XX001', 'not the state of an aggregate', 'a state of one''s own');

---- a look inside -------------------------------------------------------------------------------------------------------
-- The margin by following the trees in SQL, as the comment on trees() tells.
CREATE TABLE node AS SELECT n.* FROM trees(get_model('popularity')) AS n;
CREATE TABLE base AS SELECT (to_json(get_model('popularity')) #>> '{parameters,base_scores,0}')::float8 AS score;
CREATE TABLE value AS SELECT id, v.* FROM track, LATERAL (VALUES ('tempo', tempo::float8, NULL), ('loud', loud::float8, NULL), ('feel', NULL, feel::text), ('shelf', NULL, shelf),
	('explicit', explicit::int::float8, NULL), ('noise', noise, NULL)) AS v (feature, number, category) WHERE id <= 50;
CREATE TABLE reached AS
WITH RECURSIVE walk AS (
	SELECT id, n.* FROM node AS n, generate_series(1, 50) AS id WHERE n.node = 1
	UNION ALL
	SELECT w.id, n.* FROM walk AS w JOIN value AS v ON v.id = w.id AND v.feature = w.feature
		JOIN node AS n ON n.tree = w.tree AND n.node = CASE
			WHEN CASE WHEN w.categories IS NOT NULL THEN coalesce(v.category = ANY (w.categories), w.missing_left) ELSE coalesce(v.number <= w.threshold, w.missing_left) END
			THEN w.left_child ELSE w.right_child END)
SELECT id, sum(value) AS sum FROM walk WHERE is_leaf GROUP BY id;
SELECT ok(max(abs(score + sum - predict_margin('popularity', t))) < 1e-9, 'trees(): following them gives the margin') FROM reached JOIN track AS t USING (id), base;
SELECT is(count(*), 100::bigint, 'each has one root') FROM node WHERE parent IS NULL AND node = 1 AND depth = 0;
SELECT is(count(*), 0::bigint, 'each other node has the parent that it says') FROM node AS n LEFT JOIN node AS p ON p.tree = n.tree AND p.node = n.parent AND n.node IN (p.left_child, p.right_child)
	AND n.depth = p.depth + 1 WHERE n.node > 1 AND p.node IS NULL;
SELECT is(count(*), 0::bigint, 'rows are those of the children together') FROM node AS n JOIN node AS l ON l.tree = n.tree AND l.node = n.left_child
	JOIN node AS r ON r.tree = n.tree AND r.node = n.right_child WHERE n.rows <> l.rows + r.rows;
SELECT results_eq('SELECT DISTINCT is_leaf, feature IS NULL, left_child IS NULL, gain IS NULL, threshold IS NULL AND categories IS NULL FROM node ORDER BY 1',
	'VALUES (false, false, false, false, false), (true, true, true, true, true)', 'what a leaf does not have is NULL');
SELECT is((SELECT array_agg(DISTINCT class) FROM trees(get_model('genre'))), ARRAY['folk', 'pop', 'rock'], 'trees of several classes say whose they are');
SELECT results_eq($$SELECT feature, gain, split_count FROM importance(get_model('popularity'))$$,
	$$SELECT f.feature, coalesce(sum(gain), 0) AS gain, count(gain) FROM unnest(ARRAY['tempo', 'loud', 'feel', 'shelf', 'explicit', 'noise']) WITH ORDINALITY AS f (feature, n)
		LEFT JOIN node USING (feature) GROUP BY f.feature, n ORDER BY gain DESC, n$$, 'importance(): what the trees say, every feature');
SELECT ok(max(gain) FILTER (WHERE feature IN ('tempo', 'loud')) > 10 * max(gain) FILTER (WHERE feature = 'feel'), 'what matters matters most') FROM importance(get_model('popularity'));
SELECT throws_ok($$SELECT coefficients(get_model('hit'))$$, '0A000', 'a gradient_boosting model does not offer coefficients', 'what trees do not have');
SELECT throws_ok($$SELECT importance(model), trees(model), to_sql(model), learning_curve(model) FROM (SELECT linear_regression_fit(1.0, ARRAY[1.0, i]) AS model
		FROM generate_series(1, 9) AS i) AS m$$,
	'0A000', 'a linear_regression model does not offer importance', 'what linear models do not have');
SELECT throws_ok($$SELECT trees(linear_regression_fit(1.0, ARRAY[1.0, i])) FROM generate_series(1, 9) AS i$$, '0A000', 'a linear_regression model does not offer trees', 'trees');
SELECT throws_ok($$SELECT to_sql(linear_regression_fit(1.0, ARRAY[1.0, i])) FROM generate_series(1, 9) AS i$$, '0A000', 'a linear_regression model does not offer to_sql', 'to_sql');
SELECT throws_ok($$SELECT learning_curve(linear_regression_fit(1.0, ARRAY[1.0, i])) FROM generate_series(1, 9) AS i$$, '0A000',
	'a linear_regression model does not offer learning_curve', 'learning_curve');

---- in plain SQL --------------------------------------------------------------------------------------------------------
CREATE FUNCTION by_expression(name text, source text) RETURNS TABLE (id int, p float8)
LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE format('SELECT id, (%s)::float8 FROM %s', musicintel.to_sql(musicintel.get_model(name)), source); END $$;
CREATE FUNCTION probabilities_by_expression(name text, source text) RETURNS TABLE (id int, p float8[])
LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE format('SELECT id, %s FROM %s', musicintel.to_sql(musicintel.get_model(name)), source); END $$;
SELECT ok(max(abs(p - predict(name, t))) < 1e-9, 'to_sql() of ' || name || ' scores as predict()')
FROM unnest(ARRAY['hit', 'popularity']) AS name, by_expression(name, '(SELECT * FROM track WHERE id <= 200) AS t') JOIN track AS t USING (id) GROUP BY name ORDER BY name;

SELECT ok(bool_and(abs(p[1] - q[1]) + abs(p[2] - q[2]) + abs(p[3] - q[3]) < 1e-9), 'of several classes the probabilities')
FROM probabilities_by_expression('genre', '(SELECT * FROM track WHERE id <= 200) AS t') AS e (id, p)
	JOIN LATERAL (SELECT predict_probabilities('genre', t) AS q FROM track AS t WHERE t.id = e.id) AS predicted ON true;

---- explained -----------------------------------------------------------------------------------------------------------
SELECT ok(max(abs((SELECT sum(contribution) FROM explain(name, t)) - predict_margin(name, t))) < 1e-9, 'contributions and base of ' || name || ' sum to the margin')
FROM unnest(ARRAY['hit', 'popularity']) AS name, track AS t WHERE id <= 200 GROUP BY name ORDER BY name;
SELECT ok(max(abs((SELECT sum(contribution) FROM explain(model, ARRAY[tempo, loud, noise])) - predict_margin(model, ARRAY[tempo, loud, noise]))) < 1e-9, 'of arrays with NULLs too')
FROM model_of_array, track WHERE id <= 100;
SELECT results_eq($$SELECT feature, value, class FROM explain('hit', (SELECT f FROM feature AS f WHERE loud IS NULL AND shelf IS NOT NULL LIMIT 1))$$,
	$$SELECT v.*, NULL::text FROM (SELECT * FROM feature WHERE loud IS NULL AND shelf IS NOT NULL LIMIT 1) AS f, LATERAL (VALUES ('(base)', NULL), ('tempo', tempo::text), ('loud', NULL),
		('feel', feel::text), ('shelf', shelf), ('explicit', explicit::text), ('noise', noise::text)) AS v (feature, value)$$, 'values as the model saw them, NULL when missing');
CREATE TABLE of_class AS SELECT id, class, sum(contribution) AS margin, count(*) AS n FROM track AS t, LATERAL explain('genre', t) WHERE id <= 100 GROUP BY id, class;
SELECT is((SELECT array_agg(DISTINCT class || n) FROM of_class), ARRAY['folk7', 'pop7', 'rock7'], 'several classes: each is explained');
SELECT ok(max(abs(exp(margin) / total - p[array_position(ARRAY['folk', 'pop', 'rock'], class)])) < 1e-12, 'by its margin')
FROM (SELECT *, sum(exp(margin)) OVER (PARTITION BY id) AS total FROM of_class) AS m JOIN (SELECT id, predict_probabilities('genre', t) AS p FROM track AS t) AS t USING (id);
SELECT results_eq($$SELECT class, array_agg(feature) FROM (SELECT e.* FROM track AS t, LATERAL explain_top('genre', t, 1) AS e WHERE id = 5) AS e
		WHERE feature LIKE '(%' GROUP BY class ORDER BY class$$,
	$$VALUES ('folk', ARRAY['(base)', '(others)']), ('pop', ARRAY['(base)', '(others)']), ('rock', ARRAY['(base)', '(others)'])$$, 'and the largest of each');

\i test/pgtap/end.psql
