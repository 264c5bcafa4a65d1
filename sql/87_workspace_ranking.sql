-- A ranking that does not only repeat what is popular already.
--
--   score  = actual - weight * (expected - mean expected): weight 0 ranks by popularity, weight 1 by residual, that is, by
--            popularity less the head start that artist and past give. A cold start has no expectation and no head start.
--   floor  = among n places, every genre has at least floor(diversity_floor * n * its share of the catalogue); its best
--            tracks take them, the best of all genres the rest.
--
-- Exposure of a place is 1 / log2(1 + place), as in discounted cumulative gain (Singh & Joachims 2018).

CREATE FUNCTION musicintel.rank_tracks(workspace text, weight double precision, places integer, diversity_floor double precision)
RETURNS TABLE (
    place bigint, track_id text, track_name text, artist_name text, genre text, actual double precision, expected double precision,
    score double precision, place_by_popularity bigint, is_by_floor boolean
)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF workspace IS NULL OR musicintel.workspace_relation(workspace, 'track_scores') IS NULL THEN
        RAISE EXCEPTION 'there is no workspace %', coalesce(pg_catalog.quote_ident(workspace), 'NULL')
            USING ERRCODE = 'invalid_schema_name', HINT = 'musicintel.create_workspace() makes one.';
    ELSIF weight IS NULL OR NOT weight BETWEEN 0 AND 1 THEN
        RAISE EXCEPTION 'weight must lie between 0 and 1'
            USING ERRCODE = 'invalid_parameter_value', HINT = '0 ranks by popularity, 1 by how far it is above what was expected.';
    ELSIF places IS NULL OR places < 1 THEN
        RAISE EXCEPTION 'a ranking needs at least one place' USING ERRCODE = 'invalid_parameter_value';
    END IF;

    RETURN QUERY EXECUTE pg_catalog.format($query$
WITH candidate AS MATERIALIZED (
    SELECT s.track_id, coalesce(s.genre, '(unknown)') AS genre, s.actual,
        s.actual - $1 * coalesce(s.expected - mean.expected, 0) AS score
    FROM %1$I.track_scores s,
        (SELECT pg_catalog.avg(expected) AS expected FROM %1$I.track_scores WHERE actual IS NOT NULL) mean
    WHERE s.actual IS NOT NULL
), share AS (
    SELECT genre, pg_catalog.floor($3 * $2 * pg_catalog.count(*) / pg_catalog.sum(pg_catalog.count(*)) OVER ()::double precision) AS sure
    FROM candidate
    GROUP BY genre
), in_genre AS (
    SELECT *
    FROM (SELECT candidate.*, pg_catalog.row_number() OVER (PARTITION BY genre ORDER BY score DESC, track_id) AS place_in_genre
        FROM candidate) numbered
    WHERE place_in_genre <= $2
), chosen AS (
    SELECT in_genre.*, pg_catalog.row_number() OVER (ORDER BY place_in_genre <= sure DESC, score DESC, track_id) AS choice,
        pg_catalog.row_number() OVER (ORDER BY score DESC, track_id) AS place_by_score
    FROM in_genre
    JOIN share USING (genre)
), level AS (
    SELECT actual, pg_catalog.sum(pg_catalog.count(*)) OVER (ORDER BY actual DESC) - pg_catalog.count(*) + 1 AS place
    FROM candidate
    GROUP BY actual
)
SELECT pg_catalog.row_number() OVER (ORDER BY chosen.score DESC, chosen.track_id), s.track_id::text, s.track_name::text, s.artist_name::text,
    chosen.genre::text, s.actual, s.expected, chosen.score, level.place::bigint, chosen.place_by_score > $2
FROM chosen
JOIN %1$I.track_scores s ON s.track_id = chosen.track_id
JOIN level ON level.actual = chosen.actual
WHERE chosen.choice <= $2
ORDER BY 1
$query$, workspace) USING weight, places, diversity_floor;
END
$$;

COMMENT ON FUNCTION musicintel.rank_tracks(text, double precision, integer, double precision) IS
'Part of fair_ranking: the ranking with a given diversity floor.';


CREATE FUNCTION musicintel.workspace_diversity_floor(workspace text)
RETURNS double precision
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    diversity_floor double precision := 0;
BEGIN
    IF musicintel.workspace_relation(workspace, 'settings') IS NOT NULL THEN
        EXECUTE pg_catalog.format('SELECT s.diversity_floor FROM %I.settings s', workspace) INTO diversity_floor;
    END IF;
    RETURN coalesce(diversity_floor, 0);
END
$$;

COMMENT ON FUNCTION musicintel.workspace_diversity_floor(text) IS
'Part of fair_ranking: settings.diversity_floor of the workspace.';


CREATE FUNCTION musicintel.fair_ranking(workspace text, weight double precision, places integer DEFAULT 100)
RETURNS TABLE (
    place bigint, track_id text, track_name text, artist_name text, genre text, actual double precision, expected double precision,
    score double precision, place_by_popularity bigint, is_by_floor boolean
)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT * FROM musicintel.rank_tracks(workspace, weight, places, musicintel.workspace_diversity_floor(workspace))
$$;

COMMENT ON FUNCTION musicintel.fair_ranking(text, double precision, integer) IS
'The first places of a ranking of the workspace''s tracks by popularity less weight (0 to 1) times the head start that '
'artist and past give them, with a floor for every genre (settings.diversity_floor). is_by_floor: in the list for the '
'floor''s sake only.';


-- Nothing is joined to the lists but a few genres: the planner takes functions to return few rows, and would compare all.
CREATE FUNCTION musicintel.fair_ranking_report(workspace text, weight double precision, places integer DEFAULT 100)
RETURNS TABLE (metric text, by_popularity double precision, fair double precision, change double precision)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 12
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY EXECUTE $query$
WITH listed AS MATERIALIZED (
    SELECT 'popular' AS list, r.*, pg_catalog.ln(2::double precision) / pg_catalog.ln(1 + r.place::double precision) AS exposure
    FROM musicintel.rank_tracks($1, 0, $3, 0) r
    UNION ALL
    SELECT 'fair', r.*, pg_catalog.ln(2::double precision) / pg_catalog.ln(1 + r.place::double precision)
    FROM musicintel.fair_ranking($1, $2, $3) r
), genre AS (
    SELECT genre, is_niche FROM musicintel.workspace_genres($1)
), summary AS (
    SELECT list, pg_catalog.count(*)::double precision AS tracks, pg_catalog.count(DISTINCT genre)::double precision AS genres,
        pg_catalog.count(DISTINCT artist_name)::double precision AS artists, pg_catalog.avg(actual) AS popularity,
        pg_catalog.avg(expected) AS expected, pg_catalog.avg(actual - expected) AS residual,
        pg_catalog.avg(is_niche::integer)::double precision AS niche, pg_catalog.sum(exposure) FILTER (WHERE is_niche) / pg_catalog.sum(exposure) AS niche_exposure
    FROM listed
    LEFT JOIN genre USING (genre)
    GROUP BY list
), shared AS (
    SELECT pg_catalog.count(*)::double precision AS tracks
    FROM (SELECT FROM listed GROUP BY track_id HAVING pg_catalog.count(*) = 2) both_lists
), exposed AS (
    SELECT genre, artist_name, coalesce(pg_catalog.sum(exposure) FILTER (WHERE list = 'popular'), 0) AS popular,
        coalesce(pg_catalog.sum(exposure) FILTER (WHERE list = 'fair'), 0) AS fair
    FROM listed
    GROUP BY GROUPING SETS ((genre), (artist_name))
), of_genre AS (
    SELECT musicintel.gini(coalesce(popular, 0)) AS popular, musicintel.gini(coalesce(fair, 0)) AS fair
    FROM genre
    LEFT JOIN exposed USING (genre)
), of_artist AS (
    SELECT musicintel.gini(popular) AS popular, musicintel.gini(fair) AS fair FROM exposed WHERE artist_name IS NOT NULL
)
SELECT item.metric, item.popular, item.fair, item.fair - item.popular
FROM (SELECT pg_catalog.count(*)::double precision AS genres FROM genre) every, shared, of_genre, of_artist, summary p
JOIN summary f ON p.list = 'popular' AND f.list = 'fair',
    LATERAL (VALUES (1, 'tracks', p.tracks, f.tracks),
        (2, 'tracks in both lists', shared.tracks, shared.tracks),
        (3, 'genres covered', p.genres, f.genres),
        (4, 'share of genres covered', p.genres / every.genres, f.genres / every.genres),
        (5, 'artists covered', p.artists, f.artists),
        (6, 'mean popularity', p.popularity, f.popularity),
        (7, 'mean expected popularity', p.expected, f.expected),
        (8, 'mean residual', p.residual, f.residual),
        (9, 'share of tracks of niche genres', p.niche, f.niche),
        (10, 'share of exposure of niche genres', coalesce(p.niche_exposure, 0), coalesce(f.niche_exposure, 0)),
        (11, 'gini of exposure among genres', of_genre.popular, of_genre.fair),
        (12, 'gini of exposure among artists', of_artist.popular, of_artist.fair)) AS item (place, metric, popular, fair)
ORDER BY item.place
$query$ USING workspace, weight, places;
END
$$;

COMMENT ON FUNCTION musicintel.fair_ranking_report(text, double precision, integer) IS
'What fair_ranking changes, beside a ranking by popularity alone: genres and artists covered, mean popularity, share of '
'niche genres, inequality of exposure (all genres of the catalogue count, and the artists of both lists).';


CREATE FUNCTION musicintel.workspace_genres(workspace text)
RETURNS TABLE (genre text, is_niche boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY EXECUTE pg_catalog.format($query$
SELECT s.genre, (pg_catalog.sum(tracks) OVER (ORDER BY tracks DESC, s.genre ROWS UNBOUNDED PRECEDING) - tracks) * 2 >= pg_catalog.sum(tracks) OVER ()
FROM (SELECT coalesce(genre, '(unknown)')::text AS genre, pg_catalog.count(*) AS tracks
    FROM %1$I.track_scores
    WHERE actual IS NOT NULL
    GROUP BY coalesce(genre, '(unknown)')::text) s
$query$, workspace);
END
$$;

COMMENT ON FUNCTION musicintel.workspace_genres(text) IS
'Part of fair_ranking: the genres of the workspace, and whether they are niche: beyond the largest ones that together hold '
'half of the tracks.';
