# What rolls back leaves no trace, prediction follows the snapshot of its transaction to the letter, and nobody gets at
# models or data that are not his.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', <<'EOSQL');
CREATE EXTENSION musicintel;
-- Trains a version that predicts the given value.
CREATE FUNCTION train_constant(value integer) RETURNS integer LANGUAGE sql
RETURN (musicintel.train('fame', 'linear_regression',
	format('SELECT x, %s.0 AS y FROM generate_series(1, 9) AS x', value), 'y')).version;
-- One place in the code that is called again and again, so that what it remembers matters.
CREATE FUNCTION prediction() RETURNS numeric LANGUAGE plpgsql
AS $$ BEGIN RETURN round(musicintel.predict('fame', row)::numeric) FROM (VALUES (5)) AS row (x); END $$;
CREATE TYPE features AS (x double precision);
-- The same with an expression that PL/pgSQL evaluates by itself, and keeps until the transaction ends.
CREATE FUNCTION simple_prediction() RETURNS numeric LANGUAGE plpgsql
AS $$ DECLARE f features := ROW(5); BEGIN RETURN round(musicintel.predict('fame', f)); END $$;
CREATE ROLE alice LOGIN;
CREATE ROLE bob LOGIN;
CREATE ROLE alices_team IN ROLE alice;
CREATE ROLE team_member LOGIN IN ROLE alices_team;
CREATE TABLE secret (x double precision, y double precision);
INSERT INTO secret SELECT i, i FROM generate_series(1, 20) AS i;
GRANT SELECT ON secret TO alice;
EOSQL

sub psql_as
{
	my ($user, $script) = @_;
	my ($status, $stdout, $stderr) = $node->psql(
		'postgres', "\\set VERBOSITY verbose\n$script",
		on_error_stop => 0,
		extra_params => [ '--username', $user ]);
	return wantarray ? ($stdout, $stderr) : $stdout;
}

sub refused
{
	my ($user, $statement, $expected, $what) = @_;
	my ($stdout, $stderr) = psql_as($user, $statement);
	like($stderr, $expected, $what);
	return;
}

my $versions = q{SELECT string_agg(version || CASE WHEN is_current THEN '*' ELSE '' END, ' ' ORDER BY version)
	FROM musicintel.models WHERE name = 'fame'};

# ---- Rollback

is(psql_as('alice', "BEGIN; SELECT train_constant(1); ROLLBACK; SELECT count(*) FROM musicintel.models"),
	"1\n0", 'a training that is rolled back leaves nothing');
is(psql_as('alice', 'SELECT train_constant(1); SELECT train_constant(2)'), "1\n2", 'the numbers begin again at 1');
is(psql_as('alice', "BEGIN; SELECT musicintel.promote('fame', 1); ROLLBACK; $versions"),
	"\n1 2*", 'so does a promotion');
is(psql_as('alice', "BEGIN; SELECT musicintel.drop_model('fame'); ROLLBACK; $versions"), "2\n1 2*", 'and a drop');
is( psql_as('alice', <<"EOSQL"), "2\n3\n3\n2\n1 2*", 'back to a savepoint, prediction is as before it');
BEGIN;
SELECT prediction();
SAVEPOINT before;
SELECT train_constant(3);
SELECT prediction();
ROLLBACK TO before;
SELECT prediction();
COMMIT;
$versions;
EOSQL
is( psql_as('alice', <<"EOSQL"), "2\n\n1\n2\n1 2*", 'the same for a promotion');
BEGIN;
SELECT prediction();
SAVEPOINT before;
SELECT musicintel.promote('fame', 1);
SELECT prediction();
ROLLBACK TO before;
SELECT prediction();
COMMIT;
$versions;
EOSQL

# ---- Prediction and training in one transaction, at every isolation level, from one place in the code

for my $level ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	for my $function ('prediction', 'simple_prediction')
	{
		my $seen = <<"EOSQL";
BEGIN ISOLATION LEVEL $level;
CREATE TEMPORARY TABLE seen (step integer GENERATED ALWAYS AS IDENTITY, prediction numeric);
DO \$\$
BEGIN
	FOR i IN 11 .. 13 LOOP
		INSERT INTO seen (prediction) VALUES ($function());
		PERFORM train_constant(i);
		INSERT INTO seen (prediction) VALUES ($function());
	END LOOP;
END \$\$;
SELECT string_agg(prediction::text, ' ' ORDER BY step) FROM seen;
ROLLBACK;
EOSQL
		is(psql_as('alice', $seen), '2 11 11 12 12 13', "$level, $function(): a loop sees each training at once");

		# The training is undone by the handler; nothing else happens in between that would show in a snapshot.
		my $undone = <<"EOSQL";
BEGIN ISOLATION LEVEL $level;
DO \$\$
DECLARE
	before numeric;
	inside numeric;
	after numeric;
BEGIN
	before := $function();
	BEGIN
		PERFORM train_constant(11);
		inside := $function();
		RAISE EXCEPTION 'undo';
	EXCEPTION WHEN raise_exception THEN
		after := $function();
	END;
	RAISE NOTICE 'seen: % % %', before, inside, after;
END \$\$;
ROLLBACK;
EOSQL
		my (undef, $stderr) = psql_as('alice', $undone);
		like($stderr, qr/seen: 2 11 2$/m, "$level, $function(): and not one that an exception has undone");
	}
}

# ---- Other people's models

is(psql_as('bob', $versions), '', "bob does not see alice's models");
is(psql_as('bob', 'SELECT count(*) FROM musicintel.model_versions'), '0', 'not in the table either');
refused('bob', 'SELECT prediction()', qr/42704.*model "fame" does not exist/, 'nor can he predict with them');
refused('bob', q{SELECT musicintel.predict('alice.fame', f) FROM (SELECT 1 AS x) f}, qr/42704/, 'nor by the full name');
refused('bob', q{SELECT musicintel.get_model('fame', 1)}, qr/42704/, 'nor take them');
refused('bob', q{SELECT musicintel.share_model('fame')}, qr/42704.*you have no model "fame"/, 'nor share them');

psql_as('alice', q{SELECT musicintel.share_model('fame', 'bob')});
is(psql_as('bob', $versions), '1 2*', 'once shared he sees them');
is(psql_as('bob', 'SELECT prediction()'), '2', 'and predicts');
is(psql_as('bob', q{SELECT round(musicintel.predict('alice.fame', f)) FROM (SELECT 1 AS x) f}), '2', 'by the full name, too');
refused('bob', q{SELECT musicintel.promote('fame', 1)}, qr/42704.*you have no model/, 'but he cannot promote');
refused('bob', q{SELECT musicintel.drop_model('fame')}, qr/42704.*you have no model/, 'nor drop');
refused('bob', q{SELECT musicintel.share_model('fame', 'team_member')}, qr/42704/, 'nor share them further');
psql_as('bob', "UPDATE musicintel.model_versions SET is_current = false; DELETE FROM musicintel.model_versions");
psql_as('bob', 'DELETE FROM musicintel.model_shares');
is(psql_as('alice', $versions), '1 2*', 'what he does to the table changes nothing');
refused(
	'bob',
	q{INSERT INTO musicintel.model_versions SELECT 'alice', 'fame', 9, false, algorithm, model FROM musicintel.model_versions},
	qr/42501.*row-level security/, 'he cannot put one into her name');
refused('bob', q{INSERT INTO musicintel.model_shares VALUES ('alice', 'fame', 'team_member')},
	qr/42501.*row-level security/, 'nor a share');

is(psql_as('bob', 'SELECT train_constant(7); SELECT prediction()'), "1\n7", 'a model of the same name is his own');
is(psql_as('alice', 'SELECT prediction()'), '2', "and she keeps hers");


# "owner.name" means that owner's, whoever calls his own by it, so that a view has the same numbers for all.
psql_as('bob', "SELECT musicintel.store_model('alice.fame', musicintel.get_model('fame')); SELECT musicintel.share_model('alice.fame')");
is(psql_as('bob', q{SELECT round(musicintel.predict('alice.fame', f)) FROM (SELECT 1 AS x) f}), '2', "the owner's comes before his own of that name");
psql_as('alice', q{SELECT musicintel.share_model('fame')});
is(psql_as('team_member', q{SELECT round(musicintel.predict('alice.fame', f)) FROM (SELECT 1 AS x) f}), '2', 'and nobody is told that it is ambiguous');
is(psql_as('alice', q{SELECT round(musicintel.predict('bob.alice.fame', f)) FROM (SELECT 1 AS x) f}), '7', 'his is to be had by its full name');
psql_as('alice', q{SELECT musicintel.unshare_model('fame')});
$node->safe_psql('postgres', 'CREATE ROLE carol LOGIN');
refused('carol', q{SELECT musicintel.get_model('alice.fame')}, qr/42704/, 'nor is it taken for hers where she shares none');
psql_as('alice', q{SELECT musicintel.share_model('fame')});
psql_as('bob', "SELECT musicintel.store_model('alice.fame', musicintel.get_model('fame')) FROM generate_series(1, 9)");
refused('carol', q{SELECT musicintel.get_model('alice.fame', 9)}, qr/42704/, 'nor where she has no such version');
psql_as('alice', q{SELECT musicintel.unshare_model('fame')});
psql_as('bob', q{SELECT musicintel.drop_model('alice.fame')});

# Who is gone shares nothing.
$node->safe_psql('postgres', 'CREATE ROLE visitor LOGIN');
psql_as('visitor', q{SELECT train_constant(5); SELECT musicintel.store_model('left', musicintel.get_model('fame')); SELECT musicintel.drop_model('fame');
	SELECT musicintel.share_model('left')});
is(psql_as('bob', q{SELECT round(musicintel.predict('left', f)) FROM (SELECT 1 AS x) f}), '5', 'a model of somebody who is there');
$node->safe_psql('postgres', 'DROP ROLE visitor; REVOKE SELECT ON pg_roles FROM PUBLIC');
refused('bob', q{SELECT musicintel.predict('left', f) FROM (SELECT 1 AS x) f}, qr/42704.*model "left" does not exist/, 'and of one who is not');
is($node->safe_psql('postgres', q{WITH gone AS (DELETE FROM musicintel.model_versions WHERE NOT EXISTS (SELECT FROM pg_roles WHERE oid = owner) RETURNING name) SELECT name FROM gone}),
	'left', 'an administrator finds and deletes it');
is(psql_as('bob', 'SELECT prediction()'), '7', 'where roles are hidden from everybody, models are there');

# A simple expression keeps its state while the transaction lasts, and here one snapshot throughout: only the user changes.
$node->safe_psql('postgres', <<'EOSQL');
CREATE FUNCTION of_alice() RETURNS numeric LANGUAGE sql SECURITY DEFINER AS 'SELECT simple_prediction()';
ALTER FUNCTION of_alice() OWNER TO alice;
EOSQL
is(psql_as('bob', 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT simple_prediction(); SELECT of_alice(); SELECT simple_prediction()'),
	"7\n2\n7", 'a name stands for the model of whoever asks, also within one transaction');
psql_as('bob', q{SELECT musicintel.drop_model('fame')});
psql_as('alice', q{SELECT musicintel.unshare_model('fame', 'bob')});
is(psql_as('bob', $versions), '', 'unshared, they are gone');
is(psql_as('team_member', $versions), '1 2*', 'members of the owning role see them all along');

# ---- Other people's data

my $on_secret = q{musicintel.train('stolen', 'linear_regression', 'TABLE secret', 'y')};
is(psql_as('alice', "SELECT version FROM $on_secret"), '1', 'who may read a table may train on it');
refused('bob', "SELECT $on_secret", qr/42501.*permission denied for table secret/, 'who may not may not');
refused('bob', q{SELECT musicintel.fit('linear_regression', 'TABLE secret', 'y', '{}')},
	qr/42501/, 'nor by the function behind train()');
psql_as('alice', q{SELECT musicintel.share_model('stolen')});
refused('bob', q{SELECT musicintel.evaluate('stolen', 'TABLE secret')},
	qr/42501/, "nor evaluate somebody else's model on it");
is(psql_as('bob', q{SELECT round(musicintel.predict('stolen', f)) FROM (SELECT 3.0 AS x) f}), '3',
	'a model shared with everybody is for everybody');

$node->safe_psql('postgres', <<'EOSQL');
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY first_half ON secret FOR SELECT TO bob USING (x <= 10);
GRANT SELECT ON secret TO bob;
EOSQL
is(psql_as('bob', "SELECT rows FROM $on_secret"), '10', 'training sees the rows that the reader may see');

# ---- Queries that do more than read

for my $query (
	'DELETE FROM secret', 'INSERT INTO secret VALUES (1, 1) RETURNING x, y',
	'WITH d AS (DELETE FROM secret RETURNING x, y) SELECT * FROM d', 'TABLE secret FOR UPDATE',
	'TABLE secret; TABLE secret', '', 'COMMIT', 'EXPLAIN TABLE secret', 'COPY secret TO STDOUT',
	'SELECT x, y INTO copy_of FROM secret', 'CALL nothing()')
{
	my $quoted = $query =~ s/'/''/gr;
	my (undef, $stderr) = psql_as('alice', qq{SELECT musicintel.train('w', 'linear_regression', '$quoted', 'y')});
	like($stderr, qr/ERROR:  (22023|42883)/, "refused as a query: '$query'");
}
is($node->safe_psql('postgres', 'SELECT count(*) FROM secret'), '20', 'and the table is as it was');
is($node->safe_psql('postgres', "SELECT count(*) FROM musicintel.models WHERE name = 'w'"), '0', 'and so is the registry');

done_testing();
