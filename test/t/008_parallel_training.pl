# Training with parallel workers gives the model that training alone gives, bit by bit, wherever it is asked for and
# however many workers come. Whatever happens to a worker or to the backend in the middle of it, the server and the
# registry are as before, and the next training works.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use psql_session;

my $ALLOWED_MS = 500; # the limit is 100 ms on an idle machine; what was measured is printed

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => ['--encoding=UTF8', '--locale=C']);
# The workers that start are counted in the log. Those of the query itself would be counted with them.
$node->append_conf('postgresql.conf', <<'EOCONF');
log_min_messages = debug1
max_worker_processes = 6
max_parallel_workers_per_gather = 0
restart_after_crash = on
EOCONF
$node->start;
$node->safe_psql('postgres', <<'EOSQL');
CREATE EXTENSION musicintel;

CREATE VIEW listens AS
SELECT i % 7 AS weekday, i * 31 % 1009 AS track, sin(i) AS energy, nullif(hashint4(i) % 1000, 0)::float8 AS tempo,
	'genre ' || i % 11 AS genre, sin(i) * 3 + i % 7 + hashint4(i + 5) % 100 / 50.0 > 3 AS y
FROM generate_series(1, 20000) AS i;

CREATE FUNCTION options(workers integer, iterations integer) RETURNS jsonb LANGUAGE sql
RETURN jsonb_build_object('num_iterations', iterations, 'parallel_workers', workers);
CREATE FUNCTION fit(workers integer, iterations integer = 20) RETURNS text LANGUAGE sql
RETURN (SELECT md5(model::text)
	FROM musicintel.fit('gradient_boosting', 'SELECT * FROM listens', 'y', options(workers, iterations)));
CREATE FUNCTION train(workers integer, iterations integer = 20) RETURNS integer LANGUAGE sql
RETURN (musicintel.train('m', 'gradient_boosting', 'SELECT * FROM listens', 'y', options(workers, iterations))).version;
SELECT train(1);

-- Cancels what the victim runs now; milliseconds until it no longer does.
CREATE FUNCTION cancel(victim integer) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	running timestamptz := (SELECT query_start FROM pg_stat_activity WHERE pid = victim AND state = 'active');
	since timestamptz := clock_timestamp();
BEGIN
	PERFORM pg_cancel_backend(victim);
	LOOP
		PERFORM pg_stat_clear_snapshot();
		EXIT WHEN NOT EXISTS
			(SELECT FROM pg_stat_activity WHERE pid = victim AND state = 'active' AND query_start = running);
		IF clock_timestamp() > since + interval '60 s' THEN
			RAISE EXCEPTION 'it goes on';
		END IF;
		PERFORM pg_sleep(0.0005);
	END LOOP;
	RETURN round(1000 * extract(epoch FROM clock_timestamp() - since), 1);
END $$;
EOSQL

# ---- The same bytes, with as many workers as there can be

my $alone = $node->safe_psql('postgres', 'SELECT fit(0)');
my $everything = <<'EOSQL';
SELECT version, is_current, rows, md5(musicintel.get_model(name, version)::text) FROM musicintel.models ORDER BY version
EOSQL
my $registry = $node->safe_psql('postgres', $everything);

# Runs a script: what it printed, and how many workers it had.
sub run_and_count
{
	my ($script) = @_;
	my $offset = -s $node->logfile;
	my $output = $node->safe_psql('postgres', $script);
	my $workers = () = slurp_file($node->logfile, $offset) =~ /starting background worker process "parallel worker/g;
	return ($output, $workers);
}

sub check_fit
{
	my ($script, $expected_workers, $what) = @_;
	my ($output, $workers) = run_and_count($script);

	is($output, $alone, "$what: the same model");
	is($workers, $expected_workers, "$what: $expected_workers workers");
	return;
}

check_fit("SELECT fit($_)", $_, "asked for $_ workers") foreach 0, 1, 2, 4;
check_fit('SET max_parallel_workers = 0; SELECT fit(4)', 0, 'max_parallel_workers = 0');
check_fit('SET max_parallel_workers = 1; SELECT fit(4)', 1, 'max_parallel_workers = 1');
check_fit('SET max_parallel_maintenance_workers = 0; SELECT fit(-1)', 0,
	'by default, and max_parallel_maintenance_workers = 0');
check_fit("SET musicintel.training_memory = '64MB'; SELECT fit(2)", 2, 'with a setting that workers are told of');

# ---- In every kind of transaction

is(($node->safe_psql('postgres', <<'EOSQL')), "$alone\n$alone\n3", 'in a transaction that writes before and after');
CREATE TABLE written (i integer);
BEGIN;
INSERT INTO written VALUES (1);
SELECT fit(2);
INSERT INTO written VALUES (2);
SAVEPOINT inner_one;
INSERT INTO written VALUES (3);
SELECT fit(2);
RELEASE inner_one;
COMMIT;
SELECT count(*) FROM written;
EOSQL
foreach my $level ('REPEATABLE READ', 'SERIALIZABLE')
{
	check_fit("BEGIN ISOLATION LEVEL $level; SELECT fit(2); COMMIT", 2, "at $level");
}
check_fit('BEGIN READ ONLY; SELECT fit(2); COMMIT', 2, 'in a transaction that only reads');

# Workers of a query have no workers of their own, and neither has its leader.
is($node->safe_psql('postgres', <<'EOSQL'), "$alone in a worker\n$alone in the leader|6", 'in a parallel query');
ALTER FUNCTION fit PARALLEL SAFE;
ALTER FUNCTION musicintel.fit PARALLEL SAFE;
CREATE FUNCTION fit_somewhere(workers integer, leader integer) RETURNS text LANGUAGE plpgsql PARALLEL SAFE AS $$
BEGIN
	RETURN fit(workers) || CASE WHEN pg_backend_pid() = leader THEN ' in the leader' ELSE ' in a worker' END;
END $$;
CREATE TABLE many AS SELECT 2 AS workers FROM generate_series(1, 6);
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SELECT pg_backend_pid() AS leader \gset
SELECT DISTINCT fit_somewhere(workers, :leader) FROM many;
SELECT fit_somewhere(max(workers), :leader), count(*) FROM many;
EOSQL

# ---- In the middle of it

# A session that trains for a long time, and is growing trees by now.
sub start_long
{
	my ($script, $workers) = @_;
	my $session = psql_session->start($node);

	$session->send($script // "SELECT train(2, 100000);\n");
	$node->poll_query_until('postgres', <<"EOSQL") or die "did not get there: $session->{err}";
SELECT EXISTS (SELECT FROM musicintel.progress WHERE pid = $session->{pid} AND phase = 'growing trees' AND rows_done > 0)
	AND (SELECT count(*) >= @{[ $workers // 2 ]} FROM pg_stat_activity WHERE leader_pid = $session->{pid})
EOSQL
	return $session;
}

sub worker_of
{
	my ($session) = @_;
	return $node->safe_psql('postgres',
		"SELECT min(pid) FROM pg_stat_activity WHERE leader_pid = $session->{pid}");
}

# Nothing is left of what was going on, the registry is as it was, and another training gives the old model.
sub check_all_is_well
{
	my ($what) = @_;

	ok($node->poll_query_until('postgres', 'SELECT count(*) = 0 FROM pg_stat_activity WHERE leader_pid IS NOT NULL'),
		"$what: no worker is left");
	is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_ls_dir('base/pgsql_tmp', true, false)}),
		'0', "$what: nor a file");
	is($node->safe_psql('postgres', $everything), $registry, "$what: the registry is as before");
	check_fit('SELECT fit(2)', 2, "$what: the next training");
	return;
}

my $session = start_long("SELECT train(8, 100000);\n", 3);
check_fit('SELECT fit(4)', 0, 'another session has all workers');
my $latency = $node->safe_psql('postgres', "SELECT cancel($session->{pid})");
note("cancelled within $latency ms");
cmp_ok($latency, '<=', $ALLOWED_MS, 'cancelled at once');
$session->finish("SELECT 'again', fit(2);\n");
like($session->{err}, qr/57014: canceling statement due to user request/, 'with the error of the server');
like($session->{out}, qr/again\|$alone/, 'and the session works on');
check_all_is_well('cancelled');

$session = start_long("SELECT train(0, 100000);\n", 0);
$latency = $node->safe_psql('postgres', "SELECT cancel($session->{pid})");
note("alone: cancelled within $latency ms");
cmp_ok($latency, '<=', $ALLOWED_MS, 'alone: cancelled at once');
$session->finish;

my (undef, undef, $stderr) = $node->psql('postgres', "SET statement_timeout = '2s'; SELECT train(2, 100000)");
like($stderr, qr/canceling statement due to statement timeout/, 'statement_timeout ends it too');
check_all_is_well('timed out');

# A worker that an administrator ends: an error like any other, which can be caught.
$session = start_long(<<'EOSQL');
DO $$
BEGIN
	INSERT INTO written VALUES (4);
	BEGIN
		PERFORM train(2, 100000);
	EXCEPTION WHEN admin_shutdown THEN
		RAISE NOTICE 'caught';
	END;
	INSERT INTO written SELECT 5 WHERE fit(2) = fit(0);
END $$;
EOSQL
$node->safe_psql('postgres', 'SELECT pg_terminate_backend(' . worker_of($session) . ')');
$session->finish("SELECT 'written', array_agg(i ORDER BY i) FROM written;\n");
like($session->{err}, qr/caught/, 'a worker is terminated: the error is caught');
like($session->{out}, qr/written\|\{1,2,3,4,5\}/, 'and the function goes on, trains and writes');
check_all_is_well('a worker is terminated');

$session = start_long();
$node->safe_psql('postgres', 'SELECT pg_cancel_backend(' . worker_of($session) . ')');
$session->finish;
like($session->{err}, qr/canceling statement due to user request/, 'a worker is cancelled: the statement fails');
check_all_is_well('a worker is cancelled');

$session = start_long();
$node->safe_psql('postgres', "SELECT pg_terminate_backend($session->{pid})");
$session->finish("SELECT 1;\n");
like($session->{err}, qr/57P01: terminating connection/, 'the backend is terminated');
check_all_is_well('the backend is terminated');

# Killed: the server restarts all its processes.
foreach my $victim ('a worker', 'the backend')
{
	$session = start_long();
	kill 'KILL', $victim eq 'a worker' ? worker_of($session) : $session->{pid};
	$session->finish("SELECT 1;\n"); # or an idle psql would not notice
	like(
		$session->{err},
		qr/server closed the connection unexpectedly|connection to server was lost/,
		"$victim is killed: the session is lost");
	$node->poll_query_until('postgres', undef, '') or die 'no recovery';
	check_all_is_well("$victim is killed");
}

is($node->safe_psql('postgres', 'SELECT train(2)'), '2', 'training goes on with the next version');
is( $node->safe_psql(
		'postgres', q{SELECT md5(musicintel.get_model('m', 1)::text) = md5(musicintel.get_model('m', 2)::text)}),
	't', 'which is the same model');
unlike(slurp_file($node->logfile), qr/WARNING:  .*(leak|still referenced)/, 'and nobody leaked anything');

done_testing();
