-- Twice: on a fifth of the tracks taken at random, ten times; and on the newest fifth, as in real life. The fifth is
-- chosen by a hash of the track's name and a seed, so anybody gets the same one.
CREATE TEMPORARY VIEW complete AS
SELECT *
FROM music.track_features
WHERE num_nulls(popularity, artist_popularity, artist_followers, prev_release_popularity, prior_release_mean_popularity,
    track_time_minutes) = 0;

SELECT percentile_disc(0.8) WITHIN GROUP (ORDER BY release_date) AS last_day FROM complete \gset

\o /dev/null
SELECT * FROM musicintel.train('music.popularity_by_time', 'linear_regression',
    format('SELECT popularity, artist_popularity, artist_followers, prev_release_popularity, prior_release_mean_popularity,
        track_time_minutes FROM music.track_features WHERE release_date <= %L', :'last_day'),
    target => 'popularity');
\o

WITH split AS (
    SELECT seed, popularity, mod(hashtextextended(track_id, seed), 5) = 0 AS held_out,
        ARRAY[artist_popularity, artist_followers, prev_release_popularity, prior_release_mean_popularity,
            track_time_minutes] AS features
    FROM complete, generate_series(1, 10) AS seed
), fitted AS (
    SELECT seed, musicintel.linear_regression_fit(popularity, features) FILTER (WHERE NOT held_out) AS model
    FROM split
    GROUP BY seed
), judged AS (
    SELECT seed, count(*) AS tracks, musicintel.r_squared(musicintel.predict(model, features), popularity) AS r_squared,
        musicintel.mean_absolute_error(musicintel.predict(model, features), popularity) AS mean_absolute_error
    FROM fitted JOIN split USING (seed)
    WHERE held_out
    GROUP BY seed
)
SELECT 'a fifth at random (mean of 10 seeds)' AS "held out", round(avg(tracks)) AS tracks, round(avg(r_squared)::numeric, 3) AS "R²",
    round(avg(mean_absolute_error)::numeric, 2) AS "mean absolute error"
FROM judged
UNION ALL
SELECT 'the newest fifth: released after ' || :'last_day', sum(value) FILTER (WHERE metric = 'rows'),
    round((sum(value) FILTER (WHERE metric = 'r_squared'))::numeric, 3),
    round((sum(value) FILTER (WHERE metric = 'mean_absolute_error'))::numeric, 2)
FROM musicintel.evaluate('music.popularity_by_time',
    format('SELECT * FROM music.track_features WHERE release_date > %L', :'last_day'));
