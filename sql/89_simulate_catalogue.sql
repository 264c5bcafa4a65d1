-- A simulated catalogue in a workspace, with its truth beside it. docs/simulate_catalogue.md has the model.
--
-- The rows are made in C, one at a time, and inserted like any others: with the rights of the caller, through the
-- constraints, defaults and triggers of his tables.

CREATE FUNCTION musicintel.simulate_catalogue_artists(
    artists integer, tracks integer, seed bigint,
    OUT artist_id text, OUT artist_name text, OUT popularity integer, OUT followers bigint, OUT genre text
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION musicintel.simulate_catalogue_artists(integer, integer, bigint) IS
'The artists of a simulated catalogue. simulate_catalogue() puts them into a workspace.';

CREATE FUNCTION musicintel.simulate_catalogue_tracks(
    artists integer, tracks integer, seed bigint,
    OUT track_id text, OUT track_name text, OUT artist_id text, OUT album_id text, OUT album_name text,
    OUT release_date date, OUT genre text, OUT popularity integer, OUT duration_ms integer, OUT explicit boolean,
    OUT danceability double precision, OUT energy double precision, OUT key smallint, OUT loudness double precision,
    OUT mode smallint, OUT speechiness double precision, OUT acousticness double precision,
    OUT instrumentalness double precision, OUT liveness double precision, OUT valence double precision,
    OUT tempo double precision,
    OUT expected double precision, OUT residual double precision, OUT is_planted boolean
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION musicintel.simulate_catalogue_tracks(integer, integer, bigint) IS
'The tracks of a simulated catalogue, and the truth about each. simulate_catalogue() puts them into a workspace.';

CREATE FUNCTION musicintel.simulate_catalogue_coefficients(OUT term text, OUT value double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 6;
COMMENT ON FUNCTION musicintel.simulate_catalogue_coefficients() IS
'The true coefficients of expected popularity in every simulated catalogue, which a fit to one should find.';


CREATE FUNCTION musicintel.simulate_catalogue(schema_name text, artists integer, tracks integer, seed bigint DEFAULT 1)
RETURNS TABLE (simulated_artists bigint, simulated_tracks bigint, hidden_gems bigint, surprise_hits bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    truth text := pg_catalog.format('%I.simulation_truth', schema_name);
    relation_name text;
    has_rows boolean;
BEGIN
    IF pg_catalog.num_nulls(schema_name, artists, tracks, seed) > 0 THEN
        RAISE EXCEPTION 'simulate_catalogue needs a workspace, a number of artists, a number of tracks, and a seed'
            USING ERRCODE = 'null_value_not_allowed',
                HINT = 'For instance: SELECT * FROM musicintel.simulate_catalogue(''music'', 400, 10000).';
    END IF;
    FOREACH relation_name IN ARRAY ARRAY['artists', 'tracks'] LOOP
        IF musicintel.workspace_relation(schema_name, relation_name) IS NULL THEN
            RAISE EXCEPTION '% is not a workspace: it has no table %', pg_catalog.quote_ident(schema_name), relation_name
                USING ERRCODE = 'undefined_table',
                    HINT = pg_catalog.format('Make one: SELECT * FROM musicintel.create_workspace(%L).', schema_name);
        END IF;
        EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM %I.%I)', schema_name, relation_name) INTO has_rows;
        IF has_rows THEN
            RAISE EXCEPTION 'workspace % already has %', pg_catalog.quote_ident(schema_name), relation_name
                USING ERRCODE = 'object_not_in_prerequisite_state',
                    HINT = 'Simulated and real rows do not mix: simulate into a workspace of its own.';
        END IF;
    END LOOP;

    IF musicintel.workspace_relation(schema_name, 'simulation_truth') IS NOT NULL THEN
        RAISE EXCEPTION 'workspace % already has simulation_truth', pg_catalog.quote_ident(schema_name)
            USING ERRCODE = 'duplicate_table', HINT = pg_catalog.format('If it tells of tracks that are gone: DROP TABLE %s;', truth);
    END IF;

    PERFORM musicintel.simulate_catalogue_truth(schema_name);
    EXECUTE pg_catalog.format($statement$
INSERT INTO %I.artists (artist_id, artist_name, popularity, followers, genres)
SELECT (a).artist_id, (a).artist_name, (a).popularity, (a).followers, ARRAY[(a).genre]
FROM (SELECT musicintel.simulate_catalogue_artists($1, $2, $3) AS a OFFSET 0) made
$statement$, schema_name) USING artists, tracks, seed;
    GET DIAGNOSTICS simulated_artists = ROW_COUNT;

    -- In the target list a function hands over each row as it is made; in FROM all would first be stored.
    EXECUTE pg_catalog.format($statement$
INSERT INTO %I.tracks (track_id, track_name, artist_id, album_id, album_name, release_date, genre, popularity, duration_ms,
    explicit, danceability, energy, key, loudness, mode, speechiness, acousticness, instrumentalness, liveness, valence, tempo)
SELECT (t).track_id, (t).track_name, (t).artist_id, (t).album_id, (t).album_name, (t).release_date, (t).genre, (t).popularity,
    (t).duration_ms, (t).explicit, (t).danceability, (t).energy, (t).key, (t).loudness, (t).mode, (t).speechiness,
    (t).acousticness, (t).instrumentalness, (t).liveness, (t).valence, (t).tempo
FROM (SELECT musicintel.simulate_catalogue_tracks($1, $2, $3) AS t OFFSET 0) made
$statement$, schema_name) USING artists, tracks, seed;
    GET DIAGNOSTICS simulated_tracks = ROW_COUNT;

    EXECUTE pg_catalog.format($statement$
INSERT INTO %s (track_id, expected, residual, is_planted)
SELECT (t).track_id, (t).expected, (t).residual, (t).is_planted
FROM (SELECT musicintel.simulate_catalogue_tracks($1, $2, $3) AS t OFFSET 0) made
$statement$, truth) USING artists, tracks, seed;
    EXECUTE pg_catalog.format('ALTER TABLE %s ADD PRIMARY KEY (track_id)', truth);
    EXECUTE pg_catalog.format('ANALYZE %1$I.artists, %1$I.tracks, %2$s', schema_name, truth);

    EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FILTER (WHERE residual < 0), '
        'pg_catalog.count(*) FILTER (WHERE residual > 0) FROM %s WHERE is_planted', truth)
        INTO hidden_gems, surprise_hits;
    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION musicintel.simulate_catalogue(text, integer, integer, bigint) IS
'Fills an empty workspace with a simulated catalogue, the same for the same arguments, and a table simulation_truth with '
'what was to be expected of each track and which were planted as hidden gems and surprise hits. Every name in it says '
'that it is simulated.';


CREATE FUNCTION musicintel.simulate_catalogue_truth(schema_name text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    described record;
BEGIN
    EXECUTE pg_catalog.format('CREATE TABLE %I.simulation_truth (track_id varchar(255) NOT NULL, expected double precision, '
        'residual double precision, is_planted boolean NOT NULL)', schema_name);
    EXECUTE pg_catalog.format('COMMENT ON TABLE %I.simulation_truth IS %L', schema_name,
        'The artists and tracks of this workspace are SIMULATED; this is the truth about each track.');
    FOR described IN SELECT * FROM (VALUES
            ('track_id', 'Track.'),
            ('expected', 'Popularity that was to be expected of it; NULL on a first release, of which nothing is expected.'),
            ('residual', 'Its popularity - expected, in points.'),
            ('is_planted', 'Is it a hidden gem (residual below 0) or a surprise hit (above 0) on purpose?')
        ) AS columns (column_name, description)
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN %I.simulation_truth.%I IS %L', schema_name, described.column_name,
            described.description);
    END LOOP;
END
$$;

COMMENT ON FUNCTION musicintel.simulate_catalogue_truth(text) IS
'Part of simulate_catalogue: makes an empty table simulation_truth.';
