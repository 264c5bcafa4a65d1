# A streaming standby predicts, follows promotions on the primary, also in the middle of a transaction, and says plainly
# that it cannot train.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use psql_session;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->safe_psql('postgres', <<'EOSQL');
CREATE EXTENSION musicintel;
-- Version n predicts n.
CREATE FUNCTION train_constant(value integer) RETURNS integer LANGUAGE sql
RETURN (musicintel.train('fame', 'linear_regression',
	format('SELECT x, %s.0 AS y FROM generate_series(1, 9) AS x', value), 'y')).version;
CREATE TYPE features AS (x double precision);
-- An expression that PL/pgSQL evaluates by itself is kept until the transaction ends, with what predict() remembers.
CREATE FUNCTION prediction() RETURNS numeric LANGUAGE plpgsql
AS $$ DECLARE f features := ROW(5); BEGIN RETURN round(musicintel.predict('fame', f)); END $$;
SELECT train_constant(1);
SELECT train_constant(2);
EOSQL
$primary->backup('base');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);

is($standby->safe_psql('postgres', 'SELECT prediction()'), '2', 'the standby predicts with the current version');
is( $standby->safe_psql('postgres', q{SELECT round((musicintel.summary(musicintel.get_model('fame', 1)) ->> 'n')::numeric)}),
	'9', 'and finds others by number');
is($standby->safe_psql('postgres', q{SELECT value FROM musicintel.evaluate('fame', 'SELECT 1 AS x, 2.0 AS y')
	WHERE metric = 'rows'}), '1', 'and evaluates');

$primary->safe_psql('postgres', q{SELECT musicintel.promote('fame', 1)});
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT prediction()'), '1', 'it follows a promotion');

$primary->safe_psql('postgres', 'SELECT train_constant(3)');
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT prediction()'), '3', 'and a training');

my ($status, undef, $stderr) = $standby->psql('postgres', '\set VERBOSITY verbose
SELECT train_constant(4)');
isnt($status, 0, 'the standby does not train');
like($stderr, qr/25006.*cannot train in a read-only transaction/, 'and says why');
like($stderr, qr/On a standby, train on the primary/, 'and what to do');

# The hard case for what is remembered between statements of one transaction: a transaction older than the promotion is
# still running on the primary, and a later one is over, so that neither end of the standby's snapshots moves when the
# promotion commits.
my $older = psql_session->start($primary);
$older->send("BEGIN; SELECT 'id', pg_current_xact_id();\n");
$older->wait_for(qr/id\|\d/);
my $promoter = psql_session->start($primary);
$promoter->send("BEGIN; SELECT 'promoted' || musicintel.promote('fame', 1);\n");
$promoter->wait_for(qr/promoted/);
$primary->safe_psql('postgres', 'CREATE TABLE later ()');
$primary->wait_for_catchup($standby);

my $reader = psql_session->start($standby);
$reader->send("BEGIN; SELECT 'first', prediction();\n");
$reader->wait_for(qr/first\|\d/);
like($reader->{out}, qr/first\|3/, 'in a transaction, before a promotion commits');
$promoter->finish("COMMIT;\n");
$primary->wait_for_catchup($standby);
$reader->finish("SELECT 'second', prediction(); COMMIT;\n");
like($reader->{out}, qr/second\|1/, 'in the same transaction, after it');
$older->finish("COMMIT;\n");
is($older->{err} . $promoter->{err} . $reader->{err}, '', 'no session had anything to complain of');

$primary->stop;
$standby->promote;
is($standby->safe_psql('postgres', 'SELECT train_constant(4)'), '4', 'promoted itself, it trains on');
is($standby->safe_psql('postgres', 'SELECT prediction()'), '4', 'and predicts with what it trained');

done_testing();
