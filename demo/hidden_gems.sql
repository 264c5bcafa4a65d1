-- The same recording can be on several albums.
SELECT left(track_name, 40) AS track, left(artist_name, 25) AS artist, actual, round(expected::numeric, 1) AS expected,
    round(residual::numeric, 1) AS residual
FROM (SELECT DISTINCT ON (track_name, artist_name) * FROM music.hidden_gems ORDER BY track_name, artist_name, residual) AS recording
ORDER BY recording.residual
LIMIT 10;
