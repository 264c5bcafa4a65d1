\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(15);

-- The figures of docs/popularity.md, on the published tracks, which are no part of this repository.
\set have_tracks `test -r "$MUSICINTEL_DATA/popularity/base_aligned.csv" && echo true || echo false`
\set have_songs `test -r "$MUSICINTEL_DATA/popularity/spotify_songs.csv" && echo true || echo false`

\if :have_tracks
SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null
\set schema music
\i demo/load_base_aligned.sql
\i demo/load_base_aligned.sql
CALL music.refresh();

SELECT results_eq(
	$$SELECT count(*), count(popularity), (SELECT count(*) FROM music.artists) FROM music.tracks$$,
	$$VALUES (8741::bigint, 8354::bigint, 1652::bigint)$$,
	'base_aligned.csv loads without its duplicates, also when it is loaded twice');
SELECT results_eq(
	$$SELECT genres FROM music.artists WHERE artist_name IN ('Erick Sermon', 'Journey') ORDER BY artist_name$$,
	$$VALUES ('{"east coast hip hop","old school hip hop"}'::text[]), ('{aor,"classic rock"}')$$,
	'lists as in Python become arrays');

-- In sample, the artist alone: R² .1040, n 8,354 (recomputed from the data of the public project).
CREATE TEMPORARY TABLE artist_only AS
SELECT musicintel.summary(musicintel.linear_regression_fit(popularity, ARRAY[artist_popularity, ln(1 + artist_followers)])) AS summary
FROM music.track_features
WHERE artist_popularity IS NOT NULL;
SELECT is((SELECT (summary ->> 'n')::integer FROM artist_only), 8354, 'artist alone: n');
SELECT ok(abs((SELECT (summary ->> 'r_squared')::float8 FROM artist_only) - 0.1040) < 0.00005, 'artist alone: R² .1040');

-- In sample, five features: by numpy.linalg.lstsq on standardised columns, from the file.
SELECT results_eq(
	$$SELECT metric, round(value::numeric, 4) FROM musicintel.evaluate('music.popularity', 'SELECT * FROM music.track_features')
		WHERE metric IN ('rows', 'r_squared', 'mean_absolute_error') ORDER BY metric$$,
	$$VALUES ('mean_absolute_error', 12.4591), ('r_squared', 0.1930), ('rows', 5927)$$,
	'five features, in sample');

-- Held out: fifths at random, mean of ten seeds, each with the first of its fifths or with as many as are asked for; and
-- the newest fifth, whole days.
CREATE FUNCTION pg_temp.random_fifths(features regclass, fifths integer, OUT r_squared float8, OUT mean_absolute_error float8) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format($query$
WITH split AS (
	SELECT seed, fifth, popularity, mod(mod(hashtextextended(track_id, seed), 5) + 5, 5) = fifth AS held_out,
		ARRAY[artist_popularity, artist_followers, prev_release_popularity, prior_release_mean_popularity,
			track_time_minutes] AS features
	FROM %s, generate_series(1, 10) AS seed, generate_series(0, $1 - 1) AS fifth
	WHERE NOT is_cold_start AND popularity IS NOT NULL
), fitted AS (
	SELECT seed, fifth, musicintel.linear_regression_fit(popularity, features) FILTER (WHERE NOT held_out) AS model
	FROM split
	GROUP BY seed, fifth
), judged AS (
	SELECT musicintel.r_squared(musicintel.predict(model, features), popularity) AS r_squared,
		musicintel.mean_absolute_error(musicintel.predict(model, features), popularity) AS mean_absolute_error
	FROM fitted JOIN split USING (seed, fifth)
	WHERE held_out
	GROUP BY seed, fifth
)
SELECT avg(r_squared), avg(mean_absolute_error) FROM judged$query$, features) INTO r_squared, mean_absolute_error USING fifths;
END
$$;
CREATE FUNCTION pg_temp.newest_fifth(features regclass, OUT trained_on bigint, OUT held_out bigint, OUT r_squared float8, OUT mean_absolute_error float8)
LANGUAGE plpgsql AS $$
DECLARE
	last_day date;
BEGIN
	EXECUTE format('SELECT percentile_disc(0.8) WITHIN GROUP (ORDER BY release_date) FROM %s WHERE NOT is_cold_start AND popularity IS NOT NULL', features)
		INTO last_day;
	trained_on := (musicintel.train('by_time', 'linear_regression', format('SELECT popularity, artist_popularity, artist_followers,
		prev_release_popularity, prior_release_mean_popularity, track_time_minutes FROM %s WHERE release_date <= %L', features, last_day), 'popularity')).rows;
	SELECT max(value) FILTER (WHERE metric = 'rows'), max(value) FILTER (WHERE metric = 'r_squared'), max(value) FILTER (WHERE metric = 'mean_absolute_error')
		INTO held_out, r_squared, mean_absolute_error
	FROM musicintel.evaluate('by_time', format('SELECT * FROM %s WHERE release_date > %L', features, last_day));
END
$$;

-- track_features as it is shipped. That these figures do not drift.
SELECT results_eq($$SELECT round(r_squared::numeric, 3), round(mean_absolute_error::numeric, 2) FROM pg_temp.random_fifths('music.track_features', 1)$$,
	'VALUES (0.189, 12.53)', 'five features, random fifth');
SELECT results_eq($$SELECT trained_on, held_out, round(r_squared::numeric, 3), round(mean_absolute_error::numeric, 2) FROM pg_temp.newest_fifth('music.track_features')$$,
	'VALUES (4752::bigint, 1175::bigint, 0.148, 12.80)', 'five features, newest fifth');

---- The recomputation --------------------------------------------------------------------------------------------------
-- A recomputation from this file, without duplicates, reports R² .206 and mean absolute error 12.38 at random (10 seeds), .151
-- and 12.75 by time; to be reached within .005 and .1. How it ordered releases of one day is not known, and the file does not
-- say. This definition, found by search (docs/popularity.md), reaches all four: the date of the other store is part of a
-- release and orders those of one day; after a release of unknown popularity there is no previous one; a recording is judged
-- once, where the file has it first. Ten fifths tell R² to .007 only, less than is asked, hence all five fifths of each seed.
CREATE TEMPORARY TABLE recording (:columns); -- as the loader above has set them
\copy recording FROM PROGRAM 'cat "$MUSICINTEL_DATA/popularity/base_aligned.csv"' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')
ALTER TABLE recording ADD COLUMN line integer GENERATED ALWAYS AS IDENTITY;
CREATE TEMPORARY VIEW recording_features AS
WITH release AS (
	SELECT artist_name, release_date, spotify_release_date, max(track_popularity::float8) AS popularity
	FROM recording
	GROUP BY artist_name, release_date, spotify_release_date
), past AS (
	SELECT artist_name, release_date, spotify_release_date, lag(popularity) OVER w AS prev,
		avg(popularity) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS mean
	FROM release
	WINDOW w AS (PARTITION BY artist_name ORDER BY release_date, spotify_release_date COLLATE "C")
)
SELECT DISTINCT ON (spotify_id) spotify_id AS track_id, release_date::date, track_popularity::float8 AS popularity, artist_popularity::float8,
	artist_followers::float8, prev AS prev_release_popularity, mean AS prior_release_mean_popularity,
	track_time_ms::float8 / 60000 AS track_time_minutes, prev IS NULL AS is_cold_start
FROM recording
JOIN past USING (artist_name, release_date, spotify_release_date)
ORDER BY spotify_id, line;
SELECT is((SELECT count(*) FROM recording_features WHERE NOT is_cold_start AND popularity IS NOT NULL), 5488::bigint, 'the recomputation: n');
SELECT ok(abs(value - printed) <= tolerance, format('the recomputation, %s: %s', what, printed))
FROM pg_temp.random_fifths('recording_features', 5) AS random, pg_temp.newest_fifth('recording_features') AS newest,
	LATERAL (VALUES (1, 'R² at random', random.r_squared, 0.206, 0.005), (2, 'mean absolute error at random', random.mean_absolute_error, 12.38, 0.1),
		(3, 'R² by time', newest.r_squared, 0.151, 0.005), (4, 'mean absolute error by time', newest.mean_absolute_error, 12.75, 0.1))
	AS figure (place, what, value, printed, tolerance)
ORDER BY place;
\else
SELECT skip('popularity/base_aligned.csv is not in the directory that MUSICINTEL_DATA names', 12);
\endif

\if :have_songs
SELECT count(*) FROM musicintel.create_workspace('songs') \g /dev/null
\set schema songs
\i demo/load_spotify_songs.sql
SELECT is((SELECT count(*) FROM songs.tracks), 28356::bigint, 'spotify_songs.csv loads, each track once');
SELECT results_eq(
	$$SELECT release_date_precision, count(*) FROM songs.tracks GROUP BY release_date_precision ORDER BY release_date_precision$$,
	$$VALUES ('day', 26675::bigint), ('month', 25), ('year', 1656)$$,
	'dates of which only the year is known');
SELECT results_eq('SELECT max(loudness), min(tempo), min(popularity) FROM songs.tracks', 'VALUES (1.275::float8, 0::float8, 0)',
	'loudness above 0 dB, no tempo, no popularity');
\else
SELECT skip('popularity/spotify_songs.csv is not in the directory that MUSICINTEL_DATA names', 3);
\endif

\i test/pgtap/end.psql
