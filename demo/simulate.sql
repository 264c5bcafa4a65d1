-- A simulated catalogue, for want of a real one: artists of random standing, releases whose success follows the artist's
-- standing and, half, the success of the release before, tracks scattered around that by some 14 points. Always the same.
\set QUIET on
SELECT setseed(0.1902) \g /dev/null

INSERT INTO :"schema".artists (artist_id, artist_name, popularity, followers)
SELECT 'artist-' || number, 'Simulated Artist ' || number, standing, exp(7 + standing / 9.0 + random())::bigint
FROM (SELECT number, 30 + (60 * sqrt(random() * random()))::integer AS standing
    FROM generate_series(1, 400) AS number) AS artist;

WITH RECURSIVE release AS (
    SELECT artist_id, popularity AS standing, 1 AS release, date '1960-01-01' + (random() * 18000)::integer AS released,
        0.5 * popularity + 20 * random() AS success
    FROM :"schema".artists
    UNION ALL
    SELECT artist_id, standing, release + 1, released + 200 + (random() * 900)::integer,
        0.5 * success + 0.3 * standing + 16 * random()
    FROM release
    WHERE release < 9 AND random() < 0.85
)
INSERT INTO :"schema".tracks (track_id, track_name, artist_id, album_name, release_date, genre, popularity, duration_ms)
SELECT format('%s-%s-%s', artist_id, release, track), format('Song %s of release %s', track, release), artist_id,
    'Release ' || release, released, (ARRAY['Pop', 'Rock', 'Country', 'Hip-Hop', 'Classical'])[1 + abs(hashtext(artist_id) % 5)],
    greatest(0, least(100, success + 28 * (random() + random() + random() - 1.5)))::integer,
    120000 + (random() * 200000)::integer
FROM release, generate_series(1, 3) AS track
WHERE random() < 0.8;

ANALYZE :"schema".artists, :"schema".tracks;
