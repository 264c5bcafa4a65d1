-- Trained on the tracks of four artists in five, judged on those of the fifth, so that no artist is on both sides.
CREATE TEMPORARY VIEW audio AS
SELECT popularity, danceability, energy, loudness, speechiness, acousticness, instrumentalness, liveness, valence, tempo,
    mod(hashtextextended(artist_id, 1), 5) = 0 AS held_out
FROM songs.tracks;

\o /dev/null
SELECT * FROM musicintel.train('songs.audio', 'linear_regression',
    'SELECT popularity, danceability, energy, loudness, speechiness, acousticness, instrumentalness, liveness, valence, tempo
    FROM audio WHERE NOT held_out', target => 'popularity');
\o

SELECT 'nine audio features and nothing else' AS model, sum(value) FILTER (WHERE metric = 'rows') AS "tracks held out",
    round((sum(value) FILTER (WHERE metric = 'r_squared'))::numeric, 3) AS "R²",
    round((sum(value) FILTER (WHERE metric = 'mean_absolute_error'))::numeric, 2) AS "mean absolute error"
FROM musicintel.evaluate('songs.audio', 'SELECT * FROM audio WHERE held_out');
