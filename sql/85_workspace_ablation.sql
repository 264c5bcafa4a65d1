-- What does each kind of knowledge add, on tracks that the model has not seen? Can hits be told? And what of cold starts?
--
-- Splits: a fifth of the tracks at random (by a hash of track_id); a fifth of the billings, so that no artist is on both
-- sides; the newest fifth (whole days), trained on what came before. All models of a split see the same tracks: those of
-- known popularity that have all five features. Unknown audio features are 0 with an indicator of their being unknown, so
-- that nothing of the held-out tracks gets into the training, and what a catalogue has none of drops out as collinear.
-- "all genres" is the line for all of them; a track whose genre is called that is filed under none.

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description) VALUES
    ('momentum_ablation', 'split', 'varchar(20)', 'Which tracks are held out: random (a fifth of them), artists (those of a fifth of the artists), or newest (the newest fifth).'),
    ('momentum_ablation', 'place', 'integer', 'Order of the feature sets.'),
    ('momentum_ablation', 'features', 'varchar(60)', 'What the model knows.'),
    ('momentum_ablation', 'trained_on', 'bigint', 'Tracks the model was fitted to.'),
    ('momentum_ablation', 'held_out', 'bigint', 'Tracks it is judged on.'),
    ('momentum_ablation', 'r_squared', 'double precision', 'R² on the held-out tracks: 1 is perfect, 0 no better than their mean.'),
    ('momentum_ablation', 'mean_absolute_error', 'double precision', 'Mean absolute error on the held-out tracks, in points of popularity.'),

    ('hit_classifier', 'split', 'varchar(20)', 'Which tracks are held out, as in momentum_ablation.'),
    ('hit_classifier', 'model', 'varchar(40)',
        'logistic regression (probability of a hit, called one from one half on), or linear regression (expected popularity, '
        'called a hit from settings.hit_threshold on).'),
    ('hit_classifier', 'metric', 'varchar(40)', 'Metric.'),
    ('hit_classifier', 'value', 'double precision', 'Its value on the held-out tracks; NULL where it is not defined.'),

    ('cold_start', 'genre', 'varchar(100)', 'Genre; all genres; (unknown) where there is none.'),
    ('cold_start', 'tracks', 'bigint', 'Tracks of the genre.'),
    ('cold_start', 'cold_starts', 'bigint', 'Tracks without an earlier release of the artist of known popularity.'),
    ('cold_start', 'cold_start_share', 'double precision', 'Their share, 0 to 1.'),
    ('cold_start', 'mean_actual', 'double precision', 'Mean popularity of the cold starts.'),
    ('cold_start', 'mean_actual_of_others', 'double precision', 'Mean popularity of the tracks with a past.'),
    ('cold_start', 'mean_expected', 'double precision',
        'Mean popularity expected of the cold starts from popularity and followers of the artist and the playing time, by models '
        'that never saw the artist.'),
    ('cold_start', 'mean_residual', 'double precision', 'Mean of actual - expected over the cold starts, in points of popularity.'),
    ('cold_start', 'mean_absolute_error', 'double precision', 'Mean of |actual - expected| over the cold starts.'),
    ('cold_start', 'hit_share', 'double precision', 'Share of the cold starts of known popularity that are hits (settings.hit_threshold), 0 to 1.');

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description)
SELECT w.relation || '_stored', w.column_name, w.data_type, w.description
FROM musicintel.workspace_columns w
WHERE w.relation IN ('momentum_ablation', 'hit_classifier', 'cold_start')
ORDER BY w.position;


CREATE FUNCTION musicintel.create_workspace_ablation(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'momentum_ablation', 'split, place',
        'split, place', musicintel.workspace_momentum_ablation(schema_name),
        'What audio features, the artist and the artist''s earlier releases each tell about popularity, on held-out tracks.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'hit_classifier', 'split, model, metric',
        'split, model, metric', musicintel.workspace_hit_classifier(schema_name),
        'How well hits are told from the rest, on held-out tracks: a logistic regression beside expected popularity.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'cold_start', 'genre', 'tracks DESC, genre',
        pg_catalog.format($query$
WITH track AS MATERIALIZED (
    SELECT coalesce(nullif(genre, 'all genres'), '(unknown)') AS genre, actual, prev_release_popularity IS NULL AS is_cold, fold,
        CASE WHEN pg_catalog.num_nulls(artist_popularity, artist_followers, track_time_minutes) = 0
            THEN ARRAY[artist_popularity, artist_followers, track_time_minutes] END AS features
    FROM %1$I.track_scores
), fold_fit AS MATERIALIZED (
    SELECT fold, musicintel.linear_regression_fit(actual, features) AS model
    FROM track
    GROUP BY fold
), out_of_fold AS MATERIALIZED (
    SELECT f.fold, musicintel.rollup(other.model) AS model
    FROM fold_fit f
    LEFT JOIN fold_fit other ON other.fold <> f.fold
    GROUP BY f.fold
), expected AS (
    SELECT of_fold.*
    FROM out_of_fold, LATERAL (
        SELECT track.*, musicintel.predict(out_of_fold.model, features) AS expected
        FROM track
        WHERE track.fold = out_of_fold.fold
        OFFSET 0) of_fold
)
SELECT coalesce(genre, 'all genres') AS genre, pg_catalog.count(*) AS tracks, pg_catalog.count(*) FILTER (WHERE is_cold) AS cold_starts,
    pg_catalog.avg(is_cold::integer) AS cold_start_share, pg_catalog.avg(actual) FILTER (WHERE is_cold) AS mean_actual,
    pg_catalog.avg(actual) FILTER (WHERE NOT is_cold) AS mean_actual_of_others,
    pg_catalog.avg(expected) FILTER (WHERE is_cold) AS mean_expected,
    pg_catalog.avg(actual - expected) FILTER (WHERE is_cold) AS mean_residual,
    pg_catalog.avg(pg_catalog.abs(actual - expected)) FILTER (WHERE is_cold) AS mean_absolute_error,
    pg_catalog.avg((actual >= s.hit_threshold)::integer) FILTER (WHERE is_cold) AS hit_share
FROM expected CROSS JOIN %1$I.settings s
GROUP BY GROUPING SETS ((genre), ())
HAVING pg_catalog.count(*) > 0
$query$, schema_name),
        'Tracks of artists without a past: how many, how they fare, and what the artist alone lets expect of them.');
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_ablation(text) IS
'Part of create_workspace: what features are worth on held-out tracks, hits, and cold starts.';


-- The rows and the splits that momentum_ablation and hit_classifier have in common, as a WITH query complete.
CREATE FUNCTION musicintel.workspace_splits(schema_name text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.format($query$
SELECT s.*, pg_catalog.mod(pg_catalog.hashtextextended(s.track_id, 1) & 9223372036854775807, 5) = 0 AS in_random,
    s.fold = (SELECT pg_catalog.min(fold) FROM %1$I.track_scores WHERE residual IS NOT NULL) AS in_artists,
    s.release_date > newest.first_day AS in_newest
FROM %1$I.track_scores s,
    (SELECT pg_catalog.percentile_disc(0.8) WITHIN GROUP (ORDER BY release_date) AS first_day
        FROM %1$I.track_scores WHERE residual IS NOT NULL) newest
WHERE s.residual IS NOT NULL
$query$, schema_name)
$$;

COMMENT ON FUNCTION musicintel.workspace_splits(text) IS
'Part of create_workspace: the query of the tracks that models are compared on, and which of them are held out.';


-- Every model of every split is fitted in one pass, and judged in a second one.
CREATE FUNCTION musicintel.workspace_momentum_ablation(schema_name text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH audio AS (
        SELECT pg_catalog.string_agg(pg_catalog.format('coalesce(%1$s, 0), (%1$s IS NULL)::integer', f.expression), ', ') AS list
        FROM musicintel.workspace_numeric_features() f
        WHERE f.expression LIKE 't.%'
    ), feature_set AS (
        SELECT sets.place, sets.name, 'x' || sets.place AS column_name, sets.list
        FROM audio, LATERAL (VALUES
            (1, 'audio features and playing time', audio.list || ', s.track_time_minutes'),
            (2, 'artist', 's.artist_popularity, s.artist_followers'),
            (3, 'artist + previous release', 's.artist_popularity, s.artist_followers, s.prev_release_popularity'),
            (4, 'artist + mean of earlier releases', 's.artist_popularity, s.artist_followers, s.prior_release_mean_popularity'),
            (5, 'artist + both',
                's.artist_popularity, s.artist_followers, s.prev_release_popularity, s.prior_release_mean_popularity'),
            (6, 'artist + both + audio features and playing time',
                's.artist_popularity, s.artist_followers, s.prev_release_popularity, s.prior_release_mean_popularity, '
                || audio.list || ', s.track_time_minutes')
        ) AS sets (place, name, list)
    ), cell AS (
        SELECT *, 'm_' || split || place AS model
        FROM feature_set, pg_catalog.unnest(ARRAY['random', 'artists', 'newest']) AS split
    )
    SELECT pg_catalog.format($query$
WITH complete AS MATERIALIZED (
    SELECT s.actual, s.in_random, s.in_artists, s.in_newest, %2$s
    FROM (%3$s) s
    JOIN %1$I.tracks t ON t.track_id = s.track_id
), fitted AS MATERIALIZED (
    SELECT %4$s
    FROM complete
), judged AS (
    SELECT %5$s
    FROM complete, fitted
)
SELECT judgement.*
FROM judged, LATERAL (VALUES %6$s) AS judgement (split, place, features, trained_on, held_out, r_squared, mean_absolute_error)
WHERE trained_on + held_out > 0
$query$, schema_name,
        (SELECT pg_catalog.string_agg(pg_catalog.format('ARRAY[%s]::double precision[] AS %I', list, column_name), ', ') FROM feature_set),
        musicintel.workspace_splits(schema_name),
        pg_catalog.string_agg(pg_catalog.format(
            'musicintel.linear_regression_fit(actual, %1$I) FILTER (WHERE NOT %2$I) AS %3$I', column_name, 'in_' || split, model), ', '),
        pg_catalog.string_agg(pg_catalog.format(
            'pg_catalog.count(*) FILTER (WHERE NOT %1$I) AS %2$I, pg_catalog.count(*) FILTER (WHERE %1$I) AS %3$I, '
            'musicintel.r_squared(musicintel.predict(%4$I, %5$I), actual) FILTER (WHERE %1$I) AS %6$I, '
            'musicintel.mean_absolute_error(musicintel.predict(%4$I, %5$I), actual) FILTER (WHERE %1$I) AS %7$I',
            'in_' || split, 'n_' || model, 'h_' || model, model, column_name, 'r_' || model, 'e_' || model), ', '),
        pg_catalog.string_agg(pg_catalog.format('(%L, %s, %L, %I, %I, %I, %I)', split, place, name, 'n_' || model, 'h_' || model,
            'r_' || model, 'e_' || model), ', '))
    FROM cell
$$;

COMMENT ON FUNCTION musicintel.workspace_momentum_ablation(text) IS
'Part of create_workspace: the query of momentum_ablation.';


-- The five features, followers as a logarithm. Logistic regression holds its rows in memory, so that it is fitted to 200,000
-- tracks, as good as random, where there are more. The slight penalty keeps coefficients finite where hits can be told
-- without error. A split whose training has no hit, or nothing else, has no logistic regression.
CREATE FUNCTION musicintel.workspace_hit_classifier(schema_name text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH split AS (
        SELECT name, 'in_' || name AS held_out, 'm_' || name AS model
        FROM pg_catalog.unnest(ARRAY['random', 'artists', 'newest']) AS name
    )
    SELECT pg_catalog.format($query$
WITH complete AS MATERIALIZED (
    SELECT s.actual, s.in_random, s.in_artists, s.in_newest, s.actual >= settings.hit_threshold AS is_hit, settings.hit_threshold,
        pg_catalog.abs(pg_catalog.hashtextextended(s.track_id, 2) / 9223372036854775808.0::double precision)
            < 200000.0 / pg_catalog.count(*) OVER () AS is_drawn,
        ARRAY[s.artist_popularity, pg_catalog.ln(1 + greatest(0, s.artist_followers)), s.prev_release_popularity,
            s.prior_release_mean_popularity, s.track_time_minutes] AS features
    FROM (%2$s) s CROSS JOIN %1$I.settings
), kinds AS (
    SELECT %3$s
    FROM complete
    WHERE is_drawn
), fitted AS MATERIALIZED (
    SELECT %4$s
    FROM complete, kinds
), prediction AS (
    %5$s
)
SELECT split, model, metric, value
FROM (SELECT split, model, pg_catalog.count(*)::double precision AS tracks,
        pg_catalog.avg(is_hit::integer)::double precision AS hit_rate,
        musicintel.accuracy(score >= cut, is_hit) AS accuracy,
        musicintel.precision(score >= cut, is_hit) AS precision,
        musicintel.recall(score >= cut, is_hit) AS recall,
        musicintel.specificity(score >= cut, is_hit) AS specificity,
        musicintel.f1(score >= cut, is_hit) AS f1,
        musicintel.auc(score, is_hit) AS auc,
        musicintel.log_loss(score, is_hit) FILTER (WHERE model = 'logistic regression') AS log_loss,
        musicintel.brier(score, is_hit) FILTER (WHERE model = 'logistic regression') AS brier,
        musicintel.precision_at(score, is_hit, 0.1) AS precision_at_tenth
    FROM prediction
    WHERE score IS NOT NULL
    GROUP BY split, model) judged,
    LATERAL (VALUES ('tracks held out', tracks), ('hit rate', hit_rate), ('accuracy', accuracy), ('precision', precision),
        ('recall', recall), ('specificity', specificity), ('f1', f1), ('auc', auc), ('log loss', log_loss), ('brier score', brier),
        ('precision at the top tenth', precision_at_tenth)) AS metrics (metric, value)
$query$, schema_name, musicintel.workspace_splits(schema_name),
        pg_catalog.string_agg(pg_catalog.format('pg_catalog.count(DISTINCT is_hit) FILTER (WHERE NOT %I) = 2 AS %I',
            held_out, 'both_' || name), ', '),
        pg_catalog.string_agg(pg_catalog.format(
            'musicintel.logistic_regression_fit(is_hit, features, ''{"l2": 0.01}'') FILTER (WHERE NOT %1$I AND %2$I AND is_drawn) AS %3$I, '
            'musicintel.linear_regression_fit(actual, features) FILTER (WHERE NOT %1$I) AS %4$I',
            held_out, 'both_' || name, 'logistic_' || name, 'linear_' || name), ', '),
        pg_catalog.string_agg(pg_catalog.format(
            'SELECT %1$L AS split, ''logistic regression'' AS model, is_hit, musicintel.predict(%3$I, features) AS score, '
            '0.5::double precision AS cut FROM complete, fitted WHERE %2$I UNION ALL '
            'SELECT %1$L, ''linear regression'', is_hit, musicintel.predict(%4$I, features), hit_threshold '
            'FROM complete, fitted WHERE %2$I',
            name, held_out, 'logistic_' || name, 'linear_' || name), ' UNION ALL '))
    FROM split
$$;

COMMENT ON FUNCTION musicintel.workspace_hit_classifier(text) IS
'Part of create_workspace: the query of hit_classifier.';
