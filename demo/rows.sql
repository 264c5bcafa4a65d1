SELECT workspace, artists, tracks, rated, followed AS "with an earlier release", oldest, newest
FROM (SELECT 'music' AS workspace, (SELECT count(*) FROM music.artists) AS artists, count(*) AS tracks,
        count(popularity) AS rated, count(*) FILTER (WHERE NOT is_cold_start) AS followed,
        min(release_date) AS oldest, max(release_date) AS newest
    FROM music.track_features
    UNION ALL
    SELECT 'songs', (SELECT count(*) FROM songs.artists), count(*), count(popularity),
        count(*) FILTER (WHERE NOT is_cold_start), min(release_date), max(release_date)
    FROM songs.track_features) AS loaded
WHERE tracks > 0;
