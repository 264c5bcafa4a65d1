-- Genres that are found among the hidden gems, or the surprise hits, clearly more or less often than among all tracks.
SELECT segment, genre, all_tracks AS tracks, round((100 * overall_share)::numeric, 1) AS "% of all", round((100 * segment_share)::numeric, 1) AS "% of segment",
    to_char(100 * bias, 'SG90.0') AS "bias, points", format('%s to %s', to_char(100 * bias_low, 'SG90.0'), to_char(100 * bias_high, 'SG90.0')) AS "95 %",
    to_char(100 * shrunken_bias, 'SG90.0') AS "shrunken", market
FROM music.genre_bias
WHERE segment <> 'as expected' AND representation IN ('over-represented', 'under-represented')
ORDER BY segment DESC, bias DESC;
