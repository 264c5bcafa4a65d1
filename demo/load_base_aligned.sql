-- Loads popularity/base_aligned.csv (tracks matched between two stores, with popularity and followers) into a workspace:
--
--   MUSICINTEL_DATA=directory psql --single-transaction --set=schema=music --file=demo/load_base_aligned.sql
--
-- The file's own first line names the staging columns, less a byte order mark, so their order does not matter. All are
-- text: numbers are written as 56.0, lists as in Python. Exact duplicates are dropped. A track without a match has
-- neither popularity nor artist, only a billing.
--
-- The file's bpm becomes tempo. Its other audio features come from another analysis than the columns of their names
-- (its energy is a root mean square), so they stay behind.
\set QUIET on
\set columns `head -n 1 "$MUSICINTEL_DATA/popularity/base_aligned.csv" | sed -e 's/^\xef\xbb\xbf//; s/[\r"]//g; s/[^,][^,]*/"&" text/g'`

CREATE TEMPORARY TABLE staging (:columns);
\copy staging FROM PROGRAM 'cat "$MUSICINTEL_DATA/popularity/base_aligned.csv"' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')

-- The same artist is billed in many ways; the name is the one that is used most.
INSERT INTO :"schema".artists (artist_id, artist_name, popularity, followers, genres)
SELECT spotify_artist_id, mode() WITHIN GROUP (ORDER BY artist_name), max(artist_popularity::float8)::integer,
    max(artist_followers::float8)::bigint,
    ARRAY(SELECT coalesce(genre[1], genre[2]) FROM regexp_matches(max(artist_genres), $$'([^']*)'|"([^"]*)"$$, 'g') AS genre)
FROM staging
WHERE spotify_artist_id IS NOT NULL
GROUP BY spotify_artist_id
ON CONFLICT DO NOTHING;

INSERT INTO :"schema".tracks (track_id, track_name, artist_id, artist_credit, album_name, release_date,
    release_date_precision, genre, popularity, duration_ms, explicit, tempo)
SELECT DISTINCT ON (apple_track_id)
    apple_track_id, track_name, spotify_artist_id, artist_name, collection_name,
    rpad(nullif(release_date, '0000'), 10, '-01-01')::date,
    CASE length(release_date) WHEN 4 THEN 'year' WHEN 7 THEN 'month' ELSE 'day' END,
    genre, track_popularity::float8::integer, track_time_ms::float8::integer, track_explicitness = 'explicit', bpm::float8
FROM staging
ORDER BY apple_track_id
ON CONFLICT DO NOTHING;
DROP TABLE staging;

ANALYZE :"schema".artists, :"schema".tracks;
