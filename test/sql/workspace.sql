\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(75);

-- What an error says besides its message.
CREATE FUNCTION pg_temp.complaint(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', message, nullif(detail, ''), nullif(hint, ''));
END
$$;

---- Creation, twice ----------------------------------------------------------------------------------------------------
SELECT results_eq(
	$$SELECT * FROM musicintel.create_workspace('music')$$,
	$$VALUES ('music', 'schema', 'created'),
		('music.artists', 'table', 'created'),
		('music.users', 'table', 'created'),
		('music.tracks', 'table', 'created'),
		('music.sessions', 'table', 'created'),
		('music.listens', 'table', 'created'),
		('music.interactions', 'table', 'created'),
		('music.settings', 'table', 'created'),
		('music.refresh_log', 'table', 'created'),
		('music.track_features', 'view', 'created'),
		('music.track_scores', 'materialized view', 'created'),
		('music.track_expectation', 'view', 'created'),
		('music.hidden_gems', 'view', 'created'),
		('music.surprise_hits', 'view', 'created'),
		('music.genre_bias_stored', 'materialized view', 'created'),
		('music.genre_bias', 'view', 'created'),
		('music.segment_proportions_stored', 'materialized view', 'created'),
		('music.segment_proportions', 'view', 'created'),
		('music.segment_profile_stored', 'materialized view', 'created'),
		('music.segment_profile', 'view', 'created'),
		('music.exposure_inequality_stored', 'materialized view', 'created'),
		('music.exposure_inequality', 'view', 'created'),
		('music.exposure_gap_stored', 'materialized view', 'created'),
		('music.exposure_gap', 'view', 'created'),
		('music.popularity_distribution_stored', 'materialized view', 'created'),
		('music.popularity_distribution', 'view', 'created'),
		('music.residual_distribution_stored', 'materialized view', 'created'),
		('music.residual_distribution', 'view', 'created'),
		('music.model_fit_stored', 'materialized view', 'created'),
		('music.model_fit', 'view', 'created'),
		('music.model_fit_sample_stored', 'materialized view', 'created'),
		('music.model_fit_sample', 'view', 'created'),
		('music.residual_by_momentum_stored', 'materialized view', 'created'),
		('music.residual_by_momentum', 'view', 'created'),
		('music.feature_correlation_stored', 'materialized view', 'created'),
		('music.feature_correlation', 'view', 'created'),
		('music.momentum_ablation_stored', 'materialized view', 'created'),
		('music.momentum_ablation', 'view', 'created'),
		('music.hit_classifier_stored', 'materialized view', 'created'),
		('music.hit_classifier', 'view', 'created'),
		('music.cold_start_stored', 'materialized view', 'created'),
		('music.cold_start', 'view', 'created'),
		('music.data_audit_stored', 'materialized view', 'created'),
		('music.data_audit', 'view', 'created'),
		('music.refresh()', 'procedure', 'created')$$,
	'create_workspace says what it made');
SELECT results_eq(
	$$SELECT action, count(*) FROM musicintel.create_workspace('music') GROUP BY action$$,
	$$VALUES ('kept', 45::bigint)$$,
	'a second time it keeps all of it');
SELECT set_eq(
	$$SELECT refobjid::regclass::text || ' ' || conname FROM pg_constraint JOIN pg_depend ON objid = pg_constraint.oid
		WHERE contype = 'f' AND connamespace = 'music'::regnamespace AND refobjid = confrelid AND refobjsubid > 0$$,
	ARRAY['music.artists tracks_artist_id_fkey', 'music.users sessions_user_id_fkey', 'music.sessions listens_session_id_fkey',
		'music.users listens_user_id_fkey', 'music.tracks listens_track_id_fkey', 'music.users interactions_user_id_fkey',
		'music.tracks interactions_track_id_fkey', 'music.artists interactions_artist_id_fkey'],
	'the tables refer to each other');

CREATE TEMPORARY VIEW workspace_columns AS
SELECT attrelid::regclass AS relation, relkind, attname, atttypid::regtype AS type, atttypmod,
	col_description(attrelid, attnum) AS comment
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'music'::regnamespace AND relkind IN ('r', 'v', 'm') AND attnum > 0 AND NOT attisdropped;

SELECT is_empty($$SELECT * FROM workspace_columns WHERE comment IS NULL$$, 'every column has a comment');
SELECT is_empty(
	$$SELECT oid::regclass FROM pg_class WHERE relnamespace = 'music'::regnamespace AND relkind IN ('r', 'v', 'm')
		AND obj_description(oid, 'pg_class') IS NULL$$,
	'every table and view has a comment');
SELECT isnt(obj_description('music.refresh()'::regprocedure, 'pg_proc'), NULL, 'the procedure has a comment');
SELECT is_empty(
	$$SELECT * FROM workspace_columns WHERE relkind IN ('v', 'm') AND type <> ALL ('{float8, bigint, integer, date, timestamptz, boolean}'::regtype[])
		AND NOT (type = 'varchar'::regtype AND atttypmod > 0)$$,
	'views have only types that every BI tool reads');
SELECT set_eq(
	$$SELECT relation::text, attname::text, type FROM workspace_columns$$,
	$$SELECT 'music.' || relation, column_name, data_type::regtype FROM musicintel.workspace_columns$$,
	'workspace_columns is the truth');
SELECT is_empty(format('SELECT * FROM music.%I', name), format('before the first refresh %s is empty, and no error', name))
FROM (SELECT relname AS name FROM pg_class WHERE relnamespace = 'music'::regnamespace AND relkind = 'v'
	AND relname <> 'track_features' ORDER BY relname) AS view;
SELECT is_empty(
	$$SELECT relname FROM pg_class c WHERE relnamespace = 'music'::regnamespace AND relkind = 'm'
		AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisunique AND indpred IS NULL)$$,
	'every materialized view has the index that a concurrent refresh needs');
SELECT results_eq(
	'SELECT segment_rule::text, segment_points, false_discovery_rate, minimum_group_size, folds, hit_threshold, diversity_floor FROM music.settings',
	$$VALUES ('points', 20::float8, 0.1::float8, 20, 5, 70::float8, 0.5::float8)$$,
	'there is one row of settings');
SELECT throws_ok('INSERT INTO music.settings DEFAULT VALUES', '23505', NULL, 'and no second one');
SELECT throws_ok(format('UPDATE music.settings SET %I = %L', name, value), '23514', NULL, format('setting %s %s is refused', name, value))
FROM (VALUES ('segment_rule', 'best'), ('segment_points', '0'), ('false_discovery_rate', '1'), ('folds', '1'),
	('minimum_group_size', '0'), ('hit_threshold', 'NaN'), ('diversity_floor', '1.5')) AS wrong (name, value);

---- What the tables take -----------------------------------------------------------------------------------------------
SELECT lives_ok(
	$$INSERT INTO music.tracks (track_id, track_name, release_date, release_date_precision, popularity, loudness, tempo, key)
		VALUES ('old', E'Don''t, "stop"\nnow', '1897-01-01', 'year', 0, 1.275, 0, -1)$$,
	'tables take loudness above 0, tempo 0, popularity 0, years before 1900, quotes and newlines');
SELECT throws_ok(format('INSERT INTO music.tracks (track_id, %I) VALUES (%L, %L)', name, name, value), '23514', NULL,
	format('%s %s is refused', name, value))
FROM (VALUES ('popularity', '101'), ('danceability', 'NaN'), ('loudness', '-Infinity'), ('tempo', 'NaN'), ('mode', '2'),
	('duration_ms', '-1'), ('release_date_precision', 'decade')) AS wrong (name, value);
SELECT lives_ok(
	$$INSERT INTO music.listens (session_id, session_position, track_id, skip_1, skip_2, skip_3, not_skipped, context_switch,
			no_pause_before_play, short_pause_before_play, long_pause_before_play, seekfwd, seekback, shuffle, hour_of_day,
			context_type, reason_start, reason_end)
		VALUES (NULL, 1, 'old', false, true, true, false, false, true, false, false, 0, 1, true, 23, 'radio', 'fwdbtn', 'fwdbtn')$$,
	'the descriptors of the skip challenge have their columns');
SELECT lives_ok(
	$$SET CONSTRAINTS ALL DEFERRED;
		INSERT INTO music.sessions (session_id, user_id, premium) VALUES ('s', 'u', true);
		INSERT INTO music.users (user_id) VALUES ('u');
		SET CONSTRAINTS ALL IMMEDIATE$$,
	'a loader may fill the tables in any order');

---- Names that need quotes ---------------------------------------------------------------------------------------------
SELECT is((SELECT count(*) FROM musicintel.create_workspace(name) WHERE action = 'created'), 45::bigint, format('schema %s', name))
FROM (VALUES ('Upper'), ('with space'), ('quo"te'), ('apo''strophe'), ('per%cent %s'), ('$view$'), ('$body$'), ('select')) AS odd (name);
INSERT INTO "apo'strophe".artists SELECT 'a' || n, 'Artist', n, n * n FROM generate_series(1, 20) AS n;
INSERT INTO "apo'strophe".tracks (track_id, artist_id, release_date, popularity, duration_ms)
SELECT format('%s-%s', n, r), 'a' || n, date '2000-01-01' + 400 * r, (n * 37 + r * 11) % 100, 180000 + (n * r * 7919) % 60000
FROM generate_series(1, 20) AS n, generate_series(1, 4) AS r;
SELECT lives_ok($$CALL "apo'strophe".refresh()$$, 'refresh() copes with them');
SELECT is((SELECT count(expected) FROM "apo'strophe".track_expectation), 60::bigint, 'and scores what has an earlier release');
SELECT throws_ok('CALL "$body$".refresh()', '22000', NULL, 'also with those that end a body, but has nothing to learn from there');

SELECT throws_ok($$SELECT musicintel.create_workspace(NULL)$$, '3F000', 'a workspace needs the name of a schema', 'no name');
SELECT throws_ok($$SELECT musicintel.create_workspace(repeat('x', 64))$$, '42622', NULL, 'a name that would be cut');
SELECT throws_ok($$SELECT musicintel.create_workspace('pg_music')$$, '42939', NULL, 'a name the server reserves');
SELECT throws_ok($$SELECT musicintel.create_workspace('musicintel')$$, '55000', 'schema musicintel belongs to an extension',
	'a schema that would go away with the extension');

---- Bring your own tables and views ------------------------------------------------------------------------------------
CREATE SCHEMA own;
CREATE TABLE own.artists (artist_name varchar(80), artist_id text UNIQUE, genres varchar[], label text);
CREATE TABLE own.raw (id text, released timestamptz, stars numeric(4, 1));
CREATE VIEW own.tracks AS SELECT id AS track_id, released::text AS release_date, stars AS popularity FROM own.raw;
SELECT is(pg_temp.complaint($$SELECT musicintel.create_workspace('own')$$), concat_ws(E'\n',
		'own.artists lacks columns that a workspace needs',
		'popularity is missing: integer',
		'followers is missing: bigint',
		'Unknown columns may be NULL: ALTER TABLE own.artists ADD COLUMN popularity integer, ADD COLUMN followers bigint;'),
	'columns that a table lacks are listed, with the statement that adds them');
ALTER TABLE own.artists ADD COLUMN popularity integer, ADD COLUMN followers bigint;
SELECT matches(pg_temp.complaint($$SELECT musicintel.create_workspace('own')$$),
	E'^own.tracks lacks columns .*\nrelease_date is of type text, not date\n.*Let the view say: NULL::text AS track_name, NULL::varchar\\(255\\) AS artist_id, ',
	'columns of another type, too, and what a view should say');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'own'::regnamespace AND relname = 'users'), 0::bigint,
	'then nothing is made');

DO $$
BEGIN
	EXECUTE 'CREATE OR REPLACE VIEW own.complete AS SELECT id AS track_id, released AS release_date, stars AS popularity, '
		|| (SELECT string_agg(format('NULL::%s AS %I', data_type, column_name), ', ') FROM musicintel.workspace_columns
			WHERE relation = 'tracks' AND column_name NOT IN ('track_id', 'release_date', 'popularity'))
		|| ' FROM own.raw';
END
$$;
DROP VIEW own.tracks;
ALTER VIEW own.complete RENAME TO tracks;
SELECT results_eq(
	$$SELECT object, kind, action FROM musicintel.create_workspace('own') WHERE kind <> 'schema' LIMIT 4$$,
	$$VALUES ('own.artists', 'table', 'kept'), ('own.users', 'table', 'created'), ('own.tracks', 'view', 'kept'),
		('own.sessions', 'table', 'created')$$,
	'a table and a view of the user''s own are used as they are');
SELECT results_eq(
	$$SELECT confrelid::regclass FROM pg_constraint WHERE contype = 'f' AND conrelid = 'own.interactions'::regclass
		ORDER BY conname$$,
	$$VALUES ('own.artists'::regclass), ('own.users')$$,
	'and referred to where they have a key');

CREATE SCHEMA taken;
CREATE SEQUENCE taken.users;
SELECT throws_ok($$SELECT musicintel.create_workspace('taken')$$, '42809', 'taken.users is neither a table nor a view',
	'a name taken by something else');

---- Rights: those of the caller ----------------------------------------------------------------------------------------
CREATE ROLE regress_workspace_user;
CREATE SCHEMA regress_workspace AUTHORIZATION regress_workspace_user;
SELECT is(pg_temp.complaint($$SET LOCAL ROLE regress_workspace_user; SELECT musicintel.create_workspace('music')$$),
	E'permission denied for schema music\nLet its owner run: GRANT CREATE, USAGE ON SCHEMA music TO regress_workspace_user;',
	'a schema of somebody else');
SELECT matches(pg_temp.complaint($$SET LOCAL ROLE regress_workspace_user; SELECT musicintel.create_workspace('new')$$),
	E'^permission denied to create schema new in database .*\nLet an owner run: CREATE SCHEMA new AUTHORIZATION regress_workspace_user;$',
	'no right to make a schema');
SET LOCAL ROLE regress_workspace_user;
SELECT count(*) FROM musicintel.create_workspace('regress_workspace') \g /dev/null
INSERT INTO regress_workspace.artists (artist_id, popularity, followers) VALUES ('a', 50, 1000);
INSERT INTO regress_workspace.tracks (track_id, artist_id, release_date, popularity, duration_ms)
SELECT 't' || n, 'a', date '2020-01-01' + n, 20 + n * n % 17, 180000 + n * n * n % 1000 FROM generate_series(1, 30) AS n;
CALL regress_workspace.refresh();
RESET ROLE;
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'regress_workspace'::regnamespace
		AND relowner <> 'regress_workspace_user'::regrole), 0::bigint, 'an ordinary user owns all that was made for him');
SELECT is((SELECT count(expected) FROM regress_workspace.track_expectation), 29::bigint, 'and has his tracks scored');

---- The extension can go; the user's rows stay -------------------------------------------------------------------------
SELECT is_empty(
	$$SELECT objid FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_class'::regclass
		AND objid IN (SELECT oid FROM pg_class WHERE relnamespace = 'music'::regnamespace)$$,
	'nothing in a workspace belongs to the extension');
DROP EXTENSION musicintel CASCADE;
SELECT results_eq(
	$$SELECT (SELECT count(*) FROM "apo'strophe".artists), (SELECT count(*) FROM "apo'strophe".tracks),
		(SELECT count(*) FROM music.listens)$$,
	$$VALUES (20::bigint, 80::bigint, 1::bigint)$$,
	'DROP EXTENSION CASCADE takes no row');
SELECT is((SELECT count(prev_release_popularity) FROM "apo'strophe".track_features), 60::bigint, 'nor the features');
CREATE EXTENSION musicintel;
SELECT results_eq(
	$$SELECT action, count(*) FROM musicintel.create_workspace('apo''strophe') GROUP BY action ORDER BY action$$,
	$$VALUES ('created', 30::bigint), ('kept', 15::bigint)$$,
	'create_workspace puts back the views that went');

\i test/pgtap/end.psql
