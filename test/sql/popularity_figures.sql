\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(13);

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

-- Held out. A recomputation elsewhere reports R² .206 and mean absolute error 12.38 (random), .151 and 12.75 (by time). The
-- second pair is reached within .005 and .1, the first is not: docs/popularity.md says what was tried. Its tolerances here
-- only keep the figures from drifting.
CREATE TEMPORARY TABLE held_out AS
WITH split AS (
	SELECT seed, popularity, mod(hashtextextended(track_id, seed), 5) = 0 AS held_out,
		ARRAY[artist_popularity, artist_followers, prev_release_popularity, prior_release_mean_popularity,
			track_time_minutes] AS features
	FROM music.track_features, generate_series(1, 10) AS seed
	WHERE NOT is_cold_start AND popularity IS NOT NULL
), fitted AS (
	SELECT seed, musicintel.linear_regression_fit(popularity, features) FILTER (WHERE NOT held_out) AS model
	FROM split
	GROUP BY seed
)
SELECT seed, musicintel.r_squared(musicintel.predict(model, features), popularity) AS r_squared,
	musicintel.mean_absolute_error(musicintel.predict(model, features), popularity) AS mean_absolute_error
FROM fitted JOIN split USING (seed)
WHERE held_out
GROUP BY seed;
SELECT ok(abs(avg(r_squared) - 0.206) < 0.02, 'random fifth: R²') FROM held_out;
SELECT ok(abs(avg(mean_absolute_error) - 12.38) < 0.2, 'random fifth: mean absolute error') FROM held_out;

SELECT percentile_disc(0.8) WITHIN GROUP (ORDER BY release_date) AS last_day
FROM music.track_features
WHERE NOT is_cold_start AND popularity IS NOT NULL \gset
SELECT rows = 4752 AS trained FROM musicintel.train('music.by_time', 'linear_regression',
	format('SELECT popularity, artist_popularity, artist_followers, prev_release_popularity, prior_release_mean_popularity,
		track_time_minutes FROM music.track_features WHERE release_date <= %L', :'last_day'), target => 'popularity') \gset
SELECT ok(:'trained', 'the oldest four fifths, whole days');
SELECT ok(CASE metric WHEN 'r_squared' THEN abs(value - 0.151) < 0.005 ELSE abs(value - 12.75) < 0.1 END, 'newest fifth: ' || metric)
FROM musicintel.evaluate('music.by_time', format('SELECT * FROM music.track_features WHERE release_date > %L', :'last_day'))
WHERE metric IN ('r_squared', 'mean_absolute_error')
ORDER BY metric;
\else
SELECT skip('popularity/base_aligned.csv is not in the directory that MUSICINTEL_DATA names', 10);
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
