\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(6);

-- LightGBM's example data, which is no part of this repository: 7,000 rows to learn from, 500 to test. With 100 trees of 31 leaves and a learning rate of
-- 0.1, scikit-learn's HistGradientBoostingClassifier has a test AUC of 0.8333 and XGBoost one of 0.8236; the standard error of either is 0.02.
\set have_boosting `test -r "$MUSICINTEL_DATA/reference/boosting/binary.train" && echo true || echo false`

\if :have_boosting
SET search_path = public, musicintel;
SELECT format('CREATE TABLE %s (y float8, %s)', t, string_agg(format('x%s float8', i), ', ')) FROM generate_series(1, 28) AS i, unnest(ARRAY['example', 'test']) AS t GROUP BY t \gexec
\set copy '\\copy example FROM ''' :data '/reference/boosting/binary.train'''
:copy
\set copy '\\copy test FROM ''' :data '/reference/boosting/binary.test'''
:copy

SELECT format('CREATE VIEW learned AS SELECT y = 1 AS hit, %s FROM example', string_agg('x' || i, ', ')) FROM generate_series(1, 28) AS i \gexec
SELECT format('CREATE VIEW judged AS SELECT y = 1 AS hit, %s FROM test', string_agg('x' || i, ', ')) FROM generate_series(1, 28) AS i \gexec
SELECT is((train('hit', 'gradient_boosting', 'SELECT * FROM learned', 'hit')).rows, 7000::bigint, 'trained');
SELECT ok(abs(value - 0.8333) < 0.02, 'the area under the curve is that of the peers') FROM evaluate('hit', 'SELECT * FROM judged') WHERE metric = 'auc';
SELECT ok(abs(auc(predict(model, t), hit) - 0.8333) < 0.02, 'with histograms of doubles too')
FROM fit('gradient_boosting', 'SELECT * FROM learned', 'hit', '{"use_quantized_grad": false}'), judged AS t;
-- Every third number is missing, by a hash of its place.
SELECT format('CREATE VIEW holes AS SELECT hit, %s FROM (SELECT *, row_number() OVER () AS n FROM learned) AS l',
	string_agg(format('CASE WHEN (n * 31 + %s * 17) %% 10 > 2 THEN x%1$s END AS x%1$s', i), ', '))
FROM generate_series(1, 28) AS i \gexec
SELECT ok(auc(predict(model, t), hit) > 0.77, 'three in ten numbers missing: still far above chance') FROM fit('gradient_boosting', 'SELECT * FROM holes', 'hit', '{}'), judged AS t;
SELECT ok(max(abs((SELECT sum(contribution) FROM explain('hit', t)) - predict_margin('hit', t))) < 1e-9, 'contributions and base sum to the margin') FROM judged AS t;
SELECT ok(bool_and(predict(model, t) = predict('hit', t)), 'a model there and back as text') FROM (SELECT get_model('hit')::text::model AS model) AS m, judged AS t;
\else
SELECT skip('reference/boosting/binary.train is not in the directory that MUSICINTEL_DATA names', 6);
\endif

\i test/pgtap/end.psql
