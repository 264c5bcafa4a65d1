-- What is known of a track before anybody hears it: its artist, and how the artist's releases before it did.
--
--   release                        = (artist as billed, release date, album), as popular as its most popular track
--   prev_release_popularity        = popularity of the last release on an earlier day (of several, the most popular)
--   prior_release_mean_popularity  = mean over all releases on earlier days
--
-- 82_workspace_residuals.sql makes an expectation of it. docs/popularity.md has the sources and the figures.

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description) VALUES
    ('track_features', 'track_id', 'varchar(255)', 'Track.'),
    ('track_features', 'track_name', 'varchar(500)', 'Title.'),
    ('track_features', 'artist_name', 'varchar(500)', 'Artist as billed on the release.'),
    ('track_features', 'billing', 'varchar(500)', 'Whom releases are counted under: artist_credit, or artist_id where there is none.'),
    ('track_features', 'genre', 'varchar(100)', 'Genre.'),
    ('track_features', 'release_date', 'date', 'Date of release.'),
    ('track_features', 'popularity', 'double precision', 'Popularity of the track, 0 to 100: what is to be explained.'),
    ('track_features', 'artist_popularity', 'double precision', 'Popularity of the artist, 0 to 100.'),
    ('track_features', 'artist_followers', 'double precision', 'Number of followers of the artist.'),
    ('track_features', 'prev_release_popularity', 'double precision',
        'Highest popularity of a track on the artist''s release before this one, where it is known; NULL for a first release.'),
    ('track_features', 'prior_release_mean_popularity', 'double precision',
        'Mean over all the artist''s releases before this one of the highest popularity of a track on it; NULL for a first release.'),
    ('track_features', 'track_time_minutes', 'double precision', 'Playing time in minutes.'),
    ('track_features', 'is_cold_start', 'boolean', 'Is there no earlier release of the artist of known popularity?');


CREATE FUNCTION musicintel.create_workspace_popularity(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM musicintel.workspace_create(schema_name, 'track_features',
        musicintel.workspace_track_features(schema_name),
        'What is known of a track before anybody hears it: one row for each track, the features of the popularity model.');
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_popularity(text) IS
'Part of create_workspace: the features of the popularity model.';


-- The release before is the last one of known popularity: the greatest (date, popularity), which is one aggregate, where
-- lag() would see the unknown ones. Names are cut to the length that the views promise.
CREATE FUNCTION musicintel.workspace_track_features(schema_name text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.format($view$
CREATE VIEW %1$I.track_features AS
WITH track AS NOT MATERIALIZED (
    SELECT t.track_id, t.track_name, coalesce(t.artist_credit, a.artist_name) AS artist_name, t.genre, t.release_date::date AS release_date,
        t.popularity, a.popularity AS artist_popularity, a.followers AS artist_followers, t.duration_ms,
        coalesce(t.artist_credit, t.artist_id) AS billing, coalesce(t.album_id, t.album_name) AS album
    FROM %1$I.tracks t
    LEFT JOIN %1$I.artists a ON a.artist_id = t.artist_id
), release AS (
    SELECT billing, release_date, pg_catalog.max(popularity)::double precision AS popularity
    FROM track
    WHERE billing IS NOT NULL AND release_date IS NOT NULL
    GROUP BY billing, release_date, album
), day AS (
    SELECT billing, release_date, pg_catalog.max(popularity) AS popularity, pg_catalog.sum(popularity) AS total,
        pg_catalog.count(popularity) AS releases
    FROM release
    GROUP BY billing, release_date
), momentum AS (
    SELECT billing, release_date,
        (pg_catalog.max(ARRAY[extract(epoch FROM release_date), popularity])
            FILTER (WHERE popularity IS NOT NULL) OVER past)[2] AS prev_release_popularity,
        pg_catalog.sum(total) OVER past / nullif(pg_catalog.sum(releases) OVER past, 0)::double precision
            AS prior_release_mean_popularity
    FROM day
    WINDOW past AS (PARTITION BY billing ORDER BY release_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT track_id::varchar(255),
    track_name::varchar(500),
    artist_name::varchar(500),
    billing::varchar(500),
    genre::varchar(100),
    release_date::date,
    popularity::double precision,
    artist_popularity::double precision,
    artist_followers::double precision,
    prev_release_popularity::double precision,
    prior_release_mean_popularity::double precision,
    duration_ms / 60000.0::double precision AS track_time_minutes,
    prev_release_popularity IS NULL AS is_cold_start
FROM track
LEFT JOIN momentum USING (billing, release_date)
$view$, schema_name)
$$;

COMMENT ON FUNCTION musicintel.workspace_track_features(text) IS
'Part of create_workspace: the CREATE VIEW statement of track_features.';
