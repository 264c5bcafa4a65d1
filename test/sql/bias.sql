\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(11);

SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null

-- track_scores with segments of one's own: the views are about counts.
DROP MATERIALIZED VIEW music.track_scores CASCADE;
CREATE TABLE music.made (track_id text, genre text, segment text);
CREATE MATERIALIZED VIEW music.track_scores AS
SELECT track_id::varchar(255), NULL::varchar(500) AS track_name, NULL::varchar(500) AS artist_name, genre::varchar(100), NULL::date AS release_date,
	50::float8 AS actual, 50::float8 AS expected, 0::float8 AS residual, segment::varchar(20), 50::float8 AS expected_out_of_fold,
	0::float8 AS residual_out_of_fold, 0::float8 AS standardised_residual, 1::float8 AS p_value, 1::float8 AS q_value, 0 AS fold, 0::float8 AS leverage,
	50::float8 AS artist_popularity, 50::float8 AS artist_followers, 50::float8 AS prev_release_popularity,
	50::float8 AS prior_release_mean_popularity, 3::float8 AS track_time_minutes
FROM music.made;
SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null
INSERT INTO music.refresh_log VALUES (1, 'refresh', now());

-- Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, (a): 56/70 - 48/80 = .2 has by method 10 .0524 to .3339.
-- The bias is that difference less the segment's part of all: (1 - 70/150) times.
INSERT INTO music.made
SELECT 'in' || n, CASE WHEN n <= 56 THEN 'Jazz' ELSE 'Pop' END, 'underrated' FROM generate_series(1, 70) AS n
UNION ALL
SELECT 'out' || n, CASE WHEN n <= 48 THEN 'Jazz' ELSE 'Pop' END, 'as expected' FROM generate_series(1, 80) AS n
UNION ALL
SELECT 'cold' || n, 'Rock', 'cold start' FROM generate_series(1, 50) AS n;
REFRESH MATERIALIZED VIEW music.track_scores;
REFRESH MATERIALIZED VIEW music.genre_bias_stored;
SELECT results_eq(
	$$SELECT segment_tracks, all_tracks, round(segment_share::numeric, 6), round(overall_share::numeric, 6), round(bias::numeric, 6),
			round((bias_low * 150 / 80)::numeric, 4), round((bias_high * 150 / 80)::numeric, 4), representation::text
		FROM music.genre_bias WHERE segment = 'underrated' AND genre = 'Jazz'$$,
	$$VALUES (56::bigint, 104::bigint, 0.800000, 0.693333, 0.106667, 0.0524, 0.3339, 'over-represented')$$,
	'bias and its interval, as published');
SELECT results_eq($$SELECT DISTINCT genre::text FROM music.genre_bias ORDER BY genre$$, $$VALUES ('Jazz'), ('Pop')$$, 'cold starts do not count');
SELECT results_eq(
	$$SELECT representation::text, round(bias::numeric, 6) FROM music.genre_bias WHERE segment = 'underrated' AND genre = 'Pop'$$,
	$$VALUES ('under-represented', -0.106667)$$, 'what one genre has too many, others have too few');

-- Shrinkage by its formula, on six genres of 2 to 400 tracks, one of which has none in the segment, one no name.
TRUNCATE music.made;
INSERT INTO music.made
SELECT genre || '-' || n, nullif(genre, 'none'), CASE WHEN n <= hits THEN 'surprise hit' ELSE 'as expected' END
FROM (VALUES ('Pop', 400, 60), ('Rock', 200, 10), ('Jazz', 30, 6), ('Folk', 12, 0), ('Tango', 2, 2), ('none', 100, 10)) AS g (genre, size, hits),
	generate_series(1, size) AS n;
REFRESH MATERIALIZED VIEW music.track_scores;
REFRESH MATERIALIZED VIEW music.genre_bias_stored;
SELECT ok(max(abs(b.shrunken_bias - b.overall_share * (f + (rate - f) * t2 / (t2 + f * (1 - f) / n) - f) / f)) < 1e-12, 'shrinkage by its formula')
FROM (SELECT *, hits / n AS rate, sum(hits) OVER () / sum(n) OVER () AS f,
		greatest(0, (sum(n * (hits / n - 88.0 / 744) ^ 2) OVER () / (88.0 / 744 * 656 / 744) - 5)
			/ ((sum(n) OVER () - sum(n * n) OVER () / sum(n) OVER ()) / (88.0 / 744 * 656 / 744))) AS t2
	FROM (VALUES ('Pop', 400::float8, 60::float8), ('Rock', 200, 10), ('Jazz', 30, 6), ('Folk', 12, 0), ('Tango', 2, 2), ('(unknown)', 100, 10)) AS g (genre, n, hits)) AS hand
JOIN music.genre_bias b ON b.genre = hand.genre AND b.segment = 'surprise hit';
SELECT ok(bool_and(abs(shrunken_bias) <= abs(bias) AND shrunken_bias * bias >= 0), 'it draws towards 0 and not beyond') FROM music.genre_bias;
SELECT ok((SELECT shrunken_bias / bias FROM music.genre_bias WHERE segment = 'surprise hit' AND genre = 'Tango')
	< 0.2 * (SELECT shrunken_bias / bias FROM music.genre_bias WHERE segment = 'surprise hit' AND genre = 'Pop'), 'most where there are few tracks');
SELECT results_eq($$SELECT genre::text, is_small, representation::text FROM music.genre_bias WHERE is_small AND segment = 'surprise hit' ORDER BY genre$$,
	$$VALUES ('Folk', true, 'too few tracks'), ('Tango', true, 'too few tracks')$$, 'fewer than 20 tracks are too few');
SELECT results_eq($$SELECT market::text, string_agg(genre, ' ' ORDER BY genre COLLATE "C") FROM music.genre_bias WHERE segment = 'surprise hit' GROUP BY market ORDER BY market$$,
	$$VALUES ('mainstream', 'Pop'), ('niche', '(unknown) Folk Jazz Rock Tango')$$, 'the largest genres that hold half of the tracks are the mainstream');
SELECT ok(abs(sum(bias)) < 1e-12, 'biases of a segment sum to 0') FROM music.genre_bias WHERE segment = 'surprise hit';

-- One genre, one segment: no bias, and no division by zero.
UPDATE music.made SET genre = 'Pop';
REFRESH MATERIALIZED VIEW music.track_scores;
REFRESH MATERIALIZED VIEW music.genre_bias_stored;
SELECT results_eq($$SELECT segment::text, bias, round(shrunken_bias::numeric, 12) + 0, representation::text, market::text FROM music.genre_bias ORDER BY segment$$,
	$$VALUES ('as expected', 0::float8, 0::numeric, 'as overall', 'mainstream'), ('surprise hit', 0, 0, 'as overall', 'mainstream')$$, 'a single genre has no bias');
UPDATE music.made SET segment = 'as expected', genre = CASE WHEN track_id < 'P' THEN 'Rock' ELSE 'Pop' END;
REFRESH MATERIALIZED VIEW music.track_scores;
REFRESH MATERIALIZED VIEW music.genre_bias_stored;
SELECT results_eq($$SELECT DISTINCT segment::text, bias, shrunken_bias, representation::text FROM music.genre_bias$$,
	$$VALUES ('as expected', 0::float8, 0::float8, 'as overall')$$, 'nor has a segment that is everything');

\i test/pgtap/end.psql
