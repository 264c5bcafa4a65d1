-- Loads popularity/spotify_songs.csv (tracks of genre playlists, with the audio features of the Spotify Web API) into a
-- workspace:
--
--   MUSICINTEL_DATA=directory psql --single-transaction --set=schema=songs --file=demo/load_spotify_songs.sql
--
-- Popularity was taken years apart from that in base_aligned.csv and is not comparable: give each file its own workspace.
-- The file's own first line names the staging columns. A track is listed once for each playlist it is on; the first by
-- playlist gives its genre. Artists have no identifier here, so the name is one, and no popularity, so expected
-- popularity is not for this workspace: it is for the audio features.
\set QUIET on
\set columns `head -n 1 "$MUSICINTEL_DATA/popularity/spotify_songs.csv" | sed -e 's/^\xef\xbb\xbf//; s/[\r"]//g; s/[^,][^,]*/"&" text/g'`

CREATE TEMPORARY TABLE staging (:columns);
\copy staging FROM PROGRAM 'cat "$MUSICINTEL_DATA/popularity/spotify_songs.csv"' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')

INSERT INTO :"schema".artists (artist_id, artist_name)
SELECT DISTINCT track_artist, track_artist
FROM staging
WHERE track_artist IS NOT NULL
ON CONFLICT DO NOTHING;

INSERT INTO :"schema".tracks (track_id, track_name, artist_id, album_id, album_name, release_date, release_date_precision,
    genre, subgenre, popularity, duration_ms, danceability, energy, key, loudness, mode, speechiness, acousticness,
    instrumentalness, liveness, valence, tempo)
SELECT DISTINCT ON (track_id)
    track_id, track_name, track_artist, track_album_id, track_album_name,
    rpad(nullif(track_album_release_date, '0000'), 10, '-01-01')::date,
    CASE length(track_album_release_date) WHEN 4 THEN 'year' WHEN 7 THEN 'month' ELSE 'day' END,
    playlist_genre, playlist_subgenre, track_popularity::float8::integer, duration_ms::float8::integer,
    danceability::float8, energy::float8, key::float8::smallint, loudness::float8, mode::float8::smallint,
    speechiness::float8, acousticness::float8, instrumentalness::float8, liveness::float8, valence::float8, tempo::float8
FROM staging
ORDER BY track_id, playlist_id, playlist_genre, playlist_subgenre
ON CONFLICT DO NOTHING;
DROP TABLE staging;

ANALYZE :"schema".artists, :"schema".tracks;
