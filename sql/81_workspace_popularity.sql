-- Expected popularity in a workspace: what is known of an artist before a release, the model fitted to it, its residuals.
--
--   release                        = (artist as billed, release date, album), as popular as its most popular track
--   prev_release_popularity        = popularity of the last release on an earlier day (of several, the most popular)
--   prior_release_mean_popularity  = mean over all releases on earlier days
--   expected  = b0 + b1 artist_popularity + b2 artist_followers + b3 prev + b4 prior mean + b5 track_time_minutes
--   residual  = actual - expected;  >= +20: surprise hit, <= -20: underrated
--
-- docs/popularity.md has the sources and the figures.

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description) VALUES
    ('track_features', 'track_id', 'varchar(255)', 'Track.'),
    ('track_features', 'track_name', 'varchar(500)', 'Title.'),
    ('track_features', 'artist_name', 'varchar(500)', 'Artist as billed on the release.'),
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

-- The materialized view, the view that shows it to tools that list no materialized views, and its two ends.
INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description)
SELECT relation, column_name, data_type, description
FROM (VALUES
        ('track_id', 'varchar(255)', 'Track.'),
        ('track_name', 'varchar(500)', 'Title.'),
        ('artist_name', 'varchar(500)', 'Artist as billed on the release.'),
        ('genre', 'varchar(100)', 'Genre.'),
        ('release_date', 'date', 'Date of release.'),
        ('actual', 'double precision', 'Popularity of the track, 0 to 100; NULL where it is not known.'),
        ('expected', 'double precision',
            'Popularity expected from the artist, the releases before and the playing time; NULL for a cold start.'),
        ('residual', 'double precision', 'actual - expected, in points of popularity.'),
        ('segment', 'varchar(20)',
            'surprise hit: 20 points or more above what was expected; underrated: 20 or more below; as expected: between; cold start: too little is known to expect anything.')
    ) AS columns (column_name, data_type, description),
    (VALUES ('track_scores'), ('track_expectation'), ('hidden_gems'), ('surprise_hits')) AS relations (relation);


CREATE FUNCTION musicintel.create_workspace_popularity(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    model_name text := schema_name || '.popularity';
BEGIN
    RETURN QUERY SELECT * FROM musicintel.workspace_create(schema_name, 'track_features',
        musicintel.workspace_track_features(schema_name),
        'What is known of a track before anybody hears it: one row for each track, the features of the popularity model.');

    -- The model is looked for first, so that a new workspace has an empty view and not one that cannot be read. OFFSET 0
    -- keeps the score from being worked out again for each of its uses.
    SELECT w.object, w.kind, w.action INTO object, kind, action
    FROM musicintel.workspace_create(schema_name, 'track_scores', pg_catalog.format($view$
CREATE MATERIALIZED VIEW %1$I.track_scores AS
SELECT track_id, track_name, artist_name, genre, release_date, popularity AS actual, expected,
    popularity - expected AS residual,
    CASE
        WHEN expected IS NULL THEN 'cold start'
        WHEN popularity - expected >= 20 THEN 'surprise hit'
        WHEN popularity - expected <= -20 THEN 'underrated'
        WHEN popularity IS NOT NULL THEN 'as expected'
    END::varchar(20) AS segment
FROM (SELECT f.*, musicintel.predict(%2$L, f) AS expected
    FROM %1$I.track_features f
    WHERE EXISTS (SELECT FROM musicintel.models m WHERE m.name = %2$L)
    OFFSET 0) scored
$view$, schema_name, model_name),
        'Actual and expected popularity of each track, as of the last refresh(). Read it through track_expectation.') w;
    IF action = 'created' THEN
        -- REFRESH ... CONCURRENTLY needs the first, hidden_gems and surprise_hits the second.
        EXECUTE pg_catalog.format('CREATE UNIQUE INDEX ON %I.track_scores (track_id)', schema_name);
        EXECUTE pg_catalog.format('CREATE INDEX ON %I.track_scores (segment, residual)', schema_name);
    END IF;
    RETURN NEXT;

    RETURN QUERY SELECT * FROM musicintel.workspace_create(schema_name, 'track_expectation', pg_catalog.format($view$
CREATE VIEW %1$I.track_expectation AS
SELECT track_id, track_name, artist_name, genre, release_date, actual, expected, residual, segment
FROM %1$I.track_scores
$view$, schema_name),
        'Actual and expected popularity of each track, as of the last refresh().');

    RETURN QUERY SELECT * FROM musicintel.workspace_create(schema_name, 'hidden_gems', pg_catalog.format($view$
CREATE VIEW %1$I.hidden_gems AS
SELECT track_id, track_name, artist_name, genre, release_date, actual, expected, residual, segment
FROM %1$I.track_scores
WHERE segment = 'underrated'
ORDER BY residual, track_id
$view$, schema_name),
        'Underrated tracks: at least 20 points less popular than what is known of the artist lets expect, the furthest first.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create(schema_name, 'surprise_hits', pg_catalog.format($view$
CREATE VIEW %1$I.surprise_hits AS
SELECT track_id, track_name, artist_name, genre, release_date, actual, expected, residual, segment
FROM %1$I.track_scores
WHERE segment = 'surprise hit'
ORDER BY residual DESC, track_id
$view$, schema_name),
        'Surprise hits: at least 20 points more popular than what is known of the artist lets expect, the furthest first.');

    RETURN QUERY SELECT * FROM musicintel.create_workspace_refresh(schema_name, model_name);
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_popularity(text) IS
'Part of create_workspace: features, expected popularity, hidden gems and surprise hits.';


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
    SELECT t.track_id, t.track_name, coalesce(t.artist_credit, a.artist_name) AS artist_name, t.genre, t.release_date,
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


CREATE FUNCTION musicintel.create_workspace_refresh(schema_name text, model_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    object := pg_catalog.format('%I.refresh()', schema_name);
    kind := 'procedure';
    action := 'kept';
    IF pg_catalog.to_regprocedure(object) IS NULL THEN
        EXECUTE pg_catalog.format($procedure$
CREATE PROCEDURE %1$I.refresh()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    PERFORM musicintel.train(%2$L, 'linear_regression', %3$L, target => 'popularity');

    -- Nobody reads an empty view, and filling it in one go is quicker.
    IF pg_catalog.pg_relation_size(%4$L) > 0 THEN
        REFRESH MATERIALIZED VIEW CONCURRENTLY %1$I.track_scores;
    ELSE
        REFRESH MATERIALIZED VIEW %1$I.track_scores;
    END IF;
END
$body$
$procedure$, schema_name, model_name,
            pg_catalog.format('SELECT popularity, artist_popularity, artist_followers, prev_release_popularity, '
                'prior_release_mean_popularity, track_time_minutes FROM %I.track_features', schema_name),
            pg_catalog.format('%I.track_scores', schema_name));
        EXECUTE pg_catalog.format('COMMENT ON PROCEDURE %I.refresh() IS %L', schema_name,
            'Fits expected popularity anew and scores every track; readers of the views are not kept waiting');
        action := 'created';
    END IF;
    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_refresh(text, text) IS
'Part of create_workspace: the procedure refresh(), which fits the popularity model again and scores every track.';
