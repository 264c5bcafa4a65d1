# A backend killed in the middle of training, or after it but before the commit, leaves nothing behind, and what was
# committed before is there after recovery.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use psql_session;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "restart_after_crash = on\nfsync = on");
$node->start;
$node->safe_psql('postgres', <<'EOSQL');
CREATE EXTENSION musicintel;
CREATE VIEW endless AS
SELECT i AS y, i % 7 AS x1, (i % 11)::text AS x2 FROM (SELECT generate_series(1, 1000000000) AS i) AS s;
SELECT musicintel.train('fame', 'linear_regression', 'SELECT * FROM endless LIMIT 1000', 'y');
EOSQL

my $state = <<'EOSQL';
SELECT name, version, is_current, rows FROM musicintel.models ORDER BY name, version;
SELECT musicintel.predict('fame', r) FROM (SELECT 3 AS x1, '4' AS x2) AS r;
EOSQL
my $before = $node->safe_psql('postgres', $state);

# Runs a script in a session until a query says so, kills its backend, and waits until the server is back.
sub kill_during
{
	my ($script, $ready) = @_;
	my $session = psql_session->start($node);

	$session->send($script);
	$node->poll_query_until('postgres', $ready =~ s/:pid/$session->{pid}/r) or die 'did not get there';
	kill 'KILL', $session->{pid};
	$session->finish("SELECT 1;\n"); # or an idle psql would not notice
	like(
		$session->{err},
		qr/server closed the connection unexpectedly|connection to server was lost/,
		'the session is lost');
	$node->poll_query_until('postgres', undef, '') or die 'no recovery';
	return;
}

kill_during(
	"SELECT musicintel.train('fame', 'linear_regression', 'SELECT * FROM endless', 'y');\n",
	'SELECT EXISTS (SELECT FROM musicintel.progress WHERE pid = :pid AND rows_done > 0)');
is($node->safe_psql('postgres', $state), $before, 'killed while reading rows: as before');
is($node->safe_psql('postgres', 'SELECT count(*) FROM musicintel.progress'), '0', 'and nothing is said to be at work');

kill_during(<<'EOSQL', "SELECT state = 'idle in transaction' FROM pg_stat_activity WHERE pid = :pid");
BEGIN;
SELECT musicintel.train('fame', 'linear_regression', 'SELECT * FROM endless LIMIT 500', 'y');
SELECT musicintel.train('other', 'linear_regression', 'SELECT * FROM endless LIMIT 500', 'y');
EOSQL
is($node->safe_psql('postgres', $state), $before, 'killed before the commit: as before');

# The whole server, right after a commit.
$node->safe_psql('postgres', "SELECT musicintel.train('fame', 'linear_regression', 'SELECT * FROM endless LIMIT 500', 'y')");
my $after = $node->safe_psql('postgres', $state);
$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', $state), $after, 'what was committed is there after a crash of the server');
is($node->safe_psql('postgres', "SELECT version FROM musicintel.train('fame', 'linear_regression', 'SELECT * FROM endless LIMIT 10', 'y')"),
	'3', 'and training goes on with the next version');

done_testing();
