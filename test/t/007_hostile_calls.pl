# Whatever an ordinary user calls a function with, the worst that happens is an ERROR: NULL in every place, made-up
# aggregate states, transition functions out of place, names of awkward lengths.

use strict;
use warnings;

use MIME::Base64;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => ['--encoding=UTF8', '--locale=C']); # whatever the machine's locale is
$node->start;
$node->safe_psql('postgres', <<'EOSQL');
CREATE EXTENSION musicintel;
CREATE ROLE mallory LOGIN;
GRANT CREATE ON SCHEMA public TO mallory;
EOSQL

# The answers, as rows of SQLSTATE or 'ok'; a crash shows as a lost connection, which is neither.
sub attempt
{
	my ($script) = @_;
	my ($status, $stdout, $stderr) = $node->psql(
		'postgres', $script,
		on_error_stop => 0,
		extra_params => [ '--username', 'mallory' ]);
	unlike($stderr, qr/server closed the connection|connection to server was lost/, 'the server is still there')
	  or BAIL_OUT($stderr);
	return wantarray ? ($stdout, $stderr) : $stdout;
}

attempt(<<'EOSQL');
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
CREATE VIEW sample_model AS
SELECT musicintel.linear_regression_fit(y, ARRAY[x, x * x % 7]) AS model FROM generate_series(1, 20) AS x, LATERAL (SELECT 2.0 * x AS y) AS r;
EOSQL

# ---- NULL for every argument in turn, the others sound, and all of them at once

my $outcomes = attempt(<<'EOSQL');
CREATE TABLE sound (type regtype PRIMARY KEY, value text);
INSERT INTO sound VALUES
	('text', quote_literal('x')), ('integer', '1'), ('float8', '1.5'), ('float8[]', quote_literal('{1,2,3,4,5}')), ('jsonb', quote_literal('{}')),
	('regrole', quote_literal('mallory')), ('record', 'ROW(1)'), ('cstring', quote_literal('x')),
	('musicintel.model', '(SELECT model FROM sample_model)');
CREATE VIEW calls AS
SELECT p.oid::regprocedure AS function, nulls,
	format('SELECT * FROM %s(%s) AS f%s', p.oid::regproc,
		(SELECT string_agg(CASE WHEN at = nulls OR nulls = 0 THEN 'NULL' ELSE coalesce(value, 'NULL') END || '::' || argument::regtype, ', ' ORDER BY at)
		FROM unnest(p.proargtypes) WITH ORDINALITY AS a (argument, at) LEFT JOIN sound ON type = argument),
		CASE WHEN prorettype = 'record'::regtype AND proallargtypes IS NULL THEN ' (x integer)' ELSE '' END) AS statement
FROM pg_proc p, LATERAL generate_series(0, pronargs) AS nulls
WHERE pronamespace = 'musicintel'::regnamespace AND prokind = 'f' AND NOT 'internal'::regtype = ANY (proargtypes);
SELECT function, nulls, outcome(statement) FROM calls ORDER BY function::text, nulls;
EOSQL
my @outcomes = split /\n/, $outcomes;
cmp_ok(scalar(@outcomes), '>', 50, 'every function was called');
is(join(' ', grep { /\|XX000$/ } @outcomes), '', 'and none was surprised');

# ---- The same for aggregates, plain and as window functions

my @aggregates = map { split /\|/ } split /\n/, attempt(<<'EOSQL');
SELECT oid::regproc || '(' || array_to_string(ARRAY(SELECT 'NULL::' || t::regtype FROM unnest(proargtypes) AS t), ', ') || ')'
FROM pg_proc WHERE pronamespace = 'musicintel'::regnamespace AND prokind = 'a' ORDER BY 1;
EOSQL
cmp_ok(scalar(@aggregates), '>=', 6, 'there are aggregates');
is(attempt("SELECT $_ IS NULL FROM generate_series(1, 3)"), 't', "$_ is NULL") foreach @aggregates;
is(attempt("SELECT bool_and(a IS NULL) FROM (SELECT $_ OVER (ORDER BY i) AS a FROM generate_series(1, 3) AS i) AS w"),
	't', 'and as a window function')
  foreach @aggregates;

# ---- Made-up states: an aggregate of one's own begins with a finished model, or hands out its state as a value

is(attempt(<<'EOSQL'), "20|ok|ok|ok|ok|ok|ok|ok\n25\n25", 'unfinished states are finished wherever they turn up');
CREATE AGGREGATE unfinished(y float8, x float8[]) (
	SFUNC = musicintel.linear_regression_accumulate, STYPE = musicintel.model);
CREATE TABLE states AS
SELECT unfinished(y, ARRAY[x, x * x % 7]) AS state FROM generate_series(1, 20) AS x, LATERAL (SELECT 2.0 * x AS y) AS r;
SELECT musicintel.summary(state) ->> 'n',
	outcome('SELECT musicintel.predict(state, ARRAY[1, 2]) FROM states'),
	outcome('SELECT musicintel.coefficients(state) FROM states'),
	outcome('SELECT musicintel.to_json(state) FROM states'),
	outcome('SELECT state::text::musicintel.model FROM states'),
	outcome('SELECT musicintel.model_send(state) FROM states'),
	outcome('SELECT musicintel.rollup(state) OVER () FROM states, generate_series(1, 3)'),
	outcome('SELECT state OPERATOR(musicintel.=) model FROM states, sample_model')
FROM states;
SELECT format('CREATE AGGREGATE goes_on(y float8, x float8[]) (SFUNC = musicintel.linear_regression_accumulate,
	STYPE = musicintel.model, FINALFUNC = musicintel.model_state_finish, INITCOND = %L)', model) FROM sample_model \gexec
SELECT musicintel.summary(goes_on(x, ARRAY[x, x % 3])) ->> 'n' FROM generate_series(1, 5) AS x;
SELECT musicintel.summary(goes_on(x, ARRAY[x, x % 3]) OVER ()) ->> 'n' FROM generate_series(1, 5) AS x LIMIT 1;
EOSQL
is(attempt(<<'EOSQL'), '22023|22023|0A000|0A000', 'states and rows that do not fit, and plain calls, are refused');
SELECT outcome('SELECT goes_on(1, ARRAY[1, 2, 3])'),
	outcome('SELECT musicintel.rollup(m) FROM (SELECT state FROM states UNION ALL SELECT musicintel.linear_regression_fit(1, ARRAY[1])) AS s (m)'),
	outcome('SELECT musicintel.linear_regression_accumulate(state, 1, ARRAY[1, 2]) FROM states'),
	outcome('SELECT musicintel.model_state_merge(state, state) FROM states');
EOSQL
is(attempt('SELECT musicintel.summary(state) ->> \'n\' FROM states'), '20', 'the stored state was not written to');

# Every way to hand a metric a state of its own.
is(attempt(<<'EOSQL'), '22023|22023|22023|22023|ok', 'states of metrics are looked at');
SELECT outcome($$SELECT musicintel.regression_metrics_r_squared('{}')$$),
	outcome($$SELECT musicintel.regression_metrics_r_squared('{1,2,3,4}')$$),
	outcome($$SELECT musicintel.regression_metrics_r_squared('{1,2,3,4,NULL}')$$),
	outcome($$SELECT musicintel.regression_metrics_r_squared('{{1,2,3,4,5}}')$$),
	outcome($$SELECT musicintel.regression_metrics_r_squared('{NaN,-Infinity,3,4,5}')$$);
EOSQL

# ---- Text that is cut to a length is not cut inside a character

attempt(<<'EOSQL');
CREATE FUNCTION message_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
	RETURN message;
END $$;
-- Characters of three bytes, beginning at each of three offsets; and names that differ at their ends alone.
CREATE VIEW long_name AS
SELECT repeat('a', before) || repeat('€', 500) || repeat('a', after) AS name
FROM generate_series(0, 2) AS before, generate_series(0, 1) AS after;
EOSQL

# Conversion of the bytes is where invalid text is found.
sub is_valid_text
{
	my ($query, $what) = @_;
	my ($stdout, $stderr) = attempt("SELECT bool_and(convert_from(textsend(t), 'UTF8') = t) FROM ($query) AS s (t)");
	is($stderr . $stdout, 't', $what);
	return;
}

is_valid_text(
	"SELECT message_of(format('SELECT musicintel.fit(%L, ''SELECT 1 AS x'', ''x'', ''{}'')', name)) FROM long_name",
	'the message about an unknown algorithm is valid text');
is_valid_text(
	"SELECT message_of(format('SELECT musicintel.linear_regression_fit(1, ARRAY[1], %L)', jsonb_build_object(name, 1))) FROM long_name",
	'about an unknown option');
is_valid_text(
	"SELECT message_of(format('SELECT musicintel.get_model(%L)', name)) FROM long_name", 'about an unknown model');
attempt(<<'EOSQL');
CREATE TABLE labels AS SELECT name, length(name)::float8 AS y FROM long_name UNION ALL SELECT 'short', 1;
CREATE TABLE labelled AS SELECT model FROM musicintel.fit('linear_regression', 'SELECT name, y FROM labels', 'y', '{}');
EOSQL
is_valid_text('SELECT term FROM labelled, musicintel.coefficients(model)', 'terms of long levels are valid text');
is_valid_text('SELECT musicintel.to_json(model)::text FROM labelled', 'and so is the model as JSON');
is(attempt('SELECT count(DISTINCT term) FROM labelled, musicintel.coefficients(model)'),
	'7', 'and they are told apart');

# ---- A model made to have another one's checksum: what is kept for a call site is not taken for its own

# The next value of the running checksum (mi_checksum), and the word that leads to a wanted one.
use constant {MULTIPLIER => 0x9E3779B97F4A7C15, INVERSE => 0xF1DE83E19937733D, MAGIC => 0x4D49444D};

sub product
{
	use integer;
	return $_[0] * $_[1];
}

sub mixed
{
	my ($value) = @_;
	return $value ^ (($value >> 32) & 0xFFFFFFFF);
}

sub checksum
{
	my ($bytes, $seed) = @_;
	my $sum = $seed ^ product(length $bytes, MULTIPLIER);
	$sum = mixed(product($sum ^ $_, MULTIPLIER)) for unpack 'Q<*', $bytes . "\0" x (-length($bytes) % 8);
	return $sum;
}

sub with_checksum_of
{
	my ($pattern, $bytes) = map { "\0\0\0\0" . decode_base64($_) } @_;
	my $wanted = unpack 'Q<', substr($pattern, 16, 8);
	my $body = substr $bytes, 24;
	my $sum = checksum(substr($bytes, 4, 12), MAGIC) ^ product(length $body, MULTIPLIER);
	$sum = mixed(product($sum ^ $_, MULTIPLIER)) for unpack 'Q<*', substr($body, 0, -8);
	substr($bytes, -8) = pack 'Q<', product(mixed($wanted), INVERSE) ^ $sum;
	substr($bytes, 16, 8) = substr $pattern, 16, 8;
	return encode_base64(substr($bytes, 4), '');
}

# An imported tree of so many features whose last eight bytes, a leaf's weight, may be any.
sub tree_of
{
	my ($features) = @_;
	my $names = join ' ', map { "f$_" } 0 .. $features - 1;
	my $ranges = join ' ', ('[0:1]') x $features;
	my $last = $features - 1;
	return attempt(qq{SELECT musicintel.from_lightgbm(E'tree\\nversion=v4\\nnum_class=1\\nnum_tree_per_iteration=1\\nlabel_index=0\\n}
		. qq{max_feature_idx=$last\\nobjective=regression\\nfeature_names=$names\\nfeature_infos=$ranges\\n\\nTree=0\\n}
		. qq{num_leaves=2\\nnum_cat=0\\nsplit_feature=0\\nsplit_gain=1\\nthreshold=0.5\\ndecision_type=10\\nleft_child=-1\\n}
		. qq{right_child=-2\\nleaf_value=1 2\\nleaf_weight=1 1\\nleaf_count=1 1\\ninternal_value=0\\ninternal_weight=2\\n}
		. qq{internal_count=2\\nis_linear=0\\nshrinkage=1\\n\\n\\nend of trees\\n')});
}

my $small = tree_of(1);
for my $features (2, 40, 1500)
{
	my $forged = with_checksum_of($small, tree_of($features));
	is(attempt("SELECT musicintel.predict('$forged'::musicintel.model, array_fill(0.25::float8, ARRAY[$features]))"),
		'1', "a model of $features features with the checksum of another is a model");
	my ($answers, $complaint) = attempt(
		"SELECT musicintel.predict(m, r) FROM (VALUES ('$small'::musicintel.model), ('$forged')) AS m (m), (SELECT 0.25::float8 AS f0) AS r");
	like($complaint, qr/row lacks features of the model: "f1"/, 'and is not given the row of the other');
}

done_testing();
