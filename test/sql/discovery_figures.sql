\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(9);

-- The figures of docs/discovery.md.
\set have_tracks `test -r "$MUSICINTEL_DATA/popularity/base_aligned.csv" && echo true || echo false`

---- Planted gems are found ---------------------------------------------------------------------------------------------
SELECT count(*) FROM musicintel.create_workspace('trial') \g /dev/null
UPDATE trial.settings SET segment_rule = 'fdr', false_discovery_rate = 0.1;
CREATE TEMPORARY TABLE found (seed integer, recall float8, false_share float8);
DO $$
BEGIN
	FOR seed IN 1 .. 5 LOOP
		DROP TABLE IF EXISTS trial.simulation_truth;
		TRUNCATE trial.artists, trial.tracks CASCADE;
		PERFORM musicintel.simulate_catalogue('trial', 400, 8000, seed);
		PERFORM musicintel.refresh_step('trial', 'popularity model'), musicintel.refresh_step('trial', 'track_scores');
		INSERT INTO found
		SELECT seed, avg((segment <> 'as expected')::integer) FILTER (WHERE is_planted), avg((NOT is_planted)::integer) FILTER (WHERE segment <> 'as expected')
		FROM trial.track_scores s JOIN trial.simulation_truth USING (track_id) WHERE s.residual IS NOT NULL;
	END LOOP;
END
$$;
SELECT is_empty('SELECT * FROM found WHERE recall < 0.9', 'at a false-discovery rate of .1 nine planted tracks in ten are found, in each of 5 catalogues');
SELECT ok(avg(false_share) <= 0.1, 'and on average no more of what is found is false') FROM found;

---- The source's figures, on the source's rows -------------------------------------------------------------------------
-- All 10,000 rows of the file, duplicates too, and releases as the project made them: (artist, date), the release before
-- being the last one, known or not. A view of the user's own in place of track_features says so; the rest is the workspace's.
\if :have_tracks
CREATE SCHEMA source;
\set columns `head -n 1 "$MUSICINTEL_DATA/popularity/base_aligned.csv" | sed -e 's/^\xef\xbb\xbf//; s/[\r"]//g; s/[^,][^,]*/"&" text/g'`
CREATE TEMPORARY TABLE staging (:columns);
\copy staging FROM PROGRAM 'cat "$MUSICINTEL_DATA/popularity/base_aligned.csv"' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')
CREATE TABLE source.raw AS
SELECT apple_track_id || '/' || row_number() OVER (PARTITION BY apple_track_id) AS track_id, track_name, artist_name, genre, release_date::date,
	track_popularity::float8 AS popularity, artist_popularity::float8, artist_followers::float8, track_time_ms::float8 / 60000 AS track_time_minutes
FROM staging;
DROP TABLE staging;
CREATE VIEW source.track_features AS
WITH release AS (
	SELECT artist_name, release_date, max(popularity) AS popularity FROM source.raw GROUP BY artist_name, release_date
), past AS (
	SELECT artist_name, release_date, lag(popularity) OVER w AS prev, avg(popularity) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS mean
	FROM release
	WINDOW w AS (PARTITION BY artist_name ORDER BY release_date)
)
SELECT track_id, track_name, artist_name, artist_name AS billing, genre, release_date, popularity, artist_popularity, artist_followers,
	prev AS prev_release_popularity, mean AS prior_release_mean_popularity, track_time_minutes, prev IS NULL AS is_cold_start
FROM source.raw LEFT JOIN past USING (artist_name, release_date);
SELECT count(*) FROM musicintel.create_workspace('source') \g /dev/null
CALL source.refresh();

SELECT results_eq($$SELECT rows, round((metrics ->> 'r_squared')::numeric, 4) FROM musicintel.models WHERE name = 'source.popularity'$$, 'VALUES (6663::bigint, 0.1973)',
	'the nearest to the printed fit: 6,663 rows for 6,729, R² .197 for .202');
SELECT is_empty(
	$$SELECT segment, share_of_scored FROM source.segment_proportions JOIN (VALUES ('as expected', 0.8083), ('underrated', 0.0975), ('surprise hit', 0.0942)) AS printed (segment, share)
		USING (segment) WHERE abs(share_of_scored - share) > 0.002$$, 'shares of the segments: 80.83, 9.75, 9.42 %');
SELECT is_empty(
	$$SELECT b.segment, b.genre, bias, printed FROM source.genre_bias b JOIN (VALUES ('underrated', 'Classical', 0.0378), ('underrated', 'Children''s Music', 0.0207),
			('underrated', 'Metal', 0.0179), ('underrated', 'Country', 0.0138), ('surprise hit', 'Rock', 0.0120), ('surprise hit', 'Hard Rock', 0.0113)) AS source (segment, genre, printed)
		ON source.segment = b.segment AND source.genre = b.genre WHERE abs(bias - printed) > 0.004$$,
	'six of the seven printed biases within .004');
-- The seventh is not reached: .0538 for .0584. The project's dates have a time of day, those of the published file have not.
SELECT results_eq($$SELECT round(bias::numeric, 4) FROM source.genre_bias WHERE segment = 'surprise hit' AND genre = 'Pop'$$, 'VALUES (0.0538)', 'and that of Pop .0046 off');

---- Without the duplicates ---------------------------------------------------------------------------------------------
SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null
\set schema music
\i demo/load_base_aligned.sql
CALL music.refresh();
SELECT results_eq($$SELECT segment::text, tracks FROM music.segment_proportions ORDER BY tracks DESC$$,
	$$VALUES ('as expected', 4802::bigint), ('cold start', 2814), ('underrated', 577), ('surprise hit', 548)$$, 'segments of the de-duplicated tracks');
SELECT results_eq($$SELECT genre::text, round(bias::numeric, 4) FROM music.genre_bias WHERE (segment, genre) IN (('underrated', 'Classical'), ('underrated', 'Metal'), ('surprise hit', 'Pop'))
		ORDER BY genre COLLATE "C"$$, $$VALUES ('Classical', 0.0355), ('Metal', 0.0150), ('Pop', 0.0497)$$, 'and their biases');
SELECT results_eq($$SELECT round(r_squared::numeric, 3), round(mean_absolute_error::numeric, 2) FROM music.momentum_ablation WHERE split = 'newest' AND place IN (2, 5) ORDER BY place$$,
	'VALUES (0.117, 12.84), (0.148, 12.78)', 'what the past adds on the newest fifth');
\else
SELECT skip('popularity/base_aligned.csv is not in the directory that MUSICINTEL_DATA names', 7);
\endif

\i test/pgtap/end.psql
