\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(53);

SET search_path = public, musicintel;

---- Models of LightGBM and XGBoost, and what these answer: test/reference/model_exchange.py ---------------------------
\set lightgbm_binary `cat test/fixtures/lightgbm_binary.txt`
\set lightgbm_multiclass `cat test/fixtures/lightgbm_multiclass.txt`
\set lightgbm_poisson `cat test/fixtures/lightgbm_poisson.txt`
\set xgboost_binary `cat test/fixtures/xgboost_binary.json`
\set xgboost_multiclass `cat test/fixtures/xgboost_multiclass.json`
\set xgboost_poisson `cat test/fixtures/xgboost_poisson.json`

CREATE TABLE numbers (tempo float8, loudness float8, key float8, plays float8, explicit float8, margin float8);
CREATE TABLE texts (tempo float8, loudness float8, key float8, plays float8, explicit float8, genre text, sad float8, so_so float8, happy float8);
CREATE TABLE fewer_texts (tempo float8, loudness float8, plays float8, explicit float8, genre text, sad float8, so_so float8, happy float8);
CREATE TABLE fitted (name text, model model);
INSERT INTO fitted VALUES ('lightgbm_binary', from_lightgbm(:'lightgbm_binary', 'skipped')), ('lightgbm_poisson', from_lightgbm(:'lightgbm_poisson')),
	('xgboost_binary', from_xgboost(:'xgboost_binary', 'skipped')), ('xgboost_poisson', from_xgboost(:'xgboost_poisson')),
	('lightgbm_multiclass', from_lightgbm(:'lightgbm_multiclass', 'mood', ARRAY['sad', 'so so', 'happy'])),
	('xgboost_multiclass', from_xgboost(:'xgboost_multiclass', 'mood', ARRAY['sad', 'so so', 'happy']));
CREATE FUNCTION a(name text) RETURNS model LANGUAGE sql STABLE AS $$ SELECT f.model FROM fitted f WHERE f.name = a.name $$;

\copy numbers FROM 'test/fixtures/lightgbm_binary.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER, QUOTE E'\b')
SELECT ok(max(abs(predict_margin(a('lightgbm_binary'), n) - margin)) < 1e-12 AND count(*) = 40, 'LightGBM, binary: rows by column name') FROM numbers n;
SELECT ok(max(abs(predict(a('lightgbm_binary'), ARRAY[tempo, loudness, key, plays, explicit]) - 1 / (1 + exp(-1.5 * margin)))) < 1e-12, 'and arrays, through the link')
FROM numbers n;
SELECT ok(max(abs(predict(from_lightgbm(to_lightgbm(a('lightgbm_binary'))), n) - predict(a('lightgbm_binary'), n))) < 1e-15, 'there and back again') FROM numbers n;
SELECT ok(max(abs(predict(from_xgboost(to_xgboost(a('lightgbm_binary'))), n) - predict(a('lightgbm_binary'), n))) < 1e-6, 'by way of XGBoost') FROM numbers n;
SELECT ok(max(abs(margin - (SELECT sum(contribution) FROM explain(a('lightgbm_binary'), n)))) < 1e-9, 'explanations add up to the margin') FROM numbers n;
SELECT is(predict_margin(a('lightgbm_binary'), ARRAY[NULL, -5, NULL, NULL, 1]), predict_margin(a('lightgbm_binary'), ARRAY['NaN', -5, 'NaN', 'NaN', 1]::float8[]),
	'NULL is missing');
TRUNCATE numbers;
\copy numbers FROM 'test/fixtures/lightgbm_poisson.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER, QUOTE E'\b')
SELECT ok(max(abs(predict(a('lightgbm_poisson'), n) / exp(margin) - 1)) < 1e-12, 'LightGBM, Poisson, zero as missing') FROM numbers n;
TRUNCATE numbers;
\copy numbers FROM 'test/fixtures/xgboost_binary.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER, QUOTE E'\b')
SELECT ok(max(abs(predict(a('xgboost_binary'), n) - 1 / (1 + exp(-margin)))) < 1e-6, 'XGBoost, binary: rows by column name') FROM numbers n;
SELECT ok(max(abs(predict(a('xgboost_binary'), ARRAY[tempo, loudness, key, plays, explicit]) - 1 / (1 + exp(-margin)))) < 1e-6, 'and arrays') FROM numbers n;
SELECT ok(max(abs(predict(from_xgboost(to_xgboost(a('xgboost_binary'))), n) - predict(a('xgboost_binary'), n))) < 1e-6, 'there and back again') FROM numbers n;
SELECT ok(max(abs(predict(from_lightgbm(to_lightgbm(a('xgboost_binary'))), n) - predict(a('xgboost_binary'), n))) < 1e-15, 'by way of LightGBM') FROM numbers n;
SELECT ok(max(abs(predict_margin(a('xgboost_binary'), n) - (SELECT sum(contribution) FROM explain(a('xgboost_binary'), n)))) < 1e-9,
	'explanations add up to the margin') FROM numbers n;
TRUNCATE numbers;
\copy numbers FROM 'test/fixtures/xgboost_poisson.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER, QUOTE E'\b')
SELECT ok(max(abs(predict(a('xgboost_poisson'), n) / exp(margin) - 1)) < 1e-6, 'XGBoost 2, Poisson') FROM numbers n;

\copy texts FROM 'test/fixtures/lightgbm_multiclass.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER, QUOTE E'\b', NULL 'nan')
SELECT set_eq($$ SELECT class FROM classes(a('lightgbm_multiclass')) $$, ARRAY['happy', 'sad', 'so so'], 'classes have the labels that were given');
SELECT ok(max(abs((predict_probabilities(a('lightgbm_multiclass'), t))[1] - exp(happy) / (exp(sad) + exp(so_so) + exp(happy)))) < 1e-12
	AND max(abs((predict_probabilities(a('lightgbm_multiclass'), t))[2] - exp(sad) / (exp(sad) + exp(so_so) + exp(happy)))) < 1e-12,
	'LightGBM, several classes, texts of categories') FROM texts t;
SELECT ok(max(abs((predict_probabilities(from_xgboost(to_xgboost(a('lightgbm_multiclass'))), x))[1] - (predict_probabilities(a('lightgbm_multiclass'), x))[1])) < 1e-6,
	'by way of XGBoost, texts and all') FROM (SELECT tempo, loudness, key, plays, explicit, genre FROM texts) AS x;
SELECT is(to_json(a('lightgbm_multiclass')) -> 'features' -> 5 -> 'levels', '["Blues", "a \"quote\"", "hip hop", "pop", "rock"]', 'they are the levels');
SELECT throws_ok($$ SELECT predict_class(a('lightgbm_multiclass'), ARRAY[1, 2, 3, 4, 5, 6]) $$, '22023', NULL, 'which no array of numbers can stand for');
\copy fewer_texts FROM 'test/fixtures/xgboost_multiclass.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER, QUOTE E'\b', NULL 'nan')
SELECT ok(max(abs((predict_probabilities(a('xgboost_multiclass'), x))[1] - exp(happy) / (exp(sad) + exp(so_so) + exp(happy)))) < 1e-6,
	'XGBoost, several classes, dart, texts of categories')
FROM (SELECT tempo, loudness, plays, explicit = 1 AS explicit, genre, sad, so_so, happy FROM fewer_texts) AS x;
SELECT is(to_json(a('xgboost_multiclass')) -> 'features' -> 3 ->> 'kind', 'boolean', 'its booleans are booleans');

---- Models that were trained here -------------------------------------------------------------------------------------
CREATE TABLE track AS
SELECT nullif(i % 89, 7) AS tempo, i % 3 = 0 AS explicit, nullif((ARRAY['folk', 'pop', 'rock', 'salsa'])[1 + i * i % 4 + i % 2], 'pop') AS genre, (i * 7919 % 997 + 5 * (i % 89)) % 101 AS plays,
	(ARRAY['no', 'yes', 'well'])[1 + (i * i % 89) % 3] AS liked
FROM generate_series(1, 1000) AS i;
INSERT INTO fitted SELECT 'number', model FROM fit('gradient_boosting', 'SELECT tempo, explicit, genre, plays FROM track', 'plays',
	'{"num_iterations": 20, "parallel_workers": 0, "objective": "poisson"}');
INSERT INTO fitted SELECT 'class', model FROM fit('gradient_boosting', 'SELECT tempo, explicit, genre, plays, liked FROM track', 'liked',
	'{"num_iterations": 5, "parallel_workers": 0}');
INSERT INTO fitted SELECT name || ' of LightGBM', from_lightgbm(to_lightgbm(model), classes => (ARRAY['no', 'well', 'yes'])[1:CASE name WHEN 'class' THEN 3 ELSE 0 END])
FROM fitted WHERE name IN ('number', 'class');
INSERT INTO fitted SELECT name || ' of XGBoost', from_xgboost(to_xgboost(model)) FROM fitted WHERE name IN ('number', 'class');
SELECT ok(max(abs(predict(m.model, x) / predict(f.model, t) - 1)) < 1e-12 AND min(predict(f.model, t)) < max(predict(f.model, t)),
	'to LightGBM and back, where a boolean is a number: a number')
FROM track AS t, LATERAL (SELECT t.tempo, t.explicit::integer AS explicit, t.genre) AS x, fitted AS f, fitted AS m WHERE f.name = 'number' AND m.name = 'number of LightGBM';
SELECT ok(max(abs(predict(m.model, t) / predict(f.model, t) - 1)) < 1e-6, 'to XGBoost and back: a number')
FROM track AS t, fitted AS f, fitted AS m WHERE f.name = 'number' AND m.name = 'number of XGBoost';
SELECT ok(bool_and(predict_class(m.model, x) = predict_class(f.model, t)) AND count(DISTINCT predict_class(f.model, t)) = 3, 'to LightGBM and back: a class')
FROM track AS t, LATERAL (SELECT t.tempo, t.explicit::integer AS explicit, t.genre, t.plays) AS x, fitted AS f, fitted AS m
WHERE f.name = 'class' AND m.name = 'class of LightGBM';
SELECT ok(max(abs((predict_probabilities(m.model, t))[2] - (predict_probabilities(f.model, t))[2])) < 1e-6, 'to XGBoost and back: a class')
FROM track AS t, fitted AS f, fitted AS m WHERE f.name = 'class' AND m.name = 'class of XGBoost';

---- By name -----------------------------------------------------------------------------------------------------------
SELECT is(store_model('skip', a('lightgbm_binary')), 1, 'store_model() returns the version');
SELECT is(store_model('skip', a('xgboost_binary')), 2, 'they count up');
SELECT is(store_model('skip', a('lightgbm_binary'), promote => false), 3, 'a version that is not used yet');
SELECT results_eq($$ SELECT version, is_current, algorithm, target, rows, features, query FROM models WHERE name = 'skip' ORDER BY version $$,
	$$ VALUES (1, false, 'gradient_boosting', 'skipped', 1500::bigint, 5, NULL), (2, true, 'gradient_boosting', 'skipped', NULL, 5, NULL),
		(3, false, 'gradient_boosting', 'skipped', 1500, 5, NULL) $$, 'what the registry says of them');
SELECT ok(bool_and(predict('skip', n) = predict(a('xgboost_binary'), n)), 'predict(name, row)') FROM numbers n;
SELECT lives_ok($$ SELECT promote('skip', 3) $$, 'versions are promoted as others');
SELECT ok(bool_and(predict('skip', n) = predict(a('lightgbm_binary'), n)), 'and then used') FROM numbers n;
SELECT is((SELECT value FROM evaluate('skip', 'SELECT *, tempo > 120 AS skipped FROM numbers') WHERE metric = 'rows'), 40::float8, 'evaluate() knows the target');
SELECT is(store_model('mood', a('lightgbm_multiclass')), 1, 'a model of several classes');
SELECT is((SELECT value FROM evaluate('mood', $$ SELECT *, 'sad' AS mood FROM texts $$) WHERE metric = 'rows'), 40::float8, 'is evaluated by its labels');
SELECT is(store_model('line', linear_regression_fit(x, ARRAY[x * x])), 1, 'any model is stored') FROM generate_series(1, 9) AS x;
SELECT throws_ok($$ SELECT store_model('', a('lightgbm_binary')) $$, '22004', 'store_model() needs a name and a model', 'without a name');
SELECT throws_ok($$ SELECT store_model('skip', NULL) $$, '22004', 'store_model() needs a name and a model', 'without a model');

---- What is shown of them ---------------------------------------------------------------------------------------------
CREATE FUNCTION by_numbers() RETURNS model LANGUAGE sql AS $$
	SELECT from_lightgbm(E'tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=0\nobjective=regression\n'
		|| E'feature_names=key\nfeature_infos=1:3:5:40\n\nTree=0\nnum_leaves=2\nnum_cat=1\nsplit_feature=0\nsplit_gain=1\nthreshold=0\n'
		|| E'decision_type=1\nleft_child=-1\nright_child=-2\nleaf_value=1 2\nleaf_weight=1 1\nleaf_count=1 1\ninternal_value=0\ninternal_weight=2\n'
		|| E'internal_count=2\ncat_boundaries=0 2\ncat_threshold=10 256\nis_linear=0\nshrinkage=1\n\n\nend of trees\n') $$;
SELECT is((SELECT categories FROM trees(by_numbers()) WHERE NOT is_leaf), '{1,3,40}'::text[], 'categories that have no text, by their numbers');
SELECT is(array_agg(i), '{1,3,40}'::int[], 'and those are the ones that go left') FROM generate_series(0, 70) AS i WHERE predict(by_numbers(), ARRAY[i]) = 1;
SELECT ok(count(*) > 0 AND count(rows) = 0 AND bool_and(hessian > 0), 'XGBoost does not say how many rows a node had') FROM trees(a('xgboost_binary'));
SELECT is(summary(a('xgboost_binary')) -> 'n', 'null', 'nor all of them');
SELECT throws_ok($$ SELECT from_xgboost('skips.json') $$, '22P03', NULL, 'the name of a file is no model');

---- What is refused ---------------------------------------------------------------------------------------------------
SELECT throws_ok($$ SELECT from_lightgbm('') $$, '22P03', 'this is not a LightGBM model: its first line is not "tree"', 'nothing');
SELECT throws_ok($$ SELECT from_lightgbm('tree') $$, '22P03', 'this is not a LightGBM model: it ends before the line "end of trees"', 'a beginning');
SELECT throws_ok(format('SELECT from_lightgbm(%L)', replace(:'lightgbm_binary', 'is_linear=0', 'is_linear=1')), '0A000',
	'trees with linear models in their leaves (linear_tree) are not supported', 'linear trees');
SELECT throws_ok(format('SELECT from_lightgbm(%L)', replace(:'lightgbm_binary', 'left_child=3', 'left_child=0')), '22P03',
	'tree 0 of the model makes no sense: a child comes before its parent', 'a cycle');
SELECT throws_ok(format('SELECT from_lightgbm(%L, classes => %L)', :'lightgbm_binary', '{a,b}'), '22023',
	'labels of classes were given, but the model has no classes', 'labels for no classes');
SELECT throws_ok(format('SELECT from_lightgbm(%L, classes => %L)', :'lightgbm_multiclass', '{a,b,NULL}'), '22023', NULL, 'a label that is NULL');
SELECT throws_ok($$ SELECT from_xgboost('{"learner": [1,]}') $$, '22P03', 'this is not JSON: a value was expected, at byte 16', 'no JSON');
SELECT throws_ok($$ SELECT from_xgboost('{"learner": {}}') $$, '22P03', 'this is not an XGBoost model: it has no learner with a gradient_booster', 'JSON of another kind');
SELECT throws_ok(format('SELECT from_xgboost(%L)', replace(replace(:'xgboost_multiclass', '"version":[3,2,0]', '"version":[4,0,0]'), '"values":[114,', '"values":[-61,')),
	'22021', NULL, 'texts that are not in the encoding of the database');
SELECT throws_ok($$ SELECT to_xgboost(a('lightgbm_poisson')) $$, '0A000', 'a split of the model takes zero for missing, which XGBoost cannot', 'what XGBoost cannot do');
SELECT throws_ok($$ SELECT to_lightgbm(linear_regression_fit(x, ARRAY[x])) FROM generate_series(1, 9) AS x $$, '0A000',
	'a linear_regression model does not offer to_lightgbm', 'models of other algorithms');

\i test/pgtap/end.psql
