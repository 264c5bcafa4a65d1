\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(16);

SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null

---- Momentum, by hand --------------------------------------------------------------------------------------------------
-- Releases of "a": 2001 (50), 2002 (two: 30 and 20), 2003-06 (70), 2003-12 (unknown), 2004 (10), 2007 (60).
INSERT INTO music.artists (artist_id, artist_name, popularity, followers) VALUES ('a', 'Ann', 60, 1000), ('b', 'Bob', NULL, 5);
INSERT INTO music.tracks (track_id, artist_id, artist_credit, album_name, release_date, popularity, duration_ms) VALUES
	('a01', 'a', NULL, 'One', '2001-01-01', 40, 90000),
	('a02', 'a', NULL, 'One', '2001-01-01', 50, 0),
	('a03', 'a', NULL, 'Two', '2002-01-01', 30, NULL),
	('a04', 'a', NULL, 'Two and a half', '2002-01-01', 20, 60000),
	('a05', 'a', NULL, 'Three', '2003-06-01', 70, 60000),
	('a06', 'a', NULL, 'Three', '2003-06-01', NULL, 60000),
	('a07', 'a', NULL, 'Unheard', '2003-12-01', NULL, 60000),
	('a08', 'a', NULL, 'Four', '2004-01-01', 10, 60000),
	('a09', 'a', NULL, 'Undated', NULL, 99, 60000),
	('a10', 'a', NULL, 'Five', '2007-01-01', 60, 60000),
	('ab1', 'a', 'Ann & Bob', 'Together', '2005-01-01', 80, 60000),
	('ab2', 'b', 'Ann & Bob', 'Together again', '2006-01-01', 25, 60000),
	('b01', 'b', NULL, 'Old', '1899-05-01', 0, 60000),
	('b02', 'b', NULL, 'Less old', '1900-01-01', 7, 60000),
	('c01', NULL, 'Nobody', 'First', '2010-01-01', 33, 60000),
	('c02', NULL, 'Nobody', 'Second', '2011-01-01', 44, 60000),
	('d01', NULL, NULL, 'Whose?', '2010-01-01', 1, 60000);

SELECT results_eq(
	$$SELECT track_id::text, artist_name::text, prev_release_popularity, prior_release_mean_popularity, is_cold_start
		FROM music.track_features ORDER BY track_id$$,
	$$VALUES
		('a01', 'Ann', NULL::float8, NULL::float8, true),
		('a02', 'Ann', NULL, NULL, true),
		('a03', 'Ann', 50, 50, false),
		('a04', 'Ann', 50, 50, false),
		('a05', 'Ann', 30, 100 / 3.0::float8, false),
		('a06', 'Ann', 30, 100 / 3.0::float8, false),
		('a07', 'Ann', 70, 42.5, false),
		('a08', 'Ann', 70, 42.5, false),
		('a09', 'Ann', NULL, NULL, true),
		('a10', 'Ann', 10, 36, false),
		('ab1', 'Ann & Bob', NULL, NULL, true),
		('ab2', 'Ann & Bob', 80, 80, false),
		('b01', 'Bob', NULL, NULL, true),
		('b02', 'Bob', 0, 0, false),
		('c01', 'Nobody', NULL, NULL, true),
		('c02', 'Nobody', 33, 33, false),
		('d01', NULL, NULL, NULL, true)$$,
	'momentum: a release is a billing, a date and an album; unknown popularity and unknown dates make none');
SELECT results_eq(
	$$SELECT track_id::text, artist_popularity, artist_followers, track_time_minutes FROM music.track_features
		WHERE track_id IN ('a01', 'a02', 'a03', 'b01', 'c01') ORDER BY track_id$$,
	$$VALUES ('a01', 60::float8, 1000::float8, 1.5::float8), ('a02', 60, 1000, 0), ('a03', 60, 1000, NULL), ('b01', NULL, 5, 1),
		('c01', NULL, NULL, 1)$$,
	'the artist''s figures and the playing time, NULL where unknown');
SELECT is((SELECT count(*) FROM music.track_features), (SELECT count(*) FROM music.tracks), 'every track has one row');

-- Tables of the user's own may have a time of day; a day is a day.
CREATE SCHEMA own;
CREATE TABLE own.tracks AS SELECT * FROM music.tracks WHERE track_id IN ('a01', 'a03', 'a04', 'a05');
ALTER TABLE own.tracks ALTER COLUMN release_date TYPE timestamptz;
UPDATE own.tracks SET release_date = release_date + interval '9 hours' WHERE track_id = 'a04';
SELECT count(*) FROM musicintel.create_workspace('own') \g /dev/null
SELECT results_eq('SELECT track_id::text, prev_release_popularity, prior_release_mean_popularity FROM own.track_features ORDER BY track_id',
	$$VALUES ('a01', NULL::float8, NULL::float8), ('a03', 40, 40), ('a04', 40, 40), ('a05', 30, 30)$$, 'releases of one day do not precede each other, at whatever time');

---- Expectation --------------------------------------------------------------------------------------------------------
-- The rule is 10 + artist popularity / 2, exactly.
TRUNCATE music.artists, music.tracks CASCADE;
INSERT INTO music.artists SELECT 'a' || n, 'Artist ' || n, 2 * n, n * n * 1000 FROM generate_series(1, 40) AS n;
INSERT INTO music.tracks (track_id, artist_id, release_date, popularity, duration_ms, genre)
SELECT format('%s-%s', n, r), 'a' || n, date '2000-01-01' + 100 * r + n, 10 + n, 120000 + n * r * 7919 % 100000, 'Pop'
FROM generate_series(1, 40) AS n, generate_series(1, 3) AS r;

CALL music.refresh();
SELECT results_eq(
	$$SELECT segment::text, count(*), bool_and(abs(residual) < 1e-9) FROM music.track_expectation GROUP BY segment ORDER BY segment$$,
	$$VALUES ('as expected', 80::bigint, true), ('cold start', 40, NULL)$$,
	'tracks that follow the rule are as expected, first releases are cold starts');
SELECT results_eq(
	$$SELECT name, version, is_current, rows, rows_left_out FROM musicintel.models$$,
	$$VALUES ('music.popularity', 1, true, 80::bigint, 40::bigint)$$,
	'the model is stored under the name of the workspace');

-- These are scored without training again.
INSERT INTO music.tracks (track_id, artist_id, release_date, popularity, duration_ms) VALUES
	('hit', 'a20', '2020-01-01', 51, 200000),
	('gem', 'a20', '2020-01-01', 9, 200000),
	('meh', 'a20', '2020-01-01', 49, 200000),
	('new', 'a20', '2020-01-01', NULL, 200000);
REFRESH MATERIALIZED VIEW music.track_scores;
SELECT results_eq(
	$$SELECT track_id::text, round(actual), round(expected), round(residual), segment::text FROM music.track_expectation
		WHERE track_id IN ('hit', 'gem', 'meh', 'new') ORDER BY track_id$$,
	$$VALUES ('gem', 9::float8, 30::float8, -21::float8, 'underrated'), ('hit', 51, 30, 21, 'surprise hit'),
		('meh', 49, 30, 19, 'as expected'), ('new', NULL, 30, NULL, NULL)$$,
	'segments: 20 points above or below; a track that nobody has heard is expected something');
SELECT results_eq('SELECT track_id::text FROM music.hidden_gems', $$VALUES ('gem')$$, 'hidden gems are the underrated');
SELECT results_eq('SELECT track_id::text FROM music.surprise_hits', $$VALUES ('hit')$$, 'surprise hits are the surprise hits');
SELECT bag_eq(
	$$SELECT expected FROM music.track_expectation$$,
	$$SELECT musicintel.predict(musicintel.get_model('music.popularity'), ARRAY[artist_popularity, artist_followers,
			prev_release_popularity, prior_release_mean_popularity, track_time_minutes]) FROM music.track_features$$,
	'expected is the prediction of the model for the features');

-- A refresh in place keeps the file of the view.
SELECT relfilenode AS file FROM pg_class WHERE oid = 'music.track_scores'::regclass \gset
CALL music.refresh();
SELECT is((SELECT relfilenode FROM pg_class WHERE oid = 'music.track_scores'::regclass), :'file'::oid, 'refresh() is concurrent');
SELECT is((SELECT max(version) FROM musicintel.models WHERE is_current), 2, 'and trains again');
SELECT is_empty(
	$$SELECT * FROM music.track_expectation e WHERE residual IS DISTINCT FROM actual - expected OR segment IS DISTINCT FROM
		CASE WHEN expected IS NULL THEN 'cold start' WHEN residual >= 20 THEN 'surprise hit' WHEN residual <= -20 THEN 'underrated'
			WHEN actual IS NOT NULL THEN 'as expected' END$$,
	'residual and segment follow from actual and expected');
REFRESH MATERIALIZED VIEW music.track_scores WITH NO DATA;
SELECT lives_ok('CALL music.refresh()', 'refresh() copes with a view that was emptied');

-- What a user may do to the schema afterwards.
SELECT lives_ok($$ALTER TABLE music.tracks ADD COLUMN mood text$$, 'tables can be widened');
TRUNCATE music.tracks CASCADE;
SELECT throws_like('CALL music.refresh()', '%no row%', 'without tracks there is no model');

\i test/pgtap/end.psql
