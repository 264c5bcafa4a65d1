# The temporary file of a large training goes, however the training ends, and nobody has to wait for it: a background
# worker deletes it, where there is one to be had.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use psql_session;

my $ALLOWED_MS = 500; # the limit is 100 ms on an idle machine; what was measured is printed
my $LARGE = 300000;   # rows of 60 doubles: above the 128 MB from which on a keeper is started

sub new_node
{
	my ($name, $workers) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(extra => ['--encoding=UTF8', '--locale=C']);
	$node->append_conf('postgresql.conf', <<"EOCONF");
log_min_messages = debug1
max_worker_processes = $workers
restart_after_crash = on
EOCONF
	$node->start;
	$node->safe_psql('postgres', <<'EOSQL');
CREATE EXTENSION musicintel;
-- Rows of 60 random numbers.
CREATE FUNCTION many(rows bigint) RETURNS text LANGUAGE sql
RETURN 'SELECT i % 2 = 0 AS y, ' || (SELECT string_agg('random() AS x' || n, ', ') FROM generate_series(1, 60) AS n)
	|| ' FROM (SELECT generate_series(1, ' || rows || ') AS i) AS s';
CREATE FUNCTION train(rows bigint, iterations integer) RETURNS bigint LANGUAGE sql
RETURN (musicintel.train('m', 'gradient_boosting', many(rows), 'y',
	jsonb_build_object('num_iterations', iterations, 'parallel_workers', 1))).rows;
EOSQL
	return $node;
}

sub keepers
{
	my ($node) = @_;
	my $log = slurp_file($node->logfile);
	my $started = () = $log =~ /starting background worker process "musicintel file keeper"/g;
	my $ended = () = $log =~ /background worker "musicintel file keeper" \(PID \d+\) exited with exit code 0/g;

	return ($started, $ended);
}

# Nothing is left in the directory, a moment after the session has its answer.
sub check_gone
{
	my ($node, $what) = @_;

	ok( $node->poll_query_until(
			'postgres', q{SELECT count(*) = 0 FROM pg_ls_dir('base/pgsql_tmp', true, false)}),
		"$what: no file is left");
	return;
}

# A session that trains on rows without an end, and has read more than what is large.
sub start_endless
{
	my ($node) = @_;
	my $session = psql_session->start($node);

	$session->send("SET musicintel.training_memory = '1GB'; SELECT train(1000000000, 5);\n");
	$node->poll_query_until('postgres',
		"SELECT EXISTS (SELECT FROM musicintel.progress WHERE pid = $session->{pid} AND rows_done > $LARGE)")
	  or die "did not get there: $session->{err}";
	return $session;
}

my $node = new_node('main', 8);

is($node->safe_psql('postgres', "SET musicintel.training_memory = '1GB'; SELECT train($LARGE, 2)"),
	$LARGE, 'a large training');
check_gone($node, 'after a large training');
is_deeply([keepers($node)], [1, 1], 'a keeper came and went');
is($node->safe_psql('postgres', 'SELECT train(1000, 2)'), '1000', 'a small training');
is_deeply([keepers($node)], [1, 1], 'has none');

my $session = start_endless($node);
my $milliseconds = $node->safe_psql('postgres', <<"EOSQL");
SELECT pg_cancel_backend($session->{pid}), clock_timestamp() AS since \\gset
DO \$\$ BEGIN
	WHILE EXISTS (SELECT FROM pg_stat_activity WHERE pid = $session->{pid} AND state = 'active') LOOP
		PERFORM pg_stat_clear_snapshot(), pg_sleep(0.0005);
	END LOOP;
END \$\$;
SELECT round(1000 * extract(epoch FROM clock_timestamp() - :'since'), 1)
EOSQL
note("cancelled within $milliseconds ms");
cmp_ok($milliseconds, '<=', $ALLOWED_MS, 'cancelled at once');
$session->finish;
check_gone($node, 'cancelled');
is_deeply([keepers($node)], [2, 2], 'by a keeper');

$session = start_endless($node);
$node->safe_psql('postgres', "SELECT pg_terminate_backend($session->{pid})");
$session->finish("SELECT 1;\n");
check_gone($node, 'terminated');
is_deeply([keepers($node)], [3, 3], 'by a keeper');

# An error that is caught goes no further than its subtransaction, and takes the file along.
my $caught = psql_session->start($node);
$caught->send(<<'EOSQL');
SET musicintel.training_memory = '1GB';
DO $$ BEGIN
	PERFORM musicintel.train('m', 'gradient_boosting',
		replace(many(400000), 'x60', 'x60, CASE WHEN i = 350000 THEN ''Infinity''::float8 ELSE i END AS last'), 'y');
EXCEPTION WHEN numeric_value_out_of_range THEN
	RAISE NOTICE 'caught: %', sqlerrm;
END $$;
EOSQL
$caught->finish("SELECT 'and goes on';\n");
like($caught->{err}, qr/caught: feature "last" of row 350000 is infinite/, 'an error is caught');
like($caught->{out}, qr/and goes on/, 'and the session goes on');
check_gone($node, 'caught');
is_deeply([keepers($node)], [4, 4], 'by a keeper');

$session = start_endless($node);
$node->stop('fast');
$session->finish;
is_deeply([ glob($node->data_dir . '/base/pgsql_tmp/*') ], [], 'the server is stopped: no file is left');
unlike(slurp_file($node->logfile), qr/WARNING:  .*(leak|still referenced)/, 'and nobody leaked anything');

# Where there are few workers, the session deletes by itself.
my $few = new_node('few', 2);
$session = start_endless($few);
$few->safe_psql('postgres', "SELECT pg_cancel_backend($session->{pid})");
$session->finish;
check_gone($few, 'without a keeper');
is_deeply([keepers($few)], [0, 0], 'there was none');

done_testing();
