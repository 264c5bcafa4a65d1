\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(80);

SET search_path = public, musicintel;

---- by hand: 0, 1, 2, 5; total 8 ---------------------------------------------------------------------------------------
-- Differences between pairs 1, 2, 5, 1, 4, 3 = 16, each twice: 32 / (2 * 16 * 2) = .5. Relative to the mean 2: 0, .5, 1, 2.5.
CREATE TABLE exposure (x float8);
INSERT INTO exposure VALUES (2), (NULL), (0), (5), (1);
SELECT is(gini(x), 0.5::float8, 'Gini index; a zero counts, a NULL does not') FROM exposure;
SELECT ok(abs(theil(x) - (0.5 * ln(0.5) + 2.5 * ln(2.5)) / 4) < 1e-15, 'Theil index') FROM exposure;
SELECT is(herfindahl(x), (30 / 64.0)::float8, 'Herfindahl index') FROM exposure;
SELECT is(lorenz_share(x, 0.5), 0.125::float8, 'share of the poorer half') FROM exposure;
SELECT is(lorenz_share(x, 0.625), 0.25::float8, 'and of half of the next one') FROM exposure;
SELECT is(top_share(x, 0.25), 0.625::float8, 'share of the richest quarter') FROM exposure;
SELECT is(top_share(x, 0.125), 0.3125::float8, 'half of the richest') FROM exposure;
SELECT is(lorenz_share(x, 0) + top_share(x, 0), 0::float8, 'of nobody') FROM exposure;
SELECT is(lorenz_share(x, 1) + top_share(x, 1), 2::float8, 'of everybody') FROM exposure;
SELECT is(gini(x), (1 / 3.0)::float8, 'without the zero it is another population') FROM exposure WHERE x > 0;
SELECT is(gini(x), gini(1000 * x), 'the unit does not matter') FROM exposure;
SELECT is(gini(x::bigint), 0.5::float8, 'whole numbers') FROM exposure;
SELECT is(gini(x::numeric), 0.5::float8, 'numeric') FROM exposure;

---- extremes -----------------------------------------------------------------------------------------------------------
CREATE FUNCTION extremes(VARIADIC x float8[]) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s %s %s %s %s', round(gini(u)::numeric, 12), round(theil(u)::numeric, 12), round(herfindahl(u)::numeric, 12), round(lorenz_share(u, 0.5)::numeric, 12),
		round(top_share(u, 0.5)::numeric, 12)) FROM unnest(x) AS u
$$;
SELECT is(extremes(3), '0.000000000000 0.000000000000 1.000000000000 0.500000000000 0.500000000000', 'one');
SELECT is(extremes(0.1, 0.1, 0.1, 0.1), '0.000000000000 0.000000000000 0.250000000000 0.500000000000 0.500000000000', 'all equal');
SELECT is(extremes(0, 0, 0, 9), '0.750000000000 1.386294361120 1.000000000000 0.000000000000 1.000000000000', 'one has everything');
SELECT is(extremes(0, 0), '    ', 'nothing but zeros: NULL');
SELECT is(extremes(NULL, NULL), '    ', 'nothing but NULLs: NULL');
SELECT is(extremes(VARIADIC '{}'), '    ', 'nothing: NULL');
SELECT is(gini_interval(0), NULL, 'nothing to share: no interval');
SELECT is(theil_between(0, 'a'), NULL, 'nor a part between groups');
SELECT throws_ok('SELECT gini(-1)', '22003', 'exposure must not be negative, but one is -1', 'negative: gini');
SELECT throws_ok('SELECT theil(-1)', '22003', 'exposure must not be negative, but one is -1', 'theil');
SELECT throws_ok('SELECT herfindahl(-1)', '22003', 'exposure must not be negative, but one is -1', 'herfindahl');
SELECT throws_ok('SELECT lorenz_share(-1, 0.5)', '22003', 'exposure must not be negative, but one is -1', 'lorenz_share');
SELECT throws_ok('SELECT top_share(-1, 0.5)', '22003', 'exposure must not be negative, but one is -1', 'top_share');
SELECT throws_ok('SELECT gini_interval(-1)', '22003', 'exposure must not be negative, but one is -1', 'gini_interval');
SELECT throws_ok($$SELECT theil_within(-1, 'a')$$, '22003', 'exposure must not be negative, but one is -1', 'theil_within');
SELECT throws_ok('SELECT lorenz_curve(ARRAY[1, -1], 3)', '22003', 'exposure must not be negative, but one is -1', 'lorenz_curve');
SELECT throws_ok($$SELECT gini('NaN')$$, '22003', 'exposure must be a number up to 1e+140, but one is nan', 'NaN');
SELECT throws_ok($$SELECT theil('Infinity')$$, '22003', 'exposure must be a number up to 1e+140, but one is inf', 'infinity');
SELECT throws_ok($$SELECT herfindahl(1e-200)$$, '22003', 'exposures add up to 1e-200, which is too little to square', 'too little to square');
SELECT throws_ok('SELECT lorenz_share(1, 1.5)', '22023', 'fraction must be between 0 and 1, not 1.5', 'a fraction above 1');
SELECT throws_ok('SELECT top_share(1, -0.5)', '22023', 'fraction must be between 0 and 1, not -0.5', 'a negative fraction');
SELECT throws_ok('SELECT top_share(x, x / 5) FROM exposure', '22023', 'fraction must be the same in every row', 'a fraction that varies');

---- the curve ----------------------------------------------------------------------------------------------------------
SELECT results_eq('SELECT * FROM lorenz_curve(ARRAY[5, NULL, 1, 0, 2], 5)', 'VALUES (0::float8, 0::float8), (0.25, 0), (0.5, 0.125), (0.75, 0.375), (1, 1)', 'its corners');
SELECT results_eq('SELECT exposure_share FROM lorenz_curve(ARRAY[4, 4], 3)', 'VALUES (0::float8), (0.5), (1)', 'all equal: the diagonal');
SELECT is((SELECT count(*) FROM lorenz_curve(ARRAY[1, 2])), 101::bigint, 'a hundred steps where nothing is said');
SELECT is_empty('SELECT * FROM lorenz_curve(ARRAY[0, 0], 3)', 'nothing to share: no curve');
SELECT is_empty($$SELECT * FROM lorenz_curve('{}', 3)$$, 'nobody: no curve');
SELECT is_empty('SELECT * FROM lorenz_curve(NULL, 3)', 'NULL: no curve');
SELECT throws_ok('SELECT lorenz_curve(ARRAY[1], 1)', '22023', 'points must be between 2 and 1000000, not 1', 'too few points');
SELECT results_eq($$SELECT a, exposure_share FROM (VALUES ('x', ARRAY[1, 3]), ('y', ARRAY[2, 2])) AS v (a, e), lorenz_curve(e, 3) WHERE population_share = 0.5 ORDER BY a$$,
	$$VALUES ('x', 0.25::float8), ('y', 0.5)$$, 'one for each of several');

---- between and within groups ------------------------------------------------------------------------------------------
CREATE TABLE track (genre text, plays int);
INSERT INTO track SELECT (ARRAY['rock', 'pop', 'jazz', NULL, ''])[1 + i % 5], (i * i) % 37 * (1 + i % 5) FROM generate_series(1, 500) AS i;
CREATE TABLE by_genre AS SELECT genre, count(*) AS n, sum(plays)::float8 AS plays, theil(plays) AS theil FROM track GROUP BY genre;
SELECT ok(abs(theil_within(plays, genre) - (SELECT sum(plays / total * theil) FROM by_genre, (SELECT sum(plays) AS total FROM by_genre) AS t)) < 1e-14, 'within groups, by definition')
FROM track;
SELECT ok(abs(theil_between(plays, genre) - (SELECT sum(plays / total * ln(plays / n / (total / all_n)))
	FROM by_genre, (SELECT sum(plays) AS total, sum(n)::float8 AS all_n FROM by_genre) AS t)) < 1e-14, 'between groups, by definition')
FROM track;
SELECT ok(abs(theil_between(plays, genre) + theil_within(plays, genre) - theil(plays)) < 1e-14, 'add up to the whole') FROM track;
SELECT ok(abs(theil_between(plays, 'all')) + abs(theil_within(plays, 'all') - theil(plays)) < 1e-14, 'one group: nothing between') FROM track;
SELECT ok(abs(theil_between(plays, i::text) - theil(plays)) + theil_within(plays, i::text) < 1e-14, 'groups of one: nothing within')
FROM (SELECT plays, row_number() OVER () AS i FROM track) AS t;
SELECT is(theil_between(NULL, genre), NULL, 'no exposure: NULL') FROM track;

---- the interval -------------------------------------------------------------------------------------------------------
SELECT is((gini_interval(x)).estimate, 0.5::float8, 'the estimate is gini') FROM exposure;
SELECT results_eq('SELECT (i).* FROM (SELECT gini_interval(7) AS i) AS s', 'VALUES (0::float8, NULL::float8, NULL::float8)', 'one: no bounds');
SELECT results_eq('SELECT (i).* FROM (SELECT gini_interval(7) AS i FROM generate_series(1, 5)) AS s', 'VALUES (0::float8, 0::float8, 0::float8)', 'all equal: no doubt');
SELECT results_eq('SELECT gini_interval(plays) FROM (SELECT * FROM track ORDER BY plays) AS t', 'SELECT gini_interval(plays, 0.95, 1000, 1) FROM track',
	'the same seed, the same interval, in any order');
SELECT isnt(gini_interval(plays, 0.95, 1000, 1), gini_interval(plays, 0.95, 1000, -9223372036854775808), 'another seed, another interval') FROM track;
SELECT ok((b).conf_low < (a).conf_low AND (a).conf_low < (a).estimate AND (a).estimate < (a).conf_high AND (a).conf_high < (b).conf_high, 'more confidence, wider')
FROM (SELECT gini_interval(plays, 0.5, 1000, 1) AS a, gini_interval(plays, 0.99, 1000, 1) AS b FROM track) AS t;
SELECT throws_ok('SELECT gini_interval(1, 1, 1000, 1)', '22023', 'confidence must be above 0 and below 1, not 1', 'certainty');
SELECT throws_ok('SELECT gini_interval(1, 0.95, 10, 1)', '22023', 'replicates must be between 100 and 100000, not 10', 'too few replicates');
SELECT throws_ok('SELECT gini_interval(x, 0.95, 1000, x::int) FROM exposure', '22023', 'seed must be the same in every row', 'a seed that varies');
SELECT throws_ok('SELECT gini_interval(x, 0.9 + x / 100, 1000, 1) FROM exposure', '22023', 'confidence must be the same in every row', 'a confidence that varies');

---- the same in parallel and by partitions -----------------------------------------------------------------------------
CREATE TABLE many WITH (parallel_workers = 3) AS SELECT exp((hashint4(i) & 4095) / 512.0::float8) AS x, 'group ' || (hashint4(i + 1) & 255) AS g FROM generate_series(1, 20000) AS i;
ANALYZE many;
CREATE VIEW figures AS
SELECT gini(x) AS g, lorenz_share(x, 0.5) AS l, top_share(x, 0.01) AS s, gini_interval(x, 0.9, 100, 3) AS i, theil(x) AS t, herfindahl(x) AS h,
	theil_between(x, g) AS b, theil_within(x, g) AS w
FROM many;
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT * FROM figures;
CREATE TABLE serial_groups AS SELECT g, gini(x) FROM many GROUP BY g;
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
SELECT results_eq('SELECT g, l, s, i FROM figures', 'SELECT g, l, s, i FROM serial', 'the same in parallel, bit for bit');
SELECT ok(abs(f.t - s.t) < 1e-15 AND abs(f.h - s.h) < 1e-15 AND abs(f.b - s.b) < 1e-15 AND abs(f.w - s.w) < 1e-15, 'sums to the last bit or so') FROM figures AS f, serial AS s;
SELECT results_eq('SELECT g, gini(x) FROM many GROUP BY g ORDER BY g', 'SELECT * FROM serial_groups ORDER BY g', 'and by groups');
-- Workers may find nothing left to do; partitions do not, and their states are combined just the same.
CREATE TABLE parted (LIKE many) PARTITION BY HASH (x);
SELECT format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES WITH (MODULUS 5, REMAINDER %1$s)', i) FROM generate_series(0, 4) AS i \gexec
INSERT INTO parted SELECT * FROM many;
CREATE VIEW parted_figures AS
SELECT gini(x) AS g, lorenz_share(x, 0.5) AS l, top_share(x, 0.01) AS s, gini_interval(x, 0.9, 100, 3) AS i, theil(x) AS t, herfindahl(x) AS h,
	theil_between(x, g) AS b, theil_within(x, g) AS w
FROM parted;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL enable_partitionwise_aggregate = on;
SELECT matches(plan_of('SELECT * FROM parted_figures'), 'Finalize Aggregate.*Append.*Partial Aggregate', 'the plan is by partitions');
SELECT results_eq('SELECT g, l, s, i FROM parted_figures', 'SELECT g, l, s, i FROM serial', 'the same by partitions, bit for bit');
SELECT ok(abs(f.t - s.t) < 1e-15 AND abs(f.h - s.h) < 1e-15 AND abs(f.b - s.b) < 1e-15 AND abs(f.w - s.w) < 1e-15, 'sums to the last bit or so')
FROM parted_figures AS f, serial AS s;
SELECT is(gini(x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), 0.5::float8, 'as a window function') FROM exposure WHERE x IS NOT NULL LIMIT 1;

---- memory -------------------------------------------------------------------------------------------------------------
SET LOCAL musicintel.training_memory = '64kB';
SELECT throws_ok('SELECT gini(x) FROM many', '53400', 'an aggregate over more than 8183 values takes more than the limit of 64 kB of memory', 'more values than the memory allows');
SELECT throws_ok('SELECT theil_between(x, x::text) FROM many', '53400', 'groups of an aggregate take more than the limit of 64 kB of memory', 'more groups');
SELECT lives_ok('SELECT theil_between(x, g) FROM many', 'a few hundred groups fit');
SELECT lives_ok('SELECT theil(x) FROM many', 'and sums need none');
RESET musicintel.training_memory;

---- states of one's own ------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT lorenz_gini('{2,0,0,0,0,0,1}')$$, '22023', 'state must be an array of counts, parameters and values', 'a count of more than there is');
SELECT throws_ok($$SELECT lorenz_gini('{2,0,0,0,0,0,1,-1}')$$, '22003', 'exposure must not be negative, but one is -1', 'an exposure that no row could have brought');
SELECT throws_ok($$SELECT lorenz_poorest('{1,0,9,0,0,0,1}')$$, '22023', 'fraction must be between 0 and 1, not 9', 'a fraction');
SELECT throws_ok($$SELECT gini_interval_finish('{1,0,0.9,1e300,0,0,1}')$$, '22023', 'replicates must be between 100 and 100000, not -1', 'a number of replicates');
SELECT lives_ok($$SELECT gini_interval_finish('{2,0,0.9,100,NaN,-5,1,2}')$$, 'any seed will do');
SELECT throws_ok($$SELECT inequality_theil('{1,2}')$$, '22023', 'state must be an array of 7 numbers', 'sums');
SELECT throws_ok($$SELECT theil_groups_between('\x00112233')$$, 'XX001', 'not the state of an aggregate over groups', 'groups');
SELECT throws_ok($$SELECT theil_groups_accumulate(NULL, 1, 'a')$$, '0A000', 'function theil_groups_accumulate can only be called by an aggregate', 'accumulated by hand');
SELECT throws_ok($$SELECT theil_groups_combine('\x', '\x')$$, 'XX001', 'not the state of an aggregate over groups', 'combined by hand');

\i test/pgtap/end.psql
