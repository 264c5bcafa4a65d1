\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(14);

\set have_plays `test -r "$MUSICINTEL_DATA/interactions/user_artists.dat" && echo true || echo false`
SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null
INSERT INTO music.refresh_log VALUES (1, 'refresh', now());

---- Plays by hand ------------------------------------------------------------------------------------------------------
-- Jazz: 3 + 0 plays; Pop: 1, and one track below zero, which exposure cannot be. Bob has 4 more without a track.
INSERT INTO music.artists (artist_id, popularity, followers) VALUES ('ann', 50, 100), ('bob', NULL, 0), ('cat', 10, NULL);
INSERT INTO music.tracks (track_id, artist_id, genre, popularity) VALUES
	('a1', 'ann', 'Jazz', 40), ('a2', 'ann', 'Jazz', 0), ('b1', 'bob', 'Pop', NULL), ('b2', 'bob', 'Pop', 60), ('x', NULL, NULL, 20);
INSERT INTO music.listens (track_id) VALUES ('a1'), (NULL);
INSERT INTO music.interactions (track_id, artist_id, kind, value) VALUES
	('a1', NULL, 'play', 2), ('b1', NULL, 'play', NULL), ('b2', NULL, 'play', -5), ('a2', NULL, 'like', 9), (NULL, 'bob', 'play', 4);
REFRESH MATERIALIZED VIEW music.exposure_inequality_stored;
SELECT results_eq(
	$$SELECT measure::text, item::text, genre::text, items, zeros, left_out, total, round(gini::numeric, 6), round(herfindahl::numeric, 6)
		FROM music.exposure_inequality WHERE item = 'tracks' ORDER BY measure, genre COLLATE "C"$$,
	$$VALUES
		('plays', 'tracks', '(unknown)', 1::bigint, 1::bigint, 0::bigint, 0::float8, NULL::numeric, NULL::numeric),
		('plays', 'tracks', 'Jazz', 2, 1, 0, 3, 0.5, 1),
		('plays', 'tracks', 'Pop', 1, 0, 1, 1, 0, 1),
		('plays', 'tracks', 'all genres', 4, 2, 1, 4, 0.625, 0.625),
		('popularity', 'tracks', '(unknown)', 1, 0, 0, 20, 0, 1),
		('popularity', 'tracks', 'Jazz', 2, 1, 0, 40, 0.5, 1),
		('popularity', 'tracks', 'Pop', 1, 0, 1, 60, 0, 1),
		('popularity', 'tracks', 'all genres', 4, 1, 1, 120, 0.416667, 0.388889)$$,
	'tracks: zeros count, unknown and negative exposure does not; nothing to share has no index');
SELECT results_eq(
	$$SELECT measure::text, genre::text, items, zeros, left_out, total FROM music.exposure_inequality WHERE item = 'artists' ORDER BY measure, genre COLLATE "C"$$,
	$$VALUES
		('followers', 'Jazz', 1::bigint, 0::bigint, 0::bigint, 100::float8),
		('followers', 'Pop', 1, 1, 0, 0),
		('followers', 'all genres', 2, 1, 1, 100),
		('plays', 'Jazz', 1, 0, 0, 3),
		('plays', 'Pop', 0, 0, 1, NULL),
		('plays', 'all genres', 3, 2, 0, 3),
		('popularity', 'Jazz', 1, 0, 0, 50),
		('popularity', 'all genres', 2, 0, 1, 60)$$,
	'artists: plays of their tracks and those of no track, popularity, followers');
TRUNCATE music.listens, music.interactions;
REFRESH MATERIALIZED VIEW music.exposure_inequality_stored;
SELECT is((SELECT count(*) FROM music.exposure_inequality WHERE measure = 'plays'), 0::bigint, 'without a play there is nothing to say about plays');

-- Plays that are no number do not count either.
INSERT INTO music.interactions (track_id, artist_id, kind, value) VALUES
	('a1', NULL, 'play', 'NaN'), ('a2', NULL, 'play', 'Infinity'), ('b1', NULL, 'play', '-Infinity'), ('b2', NULL, 'play', 3), (NULL, 'cat', 'play', 'NaN');
REFRESH MATERIALIZED VIEW music.exposure_inequality_stored;
SELECT results_eq(
	$$SELECT item::text, genre::text, items, zeros, left_out, total FROM music.exposure_inequality WHERE measure = 'plays' ORDER BY item, genre COLLATE "C"$$,
	$$VALUES ('artists', 'Jazz', 0::bigint, 0::bigint, 1::bigint, NULL::float8), ('artists', 'Pop', 0, 0, 1, NULL), ('artists', 'all genres', 0, 0, 3, NULL),
		('tracks', '(unknown)', 1, 1, 0, 0), ('tracks', 'Jazz', 0, 0, 2, NULL), ('tracks', 'Pop', 1, 0, 1, 3), ('tracks', 'all genres', 2, 1, 3, 3)$$,
	'NaN and infinite exposure is left out');

---- Published figures, through the workspace ---------------------------------------------------------------------------
-- 1,892 listeners of Last.fm (HetRec 2011), plays by artist. n counts artists with a play.
\if :have_plays
SELECT count(*) FROM musicintel.create_workspace('lastfm') \g /dev/null
CREATE TEMPORARY TABLE staging (user_id text, artist_id text, plays bigint);
\copy staging FROM PROGRAM 'tail -n +2 "$MUSICINTEL_DATA/interactions/user_artists.dat"'
INSERT INTO lastfm.artists (artist_id) SELECT DISTINCT artist_id FROM staging;
INSERT INTO lastfm.interactions (artist_id, kind, value) SELECT artist_id, 'play', plays FROM staging;
INSERT INTO lastfm.refresh_log VALUES (1, 'refresh', now());
REFRESH MATERIALIZED VIEW lastfm.exposure_inequality_stored;
SELECT results_eq(
	$$SELECT items, zeros, round(gini::numeric, 6), round(theil::numeric, 6), round(bottom_50_percent_share::numeric, 6), round(top_1_percent_share::numeric, 6),
			round(herfindahl::numeric, 8) FROM lastfm.exposure_inequality WHERE measure = 'plays' AND item = 'artists' AND genre = 'all genres'$$,
	'VALUES (17632::bigint, 0::bigint, 0.892666, 2.657413, 0.016580, 0.519687, 0.00433981)',
	'plays of artists on Last.fm');
\else
SELECT skip('interactions/user_artists.dat is not in the directory that MUSICINTEL_DATA names', 1);
\endif

---- The gap between expected and actual --------------------------------------------------------------------------------
DROP MATERIALIZED VIEW music.track_scores CASCADE;
CREATE TABLE music.made (track_id text, genre text, followers float8, actual float8, expected float8);
CREATE MATERIALIZED VIEW music.track_scores AS
SELECT track_id::varchar(255), NULL::varchar(500) AS track_name, NULL::varchar(500) AS artist_name, genre::varchar(100), NULL::date AS release_date,
	actual, expected, actual - expected AS residual, 'as expected'::varchar(20) AS segment, expected AS expected_out_of_fold,
	actual - expected AS residual_out_of_fold, 0::float8 AS standardised_residual, 1::float8 AS p_value, 1::float8 AS q_value, 0 AS fold, 0::float8 AS leverage,
	50::float8 AS artist_popularity, followers AS artist_followers, 50::float8 AS prev_release_popularity,
	50::float8 AS prior_release_mean_popularity, 3::float8 AS track_time_minutes
FROM music.made;
SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null
INSERT INTO music.made
SELECT genre || n, genre, followers, 50 + shift + (n * 7919 % 11) - 5, 50
FROM (VALUES ('Pop', 200, 1, 2e7), ('Rock', 80, -3, 5e4), ('Jazz', 25, 6, 2e3), ('Tango', 1, 20, 5)) AS g (genre, size, shift, followers), generate_series(1, size) AS n;
INSERT INTO music.made VALUES ('cold', 'Pop', 1, 70, NULL), ('unheard', 'Pop', 1, NULL, 50);
REFRESH MATERIALIZED VIEW music.track_scores;
REFRESH MATERIALIZED VIEW music.exposure_gap_stored;

CREATE TEMPORARY TABLE hand AS
WITH s AS (SELECT genre, count(*) AS n, avg(actual - expected) AS gap, sum(actual) AS actual, sum(expected) AS expected FROM music.made
		WHERE actual - expected IS NOT NULL GROUP BY genre),
	v AS (SELECT variance(actual - expected) AS v, avg(actual - expected) AS m FROM music.made),
	t AS (SELECT (sum(n / v * (gap - m) ^ 2) - 3) / (sum(n / v) - sum((n / v) ^ 2) / sum(n / v)) AS t2 FROM s, v)
SELECT genre, n, gap, m + (gap - m) * t2 / (t2 + v / n) AS shrunken, 1.959963984540054 * sqrt(v / n) AS reach, actual / sum(actual) OVER () AS actual_share,
	expected / sum(expected) OVER () AS expected_share, t2
FROM s, v, t;
SELECT ok(t2 > 0, 'the groups differ by more than chance') FROM hand LIMIT 1;
SELECT ok(count(*) = 4 AND max(abs(g.gap - h.gap) + abs(g.shrunken_gap - h.shrunken) + abs(g.gap_high - h.gap - h.reach) + abs(h.gap - h.reach - g.gap_low)
		+ abs(g.actual_share - h.actual_share) + abs(g.expected_share - h.expected_share)) < 1e-9, 'gaps, intervals, shares and shrinkage by their formulas')
FROM music.exposure_gap g JOIN hand h ON h.genre = g.group_name AND h.n = g.tracks AND g.dimension = 'genre';
SELECT results_eq($$SELECT group_name::text, place, tracks, is_small FROM music.exposure_gap WHERE dimension = 'genre'$$,
	$$VALUES ('Pop', 1, 200::bigint, false), ('Rock', 2, 80, false), ('Jazz', 3, 25, false), ('Tango', 4, 1, true)$$, 'genres by size');
SELECT results_eq($$SELECT group_name::text, place, tracks FROM music.exposure_gap WHERE dimension = 'artist size'$$,
	$$VALUES ('under 1,000 followers', 1, 1::bigint), ('1,000 to 9,999 followers', 2, 25), ('10,000 to 99,999 followers', 3, 80), ('over 10 million followers', 6, 200)$$,
	'artists by size');
SELECT ok(abs(gap - 20) < 6 AND gap_high - gap_low > 10 AND shrunken_gap < 0.75 * gap, 'a group of one has a wide interval and is not believed')
FROM music.exposure_gap WHERE group_name = 'Tango';

-- One group: nothing to compare with. Residuals without spread: no interval.
DELETE FROM music.made WHERE genre <> 'Pop';
REFRESH MATERIALIZED VIEW music.track_scores;
REFRESH MATERIALIZED VIEW music.exposure_gap_stored;
SELECT results_eq($$SELECT group_name::text, gap = shrunken_gap, actual_share FROM music.exposure_gap WHERE dimension = 'genre'$$,
	$$VALUES ('Pop', true, 1::float8)$$, 'all tracks of one genre');
-- Of three residuals of .1 the sum of squares less the mean's is below 0, in doubles.
INSERT INTO music.made SELECT 'equal' || n, 'Same', 100, 0.1, 0 FROM generate_series(1, 3) AS n;
DELETE FROM music.made WHERE genre <> 'Same';
REFRESH MATERIALIZED VIEW music.track_scores;
REFRESH MATERIALIZED VIEW music.exposure_gap_stored;
SELECT results_eq($$SELECT tracks, round(gap::numeric, 12), gap_low, round(shrunken_gap::numeric, 12) FROM music.exposure_gap WHERE dimension = 'genre'$$,
	$$VALUES (3::bigint, 0.1, NULL::float8, 0.1)$$, 'equal residuals have no interval');
UPDATE music.made SET track_id = 'Pop1', actual = 56, expected = 50 WHERE track_id = 'equal1';
DELETE FROM music.made WHERE track_id <> 'Pop1';
REFRESH MATERIALIZED VIEW music.track_scores;
REFRESH MATERIALIZED VIEW music.exposure_gap_stored;
SELECT results_eq($$SELECT tracks, gap, gap_low, shrunken_gap FROM music.exposure_gap WHERE dimension = 'genre'$$,
	$$VALUES (1::bigint, 6::float8, NULL::float8, 6::float8)$$, 'a single track');
DELETE FROM music.made;
REFRESH MATERIALIZED VIEW music.track_scores;
REFRESH MATERIALIZED VIEW music.exposure_gap_stored;
SELECT is_empty('SELECT * FROM music.exposure_gap', 'no track');

\i test/pgtap/end.psql
