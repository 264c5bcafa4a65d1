# Memory stays flat: over thousands of failing calls in one session, over millions of rows scored or fitted. What would
# have to grow is refused above musicintel.training_memory, with the figure that would do.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "max_parallel_workers_per_gather = 0\njit = off");
$node->start;
$node->safe_psql('postgres', <<'EOSQL');
CREATE EXTENSION musicintel;
-- Rows that are not kept anywhere.
CREATE FUNCTION rows_to(n integer) RETURNS TABLE (y double precision, x1 integer, x2 integer) LANGUAGE sql STABLE AS
$$ SELECT i, i % 7, i % 11 FROM (SELECT generate_series(1, n) AS i) AS s $$;
SELECT musicintel.train('fame', 'linear_regression', 'SELECT * FROM rows_to(1000)', 'y');

-- What fails, and with which SQLSTATE.
CREATE TABLE failing (id integer GENERATED ALWAYS AS IDENTITY, sqlstate text, statement text);
INSERT INTO failing (sqlstate, statement) VALUES
	('22004', $$SELECT musicintel.linear_regression_fit(1, ARRAY[1, NULL])$$),
	('22003', $$SELECT musicintel.linear_regression_fit(1, '{NaN}')$$),
	('22003', $$SELECT musicintel.linear_regression_fit('Infinity', ARRAY[1, 2])$$),
	('2202E', $$SELECT musicintel.linear_regression_fit(1, ARRAY[[1, 2], [3, 4]])$$),
	('22023', $$SELECT musicintel.linear_regression_fit(1, CASE i WHEN 50 THEN ARRAY[1] ELSE ARRAY[i, i * i] END) FROM generate_series(1, 60) AS i$$),
	('54000', $$SELECT musicintel.linear_regression_fit(1, array_fill(1.0, ARRAY[3000]))$$),
	('22023', $$SELECT musicintel.linear_regression_fit(1, ARRAY[1], '{"incercept": true}')$$),
	('22023', $$SELECT musicintel.linear_regression_fit(1, ARRAY[1], '{"l2": -1}')$$),
	('22023', $$SELECT musicintel.linear_regression_fit(1, ARRAY[1], '{"confidence": "high"}')$$),
	('22P02', $$SELECT 'garbage!'::musicintel.model$$),
	('XX001', $$SELECT encode(sha256('x'), 'base64')::musicintel.model$$),
	('XX001', $$SELECT left(musicintel.get_model('fame')::text, 400)::musicintel.model$$),
	('XX001', $$SELECT overlay(musicintel.get_model('fame')::text PLACING 'AAAA' FROM 201)::musicintel.model$$),
	('22023', $$SELECT musicintel.predict(musicintel.get_model('fame'), ARRAY[1, 2, 3])$$),
	('42703', $$SELECT musicintel.predict('fame', f) FROM (SELECT 1 AS x1) AS f$$),
	('42804', $$SELECT musicintel.predict('fame', f) FROM (SELECT 1 AS x1, 'a' AS x2) AS f$$),
	('42704', $$SELECT musicintel.predict('none', f) FROM (SELECT 1 AS x1) AS f$$),
	('22012', $$SELECT musicintel.train('m', 'linear_regression', 'SELECT y / (y - 900) AS y, x1 FROM rows_to(1000)', 'y')$$),
	('42703', $$SELECT musicintel.train('m', 'linear_regression', 'SELECT * FROM rows_to(10)', 'z')$$),
	('42601', $$SELECT musicintel.train('m', 'linear_regression', 'SELECT FROM WHERE', 'y')$$),
	('42804', $$SELECT musicintel.train('m', 'linear_regression', 'SELECT y, now() AS t FROM rows_to(10)', 'y')$$),
	('22003', $$SELECT musicintel.train('m', 'linear_regression', 'SELECT CASE y WHEN 500 THEN ''NaN'' ELSE y END AS y, x1::text FROM rows_to(1000)', 'y')$$),
	('54000', $$SELECT musicintel.train('m', 'linear_regression', 'SELECT y, y::text AS id FROM rows_to(1001)', 'y')$$),
	('22023', $$SELECT musicintel.train('m', 'quadratic_regression', 'SELECT * FROM rows_to(10)', 'y')$$),
	('22023', $$SELECT musicintel.train('m', 'linear_regression', 'DELETE FROM failing', 'y')$$),
	('22000', $$SELECT musicintel.train('m', 'linear_regression', 'SELECT * FROM rows_to(0)', 'y')$$),
	('42703', $$SELECT * FROM musicintel.evaluate('fame', 'SELECT y, x1 FROM rows_to(10)')$$),
	('22012', $$SELECT * FROM musicintel.evaluate('fame', 'SELECT y, x1, 1 / (x2 - 3) AS x2 FROM rows_to(1000)')$$);

CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
-- Runs so many of them, in turn; answers how many did not fail as they should.
CREATE FUNCTION fail_often(calls integer) RETURNS bigint LANGUAGE sql
RETURN (SELECT count(*) FROM generate_series(1, calls) AS call
	JOIN failing ON id = call % (SELECT count(*) FROM failing) + 1 WHERE outcome(statement) <> sqlstate);

-- Of this backend, in kilobytes: memory contexts; resident, without the shared buffers it has touched; most ever.
CREATE FUNCTION memory() RETURNS TABLE (contexts bigint, resident bigint, peak bigint) LANGUAGE sql AS $$
	SELECT (SELECT sum(total_bytes) / 1024 FROM pg_backend_memory_contexts)::bigint,
		substring(status FROM 'RssAnon:\s+(\d+)')::bigint, substring(status FROM 'VmHWM:\s+(\d+)')::bigint
	FROM pg_read_file('/proc/self/status') AS status
$$;
EOSQL

is($node->safe_psql('postgres', 'SELECT id, outcome(statement), sqlstate, statement FROM failing WHERE outcome(statement) <> sqlstate'),
	'', 'every failing call fails as it should');

SKIP:
{
	skip 'no /proc here', 4 unless -r '/proc/self/status';

	# ---- 10,000 failing calls

	my ($unexpected_early, $early, $unexpected, $late) = split /\n/, $node->safe_psql('postgres', <<'EOSQL');
SELECT fail_often(1000);
SELECT contexts || ' ' || resident FROM memory();
SELECT fail_often(9000);
SELECT contexts || ' ' || resident FROM memory();
EOSQL
	is($unexpected_early + $unexpected, 0, '10,000 calls failed as they should');
	my ($contexts_early, $resident_early) = split / /, $early;
	my ($contexts_late, $resident_late) = split / /, $late;
	note("after 1,000 and 10,000 failing calls: contexts $contexts_early and $contexts_late kB, "
		  . "resident $resident_early and $resident_late kB");
	cmp_ok($contexts_late - $contexts_early, '<=', 64, 'memory contexts did not grow');
	cmp_ok($resident_late - $resident_early, '<=', 1024, 'nor did the process');

	# ---- Millions of rows: the highest point after a few is the highest point after many

	for my $case (
		[ 'predict', q{SELECT count(musicintel.predict('fame', r)) FROM rows_to(%d) AS r}, 1000000 ],
		[ 'predict by array', q{SELECT count(musicintel.predict(model, ARRAY[x1, x2])) FROM rows_to(%d), musicintel.get_model('fame') AS model}, 1000000 ],
		[ 'aggregate', q{SELECT musicintel.linear_regression_fit(y, ARRAY[x1, x2]) IS NULL FROM rows_to(%d)}, 2000000 ],
		[ 'train', q{SELECT rows FROM musicintel.train('m', 'linear_regression', 'SELECT y, x1, x2::text FROM rows_to(%d)', 'y')}, 2000000 ],
		[ 'evaluate', q{SET musicintel.training_memory = '256kB'; SELECT count(*) FROM musicintel.evaluate('fame', 'SELECT * FROM rows_to(%d)')}, 1000000 ])
	{
		my ($what, $statement, $many) = @$case;
		my ($few_rows, $many_rows) = map { sprintf $statement, $_ } 20000, $many;
		my (undef, $few_peak, undef, $many_peak) = split /\n/,
		  $node->safe_psql('postgres', "$few_rows; SELECT peak FROM memory(); $many_rows; SELECT peak FROM memory()");

		note("$what: peak after 20,000 rows $few_peak kB, after $many $many_peak kB");
		cmp_ok($many_peak - $few_peak, '<=', 2048, "$what: $many rows take no more memory than 20,000");
	}
}

# ---- The budget

my $robust = q{SELECT rows FROM musicintel.train('r', 'linear_regression', 'SELECT * FROM rows_to(100000)', 'y', '{"robust": "HC1"}')};
my ($status, undef, $stderr) = $node->psql('postgres', "\\set VERBOSITY verbose\nSET musicintel.training_memory = '1MB';\n$robust");
isnt($status, 0, 'rows beyond the budget are refused');
like($stderr, qr/53400: training data takes (\d+) kB of memory, the limit is 1024 kB/, 'with both figures');
my ($needed) = $stderr =~ /takes (\d+) kB/;
is($node->safe_psql('postgres', "SET musicintel.training_memory = '${needed}kB'; $robust"), '100000',
	'and the figure named is enough');
$needed--;
($status) = $node->psql('postgres', "SET musicintel.training_memory = '${needed}kB'; $robust");
isnt($status, 0, 'and no less');
is( $node->safe_psql('postgres', "SET maintenance_work_mem = '1MB'; SELECT outcome(\$\$$robust\$\$)"),
	'53400', 'without a figure of its own, that of maintenance_work_mem counts');

done_testing();
