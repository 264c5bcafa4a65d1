# Models survive pg_dump and restore into another cluster, in both formats, and binary COPY: the same predictions,
# versions, owners and shares. They were trained by ordinary roles, as users' models are.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $old = PostgreSQL::Test::Cluster->new('old');
$old->init(extra => ['--encoding=UTF8', '--locale=C']); # whatever the machine's locale is
$old->start;
$old->safe_psql('postgres', 'CREATE DATABASE music');
$old->safe_psql('music', <<'EOSQL');
CREATE EXTENSION musicintel;
CREATE ROLE "Analyst";
CREATE ROLE colleague;
CREATE ROLE stranger;
CREATE TABLE tracks (id integer PRIMARY KEY, tempo double precision, genre text, explicit boolean, popularity double precision);
INSERT INTO tracks
SELECT i, 60 + i * 37 % 101, (ARRAY['pop', 'électro', 'rock ''n'' roll', ''])[1 + i % 4], i % 3 = 0, sqrt(i) * 7 + i % 4
FROM generate_series(1, 300) AS i;
GRANT SELECT ON tracks TO "Analyst", colleague, stranger;
GRANT CREATE ON SCHEMA public TO "Analyst";

SET ROLE "Analyst";
SELECT musicintel.train('fame', 'linear_regression', 'SELECT tempo, popularity FROM tracks', 'popularity');
SELECT musicintel.train('fame', 'linear_regression', 'SELECT tempo, genre, explicit, popularity FROM tracks', 'popularity');
SELECT musicintel.train('fame', 'linear_regression', 'SELECT tempo, genre, popularity FROM tracks', 'popularity',
	'{"promote": false, "robust": "HC3"}');
SELECT musicintel.share_model('fame', 'colleague');
CREATE TABLE by_genre AS
SELECT genre, musicintel.linear_regression_fit(popularity, ARRAY[tempo]) AS model FROM tracks GROUP BY genre;

SET ROLE colleague;
SELECT musicintel.train('fame', 'linear_regression', 'SELECT genre, popularity FROM tracks', 'popularity');
EOSQL

# Everything that a user may notice, to the last digit.
my $everything = <<'EOSQL';
SELECT owner, name, version, is_current, algorithm, target, features, rows, rows_left_out, metrics, options, query, seed,
	seconds, stored_bytes > 0, created_at
FROM musicintel.models ORDER BY owner::text, name, version;
SELECT owner, name, grantee FROM musicintel.model_shares;
SELECT owner, name, version, musicintel.to_json(model) FROM musicintel.model_versions ORDER BY owner::text, name, version;
SELECT genre, musicintel.to_json(model), musicintel.predict(model, ARRAY[100]) FROM by_genre ORDER BY genre;
EOSQL
my $predictions = "SELECT id, musicintel.predict('fame', t) FROM tracks t ORDER BY id";

sub as_role
{
	my ($node, $role, $query) = @_;
	return $node->safe_psql('music', qq{SET ROLE "$role"; $query});
}

my %before = (
	everything => $old->safe_psql('music', $everything),
	'Analyst' => as_role($old, 'Analyst', $predictions),
	'colleague' => as_role($old, 'colleague', $predictions),
	shared => as_role($old, 'colleague', q{SELECT id, musicintel.predict('"Analyst".fame', t) FROM tracks t ORDER BY id}));
isnt($before{'Analyst'}, $before{colleague}, 'two roles have different models of one name');
isnt($before{'Analyst'}, '', 'and they predict');

my $dumps = $old->backup_dir;
mkdir $dumps;
$old->command_ok([ 'pg_dumpall', '--roles-only', '--no-sync', '--file', "$dumps/roles.sql" ], 'dump of the roles');
$old->command_ok([ 'pg_dump', '--no-sync', '--file', "$dumps/music.sql", 'music' ], 'dump as a script');
$old->command_ok([ 'pg_dump', '--no-sync', '--format=custom', '--file', "$dumps/music.dump", 'music' ],
	'dump in the custom format');

my $new = PostgreSQL::Test::Cluster->new('new');
$new->init(extra => ['--encoding=UTF8', '--locale=C']); # whatever the machine's locale is
$new->start;
# The superuser is there already: that line of the roles fails.
$new->psql('postgres', undef, on_error_stop => 0, extra_params => [ '--file', "$dumps/roles.sql" ]);

sub check_restored
{
	my ($how) = @_;

	is($new->safe_psql('music', $everything), $before{everything}, "$how: models, shares and stored values are the same");
	is(as_role($new, 'Analyst', $predictions), $before{'Analyst'}, "$how: the owner's predictions are the same");
	is(as_role($new, 'colleague', $predictions), $before{colleague}, "$how: another owner's, too");
	is(as_role($new, 'colleague', q{SELECT id, musicintel.predict('"Analyst".fame', t) FROM tracks t ORDER BY id}),
		$before{shared}, "$how: what was shared still is");
	is(as_role($new, 'stranger', 'SELECT count(*) FROM musicintel.models'), '0', "$how: and from others still hidden");
	my $next =
	  q{SELECT version FROM musicintel.train('fame', 'linear_regression', 'SELECT tempo, popularity FROM tracks', 'popularity')};
	is(as_role($new, 'Analyst', $next), '4', "$how: training goes on with the next version");
	$new->safe_psql('postgres', 'DROP DATABASE music');
	return;
}

$new->safe_psql('postgres', 'CREATE DATABASE music');
$new->command_ok(
	[ 'psql', '--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1', '--file', "$dumps/music.sql", 'music' ],
	'restore of the script');
check_restored('script');

$new->safe_psql('postgres', 'CREATE DATABASE music');
$new->command_ok([ 'pg_restore', '--exit-on-error', '--jobs=2', '--dbname=music', "$dumps/music.dump" ],
	'restore of the custom format');
check_restored('custom format');

# The owner of a database is no superuser: row-level security stands between him and a plain dump, but not this one.
$old->safe_psql('postgres', 'CREATE ROLE proprietor LOGIN; CREATE DATABASE his OWNER proprietor');
my @as_proprietor = (extra_params => [ '--username', 'proprietor' ]);
$old->safe_psql('his', <<'EOSQL', @as_proprietor);
CREATE EXTENSION musicintel;
CREATE TABLE tracks AS SELECT i AS tempo, sqrt(i) AS popularity FROM generate_series(1, 50) AS i;
SELECT musicintel.train('fame', 'linear_regression', 'TABLE tracks', 'popularity');
EOSQL
my $his = "SELECT string_agg(musicintel.predict('fame', t)::text, ' ' ORDER BY tempo) FROM tracks AS t";
my $his_before = $old->safe_psql('his', $his, @as_proprietor);
$old->command_ok(
	[ 'pg_dump', '--username=proprietor', '--no-sync', '--enable-row-security', '--inserts', '--file', "$dumps/his.sql", 'his' ],
	'dump by the owner of the database');
$new->safe_psql('postgres', 'CREATE ROLE proprietor LOGIN; CREATE DATABASE his OWNER proprietor');
$new->command_ok(
	[ 'psql', '--no-psqlrc', '--quiet', '--username=proprietor', '--set', 'ON_ERROR_STOP=1', '--file', "$dumps/his.sql", 'his' ],
	'and restore by him');
is($new->safe_psql('his', $his, @as_proprietor), $his_before, 'his models are there');

# Binary COPY, as drivers and logical replication send values.
$old->safe_psql('music', <<"EOSQL");
\\copy by_genre TO '$dumps/models.bin' WITH (FORMAT binary)
CREATE TABLE read_back (LIKE by_genre);
\\copy read_back FROM '$dumps/models.bin' WITH (FORMAT binary)
EOSQL
is( $old->safe_psql(
		'music', 'SELECT count(*) FROM by_genre a JOIN read_back b ON a.genre = b.genre AND a.model OPERATOR(musicintel.=) b.model'),
	'4',
	'binary COPY gives back the same models');

done_testing();
