\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(66);

SET search_path = public, musicintel;

---- decisions, by hand: 6 true positives, 1 false positive, 2 false negatives, 3 true negatives -------------------------
CREATE TABLE decision (predicted boolean, actual boolean);
INSERT INTO decision
SELECT predicted, actual FROM (VALUES (true, true, 6), (true, false, 1), (false, true, 2), (false, false, 3)) AS v (predicted, actual, times), generate_series(1, times);
INSERT INTO decision VALUES (NULL, true), (true, NULL), (NULL, NULL);
SELECT is(accuracy(predicted, actual), (9 / 12.0)::float8, 'accuracy; rows with a NULL do not count') FROM decision;
SELECT is(musicintel.precision(predicted, actual), 6 / 7::float8, 'precision, written with its schema') FROM decision;
SELECT is("precision"(predicted, actual), 6 / 7::float8, 'or in quotes') FROM decision;
SELECT is(recall(predicted, actual), 0.75::float8, 'recall') FROM decision;
SELECT is(specificity(predicted, actual), 0.75::float8, 'specificity') FROM decision;
SELECT is(f1(predicted, actual), 0.8::float8, 'F1') FROM decision;
SELECT is(accuracy(predicted, actual), NULL, 'no row: NULL') FROM decision WHERE false;
SELECT is(musicintel.precision(predicted, actual), NULL, 'precision, nothing predicted true: NULL') FROM decision WHERE NOT predicted;
SELECT is(recall(predicted, actual), NULL, 'recall, nothing true: NULL') FROM decision WHERE NOT actual;
SELECT is(specificity(predicted, actual), NULL, 'specificity, nothing false: NULL') FROM decision WHERE actual;
SELECT is(f1(predicted, actual), 0::float8, 'F1, nothing predicted true but some were: 0') FROM decision WHERE NOT predicted;
SELECT is(f1(predicted, actual), NULL, 'F1, nothing true and nothing predicted so: NULL') FROM decision WHERE NOT predicted AND NOT actual;
SELECT results_eq('SELECT accuracy(predicted, actual) OVER (ORDER BY predicted DESC, actual DESC ROWS 1 PRECEDING) FROM decision WHERE predicted IS NOT NULL AND actual AND predicted',
	'SELECT 1::float8 FROM generate_series(1, 6)', 'as a window function');

---- probabilities ------------------------------------------------------------------------------------------------------
CREATE TABLE forecast (probability float8, actual boolean);
INSERT INTO forecast VALUES (0.8, true), (0.3, false), (NULL, true), (0.5, NULL);
SELECT ok(abs(log_loss(probability, actual) + (ln(0.8) + ln(0.7)) / 2) < 1e-15, 'log loss') FROM forecast;
SELECT ok(abs(brier(probability, actual) - 0.065) < 1e-16, 'Brier score') FROM forecast;
SELECT is(log_loss(probability, actual), NULL, 'no row: NULL') FROM forecast WHERE false;
SELECT is(log_loss(1, true), 0::float8, 'sure and right: 0');
SELECT ok(abs(log_loss(1, false) - 52 * ln(2::float8)) < 1e-13, 'sure and wrong: as if the probability had been 2^-52');
SELECT is(brier(0, true), 1::float8, 'sure and wrong: the worst Brier score');
SELECT throws_ok('SELECT log_loss(1.5, true)', '22003', 'probability must be between 0 and 1, not 1.5', 'no probability');
SELECT throws_ok('SELECT brier(-0.1, true)', '22003', 'probability must be between 0 and 1, not -0.1', 'negative');
SELECT throws_ok($$SELECT brier('NaN', true)$$, '22003', 'probability must be between 0 and 1, not nan', 'NaN');

---- order --------------------------------------------------------------------------------------------------------------
-- Scores 4, 3, 3, 2, 1: pairs of true (4, 3, 1) and false (3, 2): won 2 + 1.5 + 0 of 6.
CREATE TABLE ranking (score float8, actual boolean);
INSERT INTO ranking VALUES (3, true), (1, true), (4, true), (2, false), (3, false), (NULL, true), (9, NULL);
SELECT is(auc(score, actual), (3.5 / 6)::float8, 'area under the curve, a tie counting half') FROM ranking;
SELECT is(auc(-score, actual), (2.5 / 6)::float8, 'turned around') FROM ranking;
SELECT is(auc(1, actual), 0.5::float8, 'all equal: chance') FROM ranking;
SELECT is(auc(score, true), NULL, 'only true ones: NULL') FROM ranking;
SELECT is(auc(score, false), NULL, 'only false ones: NULL') FROM ranking;
SELECT is(auc(score, actual), NULL, 'no row: NULL') FROM ranking WHERE false;
SELECT is(auc(CASE WHEN actual THEN 'Infinity'::float8 ELSE '-Infinity' END, actual), 1::float8, 'infinite scores have a rank') FROM ranking;
SELECT throws_ok($$SELECT auc('NaN', true)$$, '22003', 'score is NaN, which has no rank', 'NaN has none');
SELECT is(precision_at(score, actual, 0.2), 1::float8, 'precision in the top fifth') FROM ranking;
SELECT is(precision_at(score, actual, 0.4), 0.75::float8, 'two of five, one of them by lot: 1 + 1/2') FROM ranking;
SELECT is(precision_at(score, actual, 0.6), (2 / 3.0)::float8, 'three of five') FROM ranking;
SELECT is(precision_at(score, actual, 0.41), (2 / 3.0)::float8, 'a share is rounded up to whole rows') FROM ranking;
SELECT is(precision_at(score, actual, 1), 0.6::float8, 'all') FROM ranking;
SELECT is(precision_at(score, actual, 0.5), NULL, 'no row: NULL') FROM ranking WHERE false;
SELECT is(precision_at(score, actual, NULL), NULL, 'no share: NULL') FROM ranking;
SELECT throws_ok('SELECT precision_at(score, actual, 0) FROM ranking', '22023', 'share must be above 0 and at most 1, not 0', 'a share of nothing');
SELECT throws_ok('SELECT precision_at(score, actual, 1.5) FROM ranking', '22023', 'share must be above 0 and at most 1, not 1.5', 'a share of more than all');
SELECT throws_ok('SELECT precision_at(score, actual, score / 10) FROM ranking', '22023', 'share must be the same in every row', 'a share that varies');

---- median absolute error ----------------------------------------------------------------------------------------------
SELECT is(median_absolute_error(predicted, actual), 0.5::float8, 'median absolute error (the example of scikit-learn)')
FROM (VALUES (2.5, 3), (0, -0.5), (2, 2), (8, 7), (NULL, 1), (1, NULL)) AS v (predicted, actual);
SELECT is(median_absolute_error(0, x), 2::float8, 'of an odd number of rows') FROM (VALUES (1), (-2), (100)) AS v (x);
SELECT is(median_absolute_error(1, NULL), NULL, 'nothing to compare: NULL');
SELECT is(median_absolute_error(0, x), 'NaN', 'NaN is passed on') FROM (VALUES (1::float8), ('NaN'), (3)) AS v (x);

---- the same in parallel and by partitions, bit for bit where values are kept -------------------------------------------
CREATE TABLE many WITH (parallel_workers = 3) AS
SELECT (hashint4(i) & 4095) / 4096.0::float8 AS p, (hashint4(i + 1) & 4095) < (hashint4(i) & 4095) AS actual FROM generate_series(1, 30000) AS i;
ANALYZE many;
CREATE VIEW figures AS
SELECT accuracy(p >= 0.5, actual) AS a, musicintel.precision(p >= 0.5, actual) AS p, recall(p >= 0.5, actual) AS r, specificity(p >= 0.5, actual) AS s,
	f1(p >= 0.5, actual) AS f, auc(p, actual) AS u, precision_at(p, actual, 0.1) AS t, median_absolute_error(p, actual::int) AS m, log_loss(p, actual) AS l, brier(p, actual) AS b
FROM many;
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT * FROM figures;
SET LOCAL max_parallel_workers_per_gather = 3;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS false) ' || query LOOP
		plan := plan || line;
	END LOOP;
	RETURN plan;
END $$;
SELECT matches(plan_of('SELECT * FROM figures'), 'Finalize Aggregate.*Partial Aggregate.*Parallel Seq Scan', 'the plan is parallel');
SELECT results_eq('SELECT a, p, r, s, f, u, t, m FROM figures', 'SELECT a, p, r, s, f, u, t, m FROM serial', 'the same in parallel');
SELECT ok(abs(figures.l - serial.l) < 1e-12 AND abs(figures.b - serial.b) < 1e-12, 'sums to rounding') FROM figures, serial;
-- Workers may find nothing left to do; partitions do not, and their states are combined just the same.
CREATE TABLE parted (LIKE many) PARTITION BY HASH (p);
SELECT format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES WITH (MODULUS 5, REMAINDER %1$s)', i) FROM generate_series(0, 4) AS i \gexec
INSERT INTO parted SELECT * FROM many;
CREATE VIEW parted_figures AS
SELECT accuracy(p >= 0.5, actual) AS a, musicintel.precision(p >= 0.5, actual) AS p, recall(p >= 0.5, actual) AS r, specificity(p >= 0.5, actual) AS s,
	f1(p >= 0.5, actual) AS f, auc(p, actual) AS u, precision_at(p, actual, 0.1) AS t, median_absolute_error(p, actual::int) AS m, log_loss(p, actual) AS l, brier(p, actual) AS b
FROM parted;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL enable_partitionwise_aggregate = on;
SELECT matches(plan_of('SELECT * FROM parted_figures'), 'Finalize Aggregate.*Append.*Partial Aggregate', 'the plan is by partitions');
SELECT results_eq('SELECT a, p, r, s, f, u, t, m FROM parted_figures', 'SELECT a, p, r, s, f, u, t, m FROM serial', 'the same by partitions');
SELECT ok(abs(parted_figures.l - serial.l) < 1e-12 AND abs(parted_figures.b - serial.b) < 1e-12, 'sums to rounding') FROM parted_figures, serial;
SELECT results_eq('SELECT auc(p, actual) FROM (SELECT * FROM many ORDER BY p, actual) AS s', 'SELECT u FROM serial', 'in any order of rows');
-- By SQL's own ranks: the mean rank of the true ones, ties sharing theirs (Mann and Whitney).
SELECT ok(abs(u - (SELECT (sum(r) FILTER (WHERE actual) - t * (t + 1) / 2.0) / (t * (n - t))
	FROM (SELECT actual, rank() OVER (ORDER BY p) + (count(*) OVER (PARTITION BY p) - 1) / 2.0 AS r, count(*) OVER () AS n,
		count(*) FILTER (WHERE actual) OVER () AS t FROM many) AS ranks GROUP BY n, t)) < 1e-13, 'and as by ranks')
FROM serial;

---- memory -------------------------------------------------------------------------------------------------------------
SET LOCAL max_parallel_workers_per_gather = 3;
SET LOCAL musicintel.training_memory = '64kB';
SELECT throws_ok('SELECT auc(p, actual) FROM many', '53400', 'an aggregate over more than 8183 values takes more than the limit of 64 kB of memory',
	'more values than the memory allows');
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT throws_ok('SELECT auc(p, actual) FROM many', '53400', 'an aggregate over more than 8183 values takes more than the limit of 64 kB of memory',
	'in a serial plan too');
SELECT lives_ok('SELECT auc(p, actual) FROM (SELECT * FROM many LIMIT 8183) AS s', 'as many as fit');
CREATE AGGREGATE unfinished(float8, boolean) (SFUNC = ranking_metrics_accumulate, STYPE = float8[], INITCOND = '{0,0,0,0,0,0}');
SELECT ok(pg_column_size(unfinished(p, actual)) <= 65536, 'and they take no more') FROM (SELECT * FROM many LIMIT 8183) AS s;
SELECT lives_ok('SELECT auc(p, actual) FROM many GROUP BY floor(p * 10)', 'the limit is for each group');
RESET musicintel.training_memory;

---- states of one's own ------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT ranking_metrics_auc('{1,2}')$$, '22023', 'state must be an array of counts, parameters and values', 'too short for a state');
SELECT throws_ok($$SELECT ranking_metrics_auc('{2,1,0,0,0,0,1,2}')$$, '22023', 'state must be an array of counts, parameters and values', 'counts of more than there is');
SELECT throws_ok($$SELECT ranking_metrics_auc('{NaN,1,0,0,0,0,1,2}')$$, '22023', 'state must be an array of counts, parameters and values', 'a count that is none');
SELECT throws_ok($$SELECT ranking_metrics_auc('{1,1,0,0,0,0,NaN,2}')$$, '22003', 'score is NaN, which has no rank', 'a score that no row could have brought');
SELECT is(ranking_metrics_auc('{1,1,0,0,0,0,3,2}'), 1::float8, 'a sound one');
SELECT throws_ok($$SELECT ranking_metrics_precision_at('{1,1,7,0,0,0,3,2}')$$, '22023', 'share must be above 0 and at most 1, not 7', 'a share that no row could have brought');
SELECT throws_ok($$SELECT classification_metrics_f1('{1,2}')$$, '22023', 'state must be an array of 4 numbers', 'of decisions');
SELECT throws_ok($$SELECT sample_combine('{0,0,0,0,0,0}', '{0,0,0,0,0,0}')$$, '0A000', 'function sample_combine can only be called by an aggregate', 'combined by hand');
SELECT throws_ok($$SELECT ranking_metrics_accumulate('{0,0,0,0,0,0}', 1, true)$$, '0A000', 'function ranking_metrics_accumulate can only be called by an aggregate',
	'accumulated by hand');

\i test/pgtap/end.psql
