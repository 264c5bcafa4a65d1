-- What popularity should have been expected of each track, how far it is from that, and what to make of the difference.
--
--   expected          = b0 + b1 artist_popularity + b2 artist_followers + b3 prev_release_popularity
--                       + b4 prior_release_mean_popularity + b5 track_time_minutes         (the model <schema>.popularity)
--   residual          = actual - expected
--   out of fold       = the same by a model fitted on the other folds, all tracks of a billing being in one fold
--   standardised      = residual / (sigma sqrt(1 - leverage))                                    Cook & Weisberg 1982
--   p_value           = 2 P(Z > |z|), z = (standardised - median) / (interquartile range / 1.349)          Efron 2004
--   q_value           = min over p_(j) >= p of m p_(j) / j                                 Benjamini & Hochberg 1995
--
-- docs/discovery.md has the sources and the figures.

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description)
SELECT relation, column_name, data_type, description
FROM (VALUES
        (1, true, 'track_id', 'varchar(255)', 'Track.'),
        (2, true, 'track_name', 'varchar(500)', 'Title.'),
        (3, true, 'artist_name', 'varchar(500)', 'Artist as billed on the release.'),
        (4, true, 'genre', 'varchar(100)', 'Genre.'),
        (5, true, 'release_date', 'date', 'Date of release.'),
        (6, true, 'actual', 'double precision', 'Popularity of the track, 0 to 100; NULL where it is not known.'),
        (7, true, 'expected', 'double precision',
            'Popularity expected from the artist, the releases before and the playing time; NULL for a cold start.'),
        (8, true, 'residual', 'double precision', 'actual - expected, in points of popularity.'),
        (9, true, 'segment', 'varchar(20)',
            'surprise hit: more popular than expected by the rule in settings (20 points or more, unless changed); underrated: less; '
            'as expected: neither; cold start: too little is known to expect anything.'),
        (10, true, 'expected_out_of_fold', 'double precision',
            'What a model expects that was fitted without any track of this billing; NULL for a cold start.'),
        (11, true, 'residual_out_of_fold', 'double precision', 'actual - expected_out_of_fold, in points of popularity.'),
        (12, true, 'standardised_residual', 'double precision',
            'Residual divided by its own standard deviation, which is smaller for a track that draws the fit to itself.'),
        (13, true, 'p_value', 'double precision',
            'How likely chance alone makes a residual as large, above or below, if chance is normal and as wide as the middle half of the residuals.'),
        (14, true, 'q_value', 'double precision',
            'Share of false alarms to be expected among all tracks with a p value as small as this one''s (Benjamini and Hochberg).'),
        (15, false, 'fold', 'integer', 'Part of the artists that the billing belongs to, from 0.'),
        (16, false, 'leverage', 'double precision', 'How much the track draws its own expectation, 0 to 1.'),
        (17, false, 'artist_popularity', 'double precision', 'Popularity of the artist, 0 to 100.'),
        (18, false, 'artist_followers', 'double precision', 'Number of followers of the artist.'),
        (19, false, 'prev_release_popularity', 'double precision',
            'Highest popularity of a track on the artist''s release before this one.'),
        (20, false, 'prior_release_mean_popularity', 'double precision',
            'Mean over all the artist''s releases before this one of the highest popularity of a track on it.'),
        (21, false, 'track_time_minutes', 'double precision', 'Playing time in minutes.')
    ) AS columns (place, is_shown, column_name, data_type, description),
    (VALUES (1, 'track_scores'), (2, 'track_expectation'), (3, 'hidden_gems'), (4, 'surprise_hits')) AS relations (number, relation)
WHERE is_shown OR relation = 'track_scores'
ORDER BY number, place;


CREATE FUNCTION musicintel.create_workspace_residuals(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    shown text := (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(w.column_name), ', ' ORDER BY w.position)
        FROM musicintel.workspace_columns w WHERE w.relation = 'track_expectation');
    ending record;
BEGIN
    SELECT w.object, w.kind, w.action INTO object, kind, action
    FROM musicintel.workspace_create(schema_name, 'track_scores', musicintel.workspace_track_scores(schema_name),
        'Actual and expected popularity of each track and what it was expected from, as of the last refresh(). '
        'Read it through track_expectation.') w;
    IF action = 'created' THEN
        -- REFRESH ... CONCURRENTLY needs the first, hidden_gems and surprise_hits the second.
        EXECUTE pg_catalog.format('CREATE UNIQUE INDEX ON %I.track_scores (track_id)', schema_name);
        EXECUTE pg_catalog.format('CREATE INDEX ON %I.track_scores (segment, residual, track_id)', schema_name);
    END IF;
    RETURN NEXT;

    RETURN QUERY SELECT * FROM musicintel.workspace_create(schema_name, 'track_expectation',
        pg_catalog.format('CREATE VIEW %1$I.track_expectation AS SELECT %2$s FROM %1$I.track_scores', schema_name, shown),
        'Actual and expected popularity of each track, as of the last refresh().');

    FOR ending IN
        SELECT * FROM (VALUES
            ('hidden_gems', 'underrated', 'residual, track_id',
                'Underrated tracks: less popular than what is known of the artist lets expect, the furthest first.'),
            ('surprise_hits', 'surprise hit', 'residual DESC, track_id DESC',
                'Surprise hits: more popular than what is known of the artist lets expect, the furthest first.')
        ) AS list (relation, segment, ordering, description)
    LOOP
        RETURN QUERY SELECT * FROM musicintel.workspace_create(schema_name, ending.relation,
            pg_catalog.format('CREATE VIEW %1$I.%2$I AS SELECT %3$s FROM %1$I.track_scores WHERE segment = %4$L ORDER BY %5$s',
                schema_name, ending.relation, shown, ending.segment, ending.ordering),
            ending.description || ' As of the last refresh().');
    END LOOP;
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_residuals(text) IS
'Part of create_workspace: expected popularity of each track, hidden gems and surprise hits.';


-- Without a model there are no rows, so that a new workspace has an empty view and not one that cannot be read.
--
-- One pass fits a model to each fold. Models of disjoint rows merge, so that the model without a fold is the rollup of the
-- others, and there is no pass for each. Then each model scores the tracks of its fold, one fold after the other (OFFSET 0
-- keeps the planner from mixing them), since changing the model from row to row would mean opening it for each.
CREATE FUNCTION musicintel.workspace_track_scores(schema_name text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.format($view$
CREATE MATERIALIZED VIEW %1$I.track_scores AS
WITH fitted AS MATERIALIZED (
    SELECT model, (musicintel.summary(model) ->> 'sigma')::double precision AS sigma
    FROM (SELECT musicintel.get_model(%2$L) AS model
        WHERE EXISTS (SELECT FROM musicintel.models m WHERE m.name = %2$L)
        OFFSET 0) current_version
), track AS MATERIALIZED (
    SELECT f.*, CASE WHEN pg_catalog.num_nulls(f.artist_popularity, f.artist_followers, f.prev_release_popularity,
                f.prior_release_mean_popularity, f.track_time_minutes) = 0
            THEN ARRAY[f.artist_popularity, f.artist_followers, f.prev_release_popularity, f.prior_release_mean_popularity,
                f.track_time_minutes] END AS features,
        pg_catalog.mod(pg_catalog.hashtextextended(coalesce(f.billing, f.track_id), 0) & 9223372036854775807, s.folds)::integer AS fold
    FROM %1$I.track_features f, %1$I.settings s
    WHERE EXISTS (SELECT FROM fitted)
), fold_fit AS MATERIALIZED (
    SELECT fold, musicintel.linear_regression_fit(popularity, features) AS model
    FROM track
    GROUP BY fold
), out_of_fold AS MATERIALIZED (
    SELECT f.fold, musicintel.rollup(other.model) AS model
    FROM fold_fit f
    LEFT JOIN fold_fit other ON other.fold <> f.fold
    GROUP BY f.fold
), scored AS MATERIALIZED (
    SELECT in_fold.*, popularity - expected AS residual,
        CASE WHEN leverage < 1 - 1e-9 AND sigma > 0 THEN (popularity - expected) / (sigma * pg_catalog.sqrt(1 - leverage)) END
            AS standardised
    FROM fitted, out_of_fold, LATERAL (
        SELECT t.*, musicintel.predict(fitted.model, t.features) AS expected,
            musicintel.predict(out_of_fold.model, t.features) AS expected_out_of_fold,
            CASE WHEN t.popularity IS NOT NULL THEN musicintel.leverage(fitted.model, t.features) END AS leverage
        FROM track t
        WHERE t.fold = out_of_fold.fold
        OFFSET 0) in_fold
), middle AS MATERIALIZED (
    SELECT quartile[2] AS centre, nullif((quartile[3] - quartile[1]) / 1.3489795, 0) AS spread
    FROM (SELECT pg_catalog.percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY standardised) AS quartile
        FROM scored) quartiles
), tenth AS MATERIALIZED (
    SELECT pg_catalog.percentile_cont(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY residual) AS decile
    FROM scored, %1$I.settings s
    WHERE s.segment_rule = 'deciles'
), tested AS (
    SELECT scored.*, musicintel.two_sided_p_value((standardised - centre) / spread) AS p_value
    FROM scored, middle
), ranked AS (
    SELECT tested.*, pg_catalog.count(p_value) OVER (PARTITION BY p_value IS NULL) AS tests,
        pg_catalog.row_number() OVER worst_first AS place
    FROM tested
    WINDOW worst_first AS (PARTITION BY p_value IS NULL ORDER BY p_value DESC)
), judged AS (
    SELECT ranked.*, least(1, pg_catalog.min(p_value * tests / (tests - place + 1)) OVER (
            PARTITION BY p_value IS NULL ORDER BY p_value DESC ROWS UNBOUNDED PRECEDING)) AS q_value
    FROM ranked
)
SELECT track_id, track_name, artist_name, genre, release_date, popularity AS actual, expected, residual,
    CASE
        WHEN expected IS NULL THEN 'cold start'
        WHEN popularity IS NULL THEN NULL
        WHEN residual > 0 AND CASE s.segment_rule WHEN 'points' THEN residual >= s.segment_points
            WHEN 'deciles' THEN residual >= decile[2] ELSE q_value <= s.false_discovery_rate END THEN 'surprise hit'
        WHEN residual < 0 AND CASE s.segment_rule WHEN 'points' THEN residual <= -s.segment_points
            WHEN 'deciles' THEN residual <= decile[1] ELSE q_value <= s.false_discovery_rate END THEN 'underrated'
        ELSE 'as expected'
    END::varchar(20) AS segment,
    expected_out_of_fold, popularity - expected_out_of_fold AS residual_out_of_fold, standardised AS standardised_residual,
    p_value, q_value, fold, leverage, artist_popularity, artist_followers, prev_release_popularity,
    prior_release_mean_popularity, track_time_minutes
FROM judged, tenth, %1$I.settings s
$view$, schema_name, schema_name || '.popularity')
$$;

COMMENT ON FUNCTION musicintel.workspace_track_scores(text) IS
'Part of create_workspace: the CREATE MATERIALIZED VIEW statement of track_scores.';
