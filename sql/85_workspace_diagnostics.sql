-- What the data and the model look like: distributions, fit, momentum, correlations, all as bins for a chart.

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description) VALUES
    ('popularity_distribution', 'popularity_from', 'double precision', 'Lower end of the range of popularity, included.'),
    ('popularity_distribution', 'popularity_to', 'double precision', 'Upper end of the range, not included, but for 100.'),
    ('popularity_distribution', 'tracks', 'bigint', 'Tracks of such a popularity.'),
    ('popularity_distribution', 'share', 'double precision', 'Their share of the tracks of known popularity, 0 to 1.'),
    ('popularity_distribution', 'cumulative_share', 'double precision', 'Share of these and of all less popular tracks, 0 to 1.'),

    ('residual_distribution', 'residual_from', 'double precision', 'Lower end of the range of residuals, included, in points of popularity.'),
    ('residual_distribution', 'residual_to', 'double precision', 'Upper end of the range, not included.'),
    ('residual_distribution', 'tracks', 'bigint', 'Tracks with such a residual.'),
    ('residual_distribution', 'share', 'double precision', 'Their share of the scored tracks, 0 to 1.'),
    ('residual_distribution', 'normal_share', 'double precision', 'What the share were if residuals were normal with the same mean and spread.'),
    ('residual_distribution', 'out_of_fold_tracks', 'bigint', 'Tracks with such a residual by models that never saw the artist.'),

    ('model_fit', 'expectation', 'varchar(20)', 'in sample, or out of fold: by models that never saw the artist.'),
    ('model_fit', 'expected_from', 'double precision', 'Lower end of the range of expected popularity, included.'),
    ('model_fit', 'expected_to', 'double precision', 'Upper end of the range, not included.'),
    ('model_fit', 'tracks', 'bigint', 'Tracks of which so much was expected.'),
    ('model_fit', 'mean_expected', 'double precision', 'Mean expected popularity.'),
    ('model_fit', 'mean_actual', 'double precision', 'Mean actual popularity: that expected, when the model is well calibrated.'),
    ('model_fit', 'actual_lowest_tenth', 'double precision', 'One track in ten is less popular than this.'),
    ('model_fit', 'actual_median', 'double precision', 'Every other track is less popular than this.'),
    ('model_fit', 'actual_highest_tenth', 'double precision', 'One track in ten is more popular than this.'),

    ('model_fit_sample', 'track_id', 'varchar(255)', 'Track.'),
    ('model_fit_sample', 'genre', 'varchar(100)', 'Genre.'),
    ('model_fit_sample', 'expected', 'double precision', 'Expected popularity.'),
    ('model_fit_sample', 'actual', 'double precision', 'Actual popularity.'),
    ('model_fit_sample', 'segment', 'varchar(20)', 'Segment.'),

    ('residual_by_momentum', 'momentum', 'varchar(40)', 'Which past: previous release, or mean of earlier releases.'),
    ('residual_by_momentum', 'momentum_from', 'double precision', 'Lower end of the range of its popularity, included.'),
    ('residual_by_momentum', 'momentum_to', 'double precision', 'Upper end of the range, not included, but for 100.'),
    ('residual_by_momentum', 'tracks', 'bigint', 'Scored tracks with such a past.'),
    ('residual_by_momentum', 'mean_actual', 'double precision', 'Their mean actual popularity.'),
    ('residual_by_momentum', 'mean_expected', 'double precision', 'Their mean expected popularity.'),
    ('residual_by_momentum', 'mean_residual', 'double precision', 'mean_actual - mean_expected.'),
    ('residual_by_momentum', 'residual_lowest_tenth', 'double precision', 'One residual in ten is lower than this.'),
    ('residual_by_momentum', 'residual_median', 'double precision', 'Every other residual is lower than this.'),
    ('residual_by_momentum', 'residual_highest_tenth', 'double precision', 'One residual in ten is higher than this.'),
    ('residual_by_momentum', 'underrated_share', 'double precision', 'Share of underrated tracks among them, 0 to 1.'),
    ('residual_by_momentum', 'surprise_hit_share', 'double precision', 'Share of surprise hits among them, 0 to 1.'),

    ('feature_correlation', 'feature', 'varchar(63)', 'Feature of a track.'),
    ('feature_correlation', 'other_feature', 'varchar(63)', 'Another one; every pair is listed both ways.'),
    ('feature_correlation', 'tracks', 'bigint', 'Tracks for which both are known.'),
    ('feature_correlation', 'correlation', 'double precision', 'Pearson''s correlation, -1 to 1; NULL when one of them does not vary.');

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description)
SELECT w.relation || '_stored', w.column_name, w.data_type, w.description
FROM musicintel.workspace_columns w
WHERE w.relation IN ('popularity_distribution', 'residual_distribution', 'model_fit', 'model_fit_sample', 'residual_by_momentum',
    'feature_correlation')
ORDER BY w.position;


CREATE FUNCTION musicintel.create_workspace_diagnostics(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'popularity_distribution', 'popularity_from',
        'popularity_from', pg_catalog.format($query$
WITH binned AS (
    SELECT least(19, pg_catalog.floor(popularity / 5.0)) AS bin, pg_catalog.count(*) AS tracks
    FROM %1$I.tracks
    WHERE popularity IS NOT NULL
    GROUP BY least(19, pg_catalog.floor(popularity / 5.0))
)
SELECT step * 5 AS popularity_from, step * 5 + 5 AS popularity_to, coalesce(tracks, 0) AS tracks,
    coalesce(tracks, 0) / pg_catalog.sum(tracks) OVER () AS share,
    coalesce(pg_catalog.sum(tracks) OVER (ORDER BY step), 0) / pg_catalog.sum(tracks) OVER () AS cumulative_share
FROM pg_catalog.generate_series(0, 19) AS step
LEFT JOIN binned ON bin = step
WHERE EXISTS (SELECT FROM binned)
$query$, schema_name),
        'How many tracks are how popular, in steps of 5 points.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'residual_distribution', 'residual_from',
        'residual_from', pg_catalog.format($query$
WITH binned AS (
    SELECT bin, pg_catalog.count(*) FILTER (WHERE NOT out_of_fold) AS tracks, pg_catalog.count(*) FILTER (WHERE out_of_fold) AS out_of_fold_tracks
    FROM %1$I.track_scores, LATERAL (VALUES (false, pg_catalog.floor(residual / 5)), (true, pg_catalog.floor(residual_out_of_fold / 5)))
        AS listed (out_of_fold, bin)
    WHERE bin IS NOT NULL
    GROUP BY bin
), spread AS (
    SELECT pg_catalog.count(residual) AS tracks, pg_catalog.avg(residual) AS mean, nullif(pg_catalog.stddev_samp(residual), 0) AS deviation
    FROM %1$I.track_scores
)
SELECT step * 5 AS residual_from, step * 5 + 5 AS residual_to, coalesce(binned.tracks, 0) AS tracks,
    coalesce(binned.tracks, 0) / nullif(spread.tracks, 0)::double precision AS share,
    below_end.probability - below_start.probability AS normal_share, coalesce(out_of_fold_tracks, 0) AS out_of_fold_tracks
FROM (SELECT pg_catalog.generate_series(pg_catalog.min(bin)::integer, pg_catalog.max(bin)::integer) AS step FROM binned) steps
LEFT JOIN binned ON bin = step
CROSS JOIN spread, LATERAL (VALUES ((step * 5 - mean) / deviation, (step * 5 + 5 - mean) / deviation)) AS ends (low, high),
    LATERAL (SELECT CASE WHEN low < 0 THEN musicintel.two_sided_p_value(low) / 2 ELSE 1 - musicintel.two_sided_p_value(low) / 2 END)
        AS below_start (probability),
    LATERAL (SELECT CASE WHEN high < 0 THEN musicintel.two_sided_p_value(high) / 2 ELSE 1 - musicintel.two_sided_p_value(high) / 2 END)
        AS below_end (probability)
$query$, schema_name),
        'How many tracks are how far from what was expected, in steps of 5 points, beside a normal distribution.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'model_fit', 'expectation, expected_from',
        'expectation, expected_from', pg_catalog.format($query$
SELECT expectation, bin * 5 AS expected_from, bin * 5 + 5 AS expected_to, tracks, mean_expected, mean_actual,
    actual[1] AS actual_lowest_tenth, actual[2] AS actual_median, actual[3] AS actual_highest_tenth
FROM (SELECT expectation, pg_catalog.floor(value / 5) AS bin, pg_catalog.count(*) AS tracks, pg_catalog.avg(value) AS mean_expected,
        pg_catalog.avg(actual) AS mean_actual,
        pg_catalog.percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY actual) AS actual
    FROM %1$I.track_scores, LATERAL (VALUES ('in sample', expected), ('out of fold', expected_out_of_fold)) AS listed (expectation, value)
    WHERE value IS NOT NULL AND actual IS NOT NULL
    GROUP BY expectation, pg_catalog.floor(value / 5)) binned
$query$, schema_name),
        'Actual beside expected popularity, in steps of 5 points of what was expected.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'model_fit_sample', 'track_id', 'track_id',
        pg_catalog.format($query$
SELECT track_id, genre, expected, actual, segment
FROM %1$I.track_scores
WHERE residual IS NOT NULL
ORDER BY pg_catalog.hashtextextended(track_id, 0), track_id
LIMIT 2000
$query$, schema_name),
        'Actual and expected popularity of 2,000 tracks for a scatter plot: always the same, as good as random.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'residual_by_momentum', 'momentum, momentum_from',
        'momentum, momentum_from', pg_catalog.format($query$
SELECT momentum, bin * 10 AS momentum_from, bin * 10 + 10 AS momentum_to, tracks, mean_actual, mean_expected,
    mean_actual - mean_expected AS mean_residual, residual[1] AS residual_lowest_tenth, residual[2] AS residual_median,
    residual[3] AS residual_highest_tenth, underrated_share, surprise_hit_share
FROM (SELECT momentum, bin, pg_catalog.count(*) AS tracks, pg_catalog.avg(actual) AS mean_actual, pg_catalog.avg(expected) AS mean_expected,
        pg_catalog.percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY residual) AS residual,
        pg_catalog.avg((segment = 'underrated')::integer) AS underrated_share,
        pg_catalog.avg((segment = 'surprise hit')::integer) AS surprise_hit_share
    FROM %1$I.track_scores, LATERAL (VALUES
            ('previous release', least(9, pg_catalog.floor(prev_release_popularity / 10))),
            ('mean of earlier releases', least(9, pg_catalog.floor(prior_release_mean_popularity / 10)))) AS past (momentum, bin)
    WHERE track_scores.residual IS NOT NULL
    GROUP BY momentum, bin) binned
$query$, schema_name),
        'Residuals by how popular the artist''s releases before were: where hits come from nowhere, and stars disappoint.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'feature_correlation', 'feature, other_feature',
        'feature, other_feature', musicintel.workspace_feature_correlation(schema_name),
        'How features of tracks go together, pair by pair, over all tracks.');
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_diagnostics(text) IS
'Part of create_workspace: distributions, fit, momentum, correlations.';


-- All pairs in one pass.
CREATE FUNCTION musicintel.workspace_feature_correlation(schema_name text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.format($query$
SELECT pair.*
FROM (SELECT %2$s
    FROM (SELECT %3$s FROM %1$I.track_scores s JOIN %1$I.tracks t ON t.track_id = s.track_id) AS number) AS summed,
    LATERAL (VALUES %4$s) AS pair (feature, other_feature, tracks, correlation)
WHERE tracks > 0
$query$, schema_name,
        pg_catalog.string_agg(pg_catalog.format('pg_catalog.regr_count(%1$I, %2$I) AS %3$I, pg_catalog.corr(%1$I, %2$I) AS %4$I',
            a.feature, b.feature, 'n' || a.place || '_' || b.place, 'r' || a.place || '_' || b.place), ', '),
        (SELECT pg_catalog.string_agg(f.expression || ' AS ' || pg_catalog.quote_ident(f.feature), ', ')
            FROM musicintel.workspace_numeric_features() f),
        pg_catalog.string_agg(pg_catalog.format('(%1$L, %2$L, %3$I, %4$I), (%2$L, %1$L, %3$I, %4$I)',
            a.feature, b.feature, 'n' || a.place || '_' || b.place, 'r' || a.place || '_' || b.place), ', '))
    FROM musicintel.workspace_numeric_features() WITH ORDINALITY AS a (feature, expression, place)
    JOIN musicintel.workspace_numeric_features() WITH ORDINALITY AS b (feature, expression, place) ON a.place < b.place
$$;

COMMENT ON FUNCTION musicintel.workspace_feature_correlation(text) IS
'Part of create_workspace: the query of feature_correlation.';
