\unset ECHO
\set commits true
\i test/pgtap/begin.psql
SELECT plan(33);

-- refresh() commits after each step when it is called on its own, which is why this file has no transaction around it.
DROP SCHEMA IF EXISTS regress_refresh CASCADE;
SELECT count(*) FROM musicintel.create_workspace('regress_refresh') \g /dev/null
SELECT count(*) FROM musicintel.simulate_catalogue('regress_refresh', 60, 1200, 3) \g /dev/null
CREATE TEMPORARY VIEW log AS SELECT * FROM regress_refresh.refresh_log;
SELECT current_setting('search_path') AS callers_path \gset

---- A refresh ----------------------------------------------------------------------------------------------------------
CALL regress_refresh.refresh();
SELECT results_eq('SELECT step::text FROM log WHERE run = 1 ORDER BY started, seconds IS NULL, step <> ''refresh'' LIMIT 4',
	$$VALUES ('refresh'), ('popularity model'), ('track_scores'), ('genre_bias_stored')$$, 'steps in the order of their dependence');
SELECT is((SELECT count(*) FROM log WHERE run = 1), 18::bigint, 'one line for each, and one for all');
SELECT is_empty($$SELECT * FROM log WHERE error IS NOT NULL OR seconds IS NULL OR (rows IS NULL AND step <> 'refresh')$$, 'none failed, all took their time');
SELECT results_eq($$SELECT step::text, rows FROM log WHERE step IN ('popularity model', 'track_scores') ORDER BY step$$,
	$$SELECT 'popularity model', count(residual) FROM regress_refresh.track_scores UNION ALL SELECT 'track_scores', count(*) FROM regress_refresh.track_scores$$,
	'the rows of each');
SELECT ok((SELECT sum(seconds) FROM log WHERE step <> 'refresh') <= (SELECT seconds FROM log WHERE step = 'refresh'), 'the seconds of the steps are within those of the whole');
SELECT ok(count(DISTINCT xmin::text) = 17, 'each step was a transaction of its own') FROM regress_refresh.refresh_log;
SELECT is_empty(
	$$SELECT relname FROM pg_class WHERE relnamespace = 'regress_refresh'::regnamespace AND relkind = 'm'
		AND (NOT relispopulated OR pg_relation_size(oid) = 0) AND relname <> 'hit_classifier_stored'$$, 'everything is filled');
SELECT is(current_setting('search_path'), :'callers_path', 'the caller''s search_path is as it was');
SELECT is((SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()), 0::bigint, 'no lock is left');

-- Concurrently: the files of the views stay the same.
CREATE TEMPORARY TABLE file AS SELECT oid, relfilenode FROM pg_class WHERE relnamespace = 'regress_refresh'::regnamespace AND relkind = 'm';
CALL regress_refresh.refresh();
SELECT is_empty('SELECT c.relname FROM pg_class c JOIN file USING (oid) WHERE c.relfilenode <> file.relfilenode', 'a second refresh is concurrent');

---- Inside a transaction block: everything or nothing ------------------------------------------------------------------
BEGIN;
SET LOCAL search_path = regress_refresh, public;
CALL regress_refresh.refresh();
SELECT is(current_setting('search_path'), 'regress_refresh, public', 'inside a transaction, too, the search_path stays');
SELECT ok(count(*) = 18 AND count(DISTINCT xmin::text) = 1, 'refresh() works inside a transaction') FROM regress_refresh.refresh_log WHERE run = 3;
SELECT is((SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND mode = 'ExclusiveLock'), 2::bigint,
	'and holds its lock, and that of the model, to the end');
ROLLBACK;
SELECT results_eq($$SELECT count(*), (SELECT max(version)::bigint FROM musicintel.models WHERE name = 'regress_refresh.popularity') FROM log WHERE run = 3$$,
	'VALUES (0::bigint, 2::bigint)', 'which takes all of it back');

---- Failures -----------------------------------------------------------------------------------------------------------
-- A view that cannot be worked out while there is a row in regress_refresh.broken.
CREATE TABLE regress_refresh.broken (n integer);
DROP MATERIALIZED VIEW regress_refresh.segment_profile_stored CASCADE;
CREATE MATERIALIZED VIEW regress_refresh.segment_profile_stored AS
SELECT track_id, 1 / (1 - (SELECT count(*) FROM regress_refresh.broken)) AS n FROM regress_refresh.track_scores;
CREATE UNIQUE INDEX ON regress_refresh.segment_profile_stored (track_id);
INSERT INTO regress_refresh.broken VALUES (1);
UPDATE regress_refresh.tracks SET popularity = 100 WHERE popularity = (SELECT max(popularity) FROM regress_refresh.tracks);
\set ON_ERROR_STOP 0
\set VERBOSITY sqlstate
CALL regress_refresh.refresh();
\set state :SQLSTATE
\set message :LAST_ERROR_MESSAGE
\set VERBOSITY default
\set ON_ERROR_STOP 1
SELECT is(:'state'::text, '22012', 'a step that fails is an error in the end');
SELECT is(:'message'::text, 'refresh of regress_refresh failed at segment_profile_stored: division by zero', 'which says what failed and why');
SELECT results_eq('SELECT step::text, rows, error::text FROM log WHERE run = 3 AND error IS NOT NULL ORDER BY step COLLATE "C"',
	$$VALUES ('refresh', NULL::bigint, 'segment_profile_stored: division by zero'), ('segment_profile_stored', NULL, 'division by zero')$$, 'and is logged');
SELECT is((SELECT count(*) FROM regress_refresh.segment_profile_stored), 1200::bigint, 'the old rows can still be read');
SELECT is((SELECT max(popularity_from) FROM regress_refresh.popularity_distribution WHERE tracks > 0), 95::float8, 'what comes after it is renewed');
SELECT is((SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()), 0::bigint, 'the lock is given back');

-- Without popularity there is no model, no expectation and nothing that is made of it; what is made of plays and tables is.
DELETE FROM regress_refresh.broken;
CREATE TEMPORARY TABLE before AS SELECT * FROM regress_refresh.track_scores;
UPDATE regress_refresh.tracks SET popularity = NULL;
\set ON_ERROR_STOP 0
\set VERBOSITY sqlstate
CALL regress_refresh.refresh();
\set VERBOSITY default
\set ON_ERROR_STOP 1
SELECT results_eq('SELECT step::text FROM log WHERE run = 4 AND error IS NULL ORDER BY step COLLATE "C"',
	$$VALUES ('data_audit_stored'), ('exposure_inequality_stored'), ('popularity_distribution_stored')$$, 'a model that fails holds up what needs it, and nothing else');
SELECT is((SELECT error::text FROM log WHERE run = 4 AND step = 'genre_bias_stored'), 'left out, since track_scores failed', 'each says what it waits for');
SELECT set_eq('SELECT track_id, expected, segment FROM regress_refresh.track_scores', 'SELECT track_id, expected, segment FROM before', 'expectations are as they were');

DELETE FROM regress_refresh.settings;
SELECT throws_ok('CALL regress_refresh.refresh()', '55000', 'workspace regress_refresh has no settings', 'settings that were deleted are missed');
INSERT INTO regress_refresh.settings DEFAULT VALUES;

-- Cut off in the middle: the lock is given back, and the log says where.
UPDATE regress_refresh.tracks t SET popularity = actual FROM before b WHERE b.track_id = t.track_id;
DROP MATERIALIZED VIEW regress_refresh.segment_profile_stored CASCADE;
CREATE MATERIALIZED VIEW regress_refresh.segment_profile_stored AS
SELECT track_id, pg_sleep(CASE WHEN EXISTS (SELECT FROM regress_refresh.broken) THEN 60 ELSE 0 END) IS NULL AS n FROM regress_refresh.track_scores;
CREATE UNIQUE INDEX ON regress_refresh.segment_profile_stored (track_id);
INSERT INTO regress_refresh.broken VALUES (1);
\set ON_ERROR_STOP 0
\set VERBOSITY sqlstate
SET statement_timeout = '8s';
CALL regress_refresh.refresh();
\set state :SQLSTATE
RESET statement_timeout;
\set VERBOSITY default
\set ON_ERROR_STOP 1
SELECT is(:'state'::text, '57014', 'a refresh can be cancelled');
SELECT results_eq('SELECT step::text, error IS NULL FROM log WHERE run = 5 ORDER BY started DESC, seconds LIMIT 2',
	$$VALUES ('segment_profile_stored', false), ('segment_proportions_stored', true)$$, 'it ends at the step that was cut off');
SELECT is((SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()), 0::bigint, 'and gives the lock back');

-- Cut off between two steps, where nothing can catch it: while the log is written, which comes after a step, or before the first.
CREATE FUNCTION regress_refresh.wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
\set ON_ERROR_STOP 0
\set VERBOSITY sqlstate
CREATE TRIGGER wait BEFORE INSERT ON regress_refresh.refresh_log FOR EACH ROW WHEN (NEW.step = 'popularity model') EXECUTE FUNCTION regress_refresh.wait();
SET statement_timeout = '2s';
CALL regress_refresh.refresh();
\set after_a_step :SQLSTATE
DROP TRIGGER wait ON regress_refresh.refresh_log;
CREATE TRIGGER wait BEFORE INSERT ON regress_refresh.refresh_log FOR EACH ROW WHEN (NEW.step = 'refresh') EXECUTE FUNCTION regress_refresh.wait();
SET statement_timeout = '1s';
CALL regress_refresh.refresh();
\set before_the_first :SQLSTATE
RESET statement_timeout;
\set VERBOSITY default
\set ON_ERROR_STOP 1
SELECT is(:'after_a_step' || ' ' || :'before_the_first', '57014 57014', 'a refresh can be cancelled between its steps');
SELECT is((SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()), 0::bigint, 'and gives the lock back then, too');
DROP TRIGGER wait ON regress_refresh.refresh_log;
DELETE FROM regress_refresh.broken;
CALL regress_refresh.refresh();
SELECT is_empty('SELECT step FROM log WHERE run = (SELECT max(run) FROM log) AND (error IS NOT NULL OR seconds IS NULL)', 'the next one runs');

---- What is no workspace -----------------------------------------------------------------------------------------------
SELECT throws_ok($$CALL musicintel.refresh_workspace('nowhere')$$, '3F000', 'there is no workspace nowhere', 'no workspace');
SELECT throws_ok('CALL musicintel.refresh_workspace(NULL)', '3F000', 'there is no workspace NULL', 'no name');
CREATE ROLE regress_refresh_user;
GRANT USAGE ON SCHEMA regress_refresh TO regress_refresh_user;
SET ROLE regress_refresh_user;
SELECT throws_like('CALL regress_refresh.refresh()', 'workspace regress_refresh is refreshed by its owner, %', 'somebody else''s');
RESET ROLE;

DROP SCHEMA regress_refresh CASCADE;
DROP ROLE regress_refresh_user;
\i test/pgtap/end.psql
