-- Who gets the attention, and who gets less of it than expected?
--
--   shrunken gap = m + (gap - m) t2 / (t2 + s2 / n), m the mean over all tracks, s2 the variance of residuals, t2 the variance
--                  of true gaps between groups by the method of moments (DerSimonian & Laird 1986):
--                  max(0, (Q - (k - 1)) / (W - sum(w2) / W)), w = n / s2, W = sum(w), Q = sum(w (gap - m)2) over the k groups
--
-- A play is a row of listens, or an interaction of kind play (as many as its value says). "all genres" is the line for all of
-- them; a track whose genre is called that is filed under none.

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description) VALUES
    ('exposure_inequality', 'measure', 'varchar(20)', 'What is shared out: popularity (0 to 100), followers, or plays.'),
    ('exposure_inequality', 'item', 'varchar(20)', 'Among whom: tracks or artists.'),
    ('exposure_inequality', 'genre', 'varchar(100)',
        'Genre; all genres; (unknown) where there is none. An artist counts in every genre he has a track of.'),
    ('exposure_inequality', 'items', 'bigint', 'Tracks or artists that are counted, those with nothing included.'),
    ('exposure_inequality', 'zeros', 'bigint', 'How many of them have nothing.'),
    ('exposure_inequality', 'left_out', 'bigint', 'Tracks or artists that are not counted: unknown, below 0, NaN or infinite, which exposure cannot be.'),
    ('exposure_inequality', 'total', 'double precision', 'Sum over the items.'),
    ('exposure_inequality', 'gini', 'double precision', 'Gini coefficient: 0 when all have the same, near 1 when one has everything; NULL when there is nothing to share.'),
    ('exposure_inequality', 'theil', 'double precision', 'Theil index: 0 when all have the same, ln(items) when one has everything.'),
    ('exposure_inequality', 'herfindahl', 'double precision', 'Herfindahl index, the sum of squared shares: 1/items when all have the same, 1 when one has everything.'),
    ('exposure_inequality', 'top_1_percent_share', 'double precision', 'Share of the total that the top 1 % of the items have, 0 to 1.'),
    ('exposure_inequality', 'top_10_percent_share', 'double precision', 'Share of the total that the top 10 % of the items have, 0 to 1.'),
    ('exposure_inequality', 'bottom_50_percent_share', 'double precision', 'Share of the total that the lower half of the items have, 0 to 1.'),

    ('exposure_gap', 'dimension', 'varchar(20)', 'How tracks are grouped: genre or artist size.'),
    ('exposure_gap', 'group_name', 'varchar(100)', 'The group: a genre, or a range of followers.'),
    ('exposure_gap', 'place', 'integer', 'Order of the groups: genres by number of tracks, artists by size.'),
    ('exposure_gap', 'tracks', 'bigint', 'Tracks of the group with actual and expected popularity.'),
    ('exposure_gap', 'mean_expected', 'double precision', 'Mean popularity expected of them, by models that never saw the artist.'),
    ('exposure_gap', 'mean_actual', 'double precision', 'Mean popularity that they have.'),
    ('exposure_gap', 'gap', 'double precision', 'mean_actual - mean_expected, in points of popularity: below 0, the group gets less than expected.'),
    ('exposure_gap', 'gap_low', 'double precision', 'Lower end of the 95 % interval of the gap (normal).'),
    ('exposure_gap', 'gap_high', 'double precision', 'Upper end of the 95 % interval of the gap (normal).'),
    ('exposure_gap', 'shrunken_gap', 'double precision', 'The gap drawn towards that of all tracks by as much as it is uncertain (empirical Bayes).'),
    ('exposure_gap', 'expected_share', 'double precision', 'Share of the group in the popularity expected of all tracks, 0 to 1.'),
    ('exposure_gap', 'actual_share', 'double precision', 'Share of the group in the popularity that all tracks have, 0 to 1.'),
    ('exposure_gap', 'is_small', 'boolean', 'Has the group fewer tracks than settings.minimum_group_size?');

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description)
SELECT w.relation || '_stored', w.column_name, w.data_type, w.description
FROM musicintel.workspace_columns w
WHERE w.relation IN ('exposure_inequality', 'exposure_gap')
ORDER BY w.position;


CREATE FUNCTION musicintel.create_workspace_exposure(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'exposure_inequality', 'measure, item, genre',
        'measure, item, items DESC, genre', pg_catalog.format($query$
WITH track AS MATERIALIZED (
    SELECT t.track_id, t.artist_id, coalesce(nullif(t.genre::varchar(100), 'all genres'), '(unknown)') AS genre, t.popularity::double precision AS popularity,
        coalesce(heard.plays, 0) AS plays
    FROM %1$I.tracks t
    LEFT JOIN (
        SELECT track_id, pg_catalog.sum(plays) AS plays
        FROM (SELECT track_id, pg_catalog.count(*)::double precision AS plays
            FROM %1$I.listens
            GROUP BY track_id
            UNION ALL
            SELECT track_id, pg_catalog.sum(coalesce(value, 1))
            FROM %1$I.interactions
            WHERE kind = 'play'
            GROUP BY track_id) source
        GROUP BY track_id
    ) heard ON heard.track_id = t.track_id
), of_artist AS MATERIALIZED (
    SELECT artist_id, genre, pg_catalog.sum(plays) AS plays
    FROM track
    WHERE artist_id IS NOT NULL
    GROUP BY artist_id, genre
), artist AS MATERIALIZED (
    SELECT a.artist_id, a.popularity::double precision AS popularity, a.followers::double precision AS followers,
        coalesce(own.plays, 0) + coalesce(direct.plays, 0) AS plays
    FROM %1$I.artists a
    LEFT JOIN (SELECT artist_id, pg_catalog.sum(plays) AS plays FROM of_artist GROUP BY artist_id) own
        ON own.artist_id = a.artist_id
    LEFT JOIN (SELECT artist_id, pg_catalog.sum(coalesce(value, 1)) AS plays FROM %1$I.interactions
            WHERE kind = 'play' AND track_id IS NULL GROUP BY artist_id) direct
        ON direct.artist_id = a.artist_id
), item AS (
    SELECT 'popularity' AS measure, 'tracks' AS item, genre, popularity AS exposure FROM track
    UNION ALL
    SELECT 'popularity', 'tracks', 'all genres', popularity FROM track
    UNION ALL
    SELECT 'plays', 'tracks', genre, plays FROM track WHERE EXISTS (SELECT FROM track WHERE plays > 0)
    UNION ALL
    SELECT 'plays', 'tracks', 'all genres', plays FROM track WHERE EXISTS (SELECT FROM track WHERE plays > 0)
    UNION ALL
    SELECT measure, 'artists', of_artist.genre, exposure
    FROM of_artist
    JOIN artist USING (artist_id), LATERAL (VALUES ('popularity', artist.popularity), ('followers', artist.followers)) AS listed (measure, exposure)
    UNION ALL
    SELECT 'plays', 'artists', genre, plays FROM of_artist WHERE EXISTS (SELECT FROM track WHERE plays > 0)
    UNION ALL
    SELECT measure, 'artists', 'all genres', exposure
    FROM artist, LATERAL (VALUES ('popularity', popularity), ('followers', followers)) AS listed (measure, exposure)
    UNION ALL
    SELECT 'plays', 'artists', 'all genres', plays FROM artist WHERE EXISTS (SELECT FROM artist WHERE plays > 0)
)
-- NaN is above every number; more than 1e140 is no number of plays, and the indices refuse it.
SELECT measure, item, genre, pg_catalog.count(*) FILTER (WHERE exposure BETWEEN 0 AND 1e140) AS items,
    pg_catalog.count(*) FILTER (WHERE exposure = 0) AS zeros,
    pg_catalog.count(*) FILTER (WHERE exposure BETWEEN 0 AND 1e140 IS NOT TRUE) AS left_out,
    pg_catalog.sum(exposure) FILTER (WHERE exposure BETWEEN 0 AND 1e140) AS total,
    musicintel.gini(exposure) FILTER (WHERE exposure BETWEEN 0 AND 1e140) AS gini,
    musicintel.theil(exposure) FILTER (WHERE exposure BETWEEN 0 AND 1e140) AS theil,
    musicintel.herfindahl(exposure) FILTER (WHERE exposure BETWEEN 0 AND 1e140) AS herfindahl,
    musicintel.top_share(exposure, 0.01) FILTER (WHERE exposure BETWEEN 0 AND 1e140) AS top_1_percent_share,
    musicintel.top_share(exposure, 0.1) FILTER (WHERE exposure BETWEEN 0 AND 1e140) AS top_10_percent_share,
    musicintel.lorenz_share(exposure, 0.5) FILTER (WHERE exposure BETWEEN 0 AND 1e140) AS bottom_50_percent_share
FROM item
GROUP BY measure, item, genre
HAVING pg_catalog.count(exposure) > 0
$query$, schema_name),
        'How unequally popularity, followers and plays are shared out among tracks and among artists, overall and by genre.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'exposure_gap', 'dimension, group_name',
        'dimension, place', pg_catalog.format($query$
WITH grouped AS (
    SELECT dimension, group_name, place, pg_catalog.count(*) AS tracks, pg_catalog.sum(expected_out_of_fold) AS expected,
        pg_catalog.sum(actual) AS actual, pg_catalog.sum(residual_out_of_fold) AS residuals,
        pg_catalog.sum(residual_out_of_fold ^ 2) AS squares
    FROM %1$I.track_scores, LATERAL (VALUES
        ('genre', coalesce(genre, '(unknown)'), NULL),
        ('artist size', CASE
                WHEN artist_followers < 1000 THEN 'under 1,000 followers'
                WHEN artist_followers < 10000 THEN '1,000 to 9,999 followers'
                WHEN artist_followers < 100000 THEN '10,000 to 99,999 followers'
                WHEN artist_followers < 1000000 THEN '100,000 to 999,999 followers'
                WHEN artist_followers < 10000000 THEN '1 to 10 million followers'
                ELSE 'over 10 million followers' END,
            CASE WHEN artist_followers < 1000 THEN 1 WHEN artist_followers < 10000 THEN 2 WHEN artist_followers < 100000 THEN 3
                WHEN artist_followers < 1000000 THEN 4 WHEN artist_followers < 10000000 THEN 5 ELSE 6 END)
    ) AS member (dimension, group_name, place)
    WHERE residual_out_of_fold IS NOT NULL
    GROUP BY dimension, group_name, place
), whole AS (
    SELECT dimension, pg_catalog.sum(expected) AS all_expected, pg_catalog.sum(actual) AS all_actual,
        pg_catalog.sum(residuals) / pg_catalog.sum(tracks)::double precision AS mean_gap,
        -- Rounding can leave less than 0 of equal residuals.
        nullif(greatest(0, pg_catalog.sum(squares) - pg_catalog.sum(residuals) ^ 2 / pg_catalog.sum(tracks)::double precision)
            / nullif(pg_catalog.sum(tracks) - 1, 0)::double precision, 0) AS variance
    FROM grouped
    GROUP BY dimension
), weighed AS (
    SELECT grouped.*, whole.all_expected, whole.all_actual, mean_gap, residuals / tracks AS gap, tracks / variance AS weight
    FROM grouped
    JOIN whole USING (dimension)
), moment AS (
    SELECT dimension, greatest(0, (pg_catalog.sum(weight * (gap - mean_gap) ^ 2) - (pg_catalog.count(*) - 1))
        / nullif(pg_catalog.sum(weight) - pg_catalog.sum(weight ^ 2) / pg_catalog.sum(weight), 0)) AS true_variance
    FROM weighed
    GROUP BY dimension
)
SELECT dimension, group_name,
    coalesce(place, pg_catalog.row_number() OVER (PARTITION BY dimension ORDER BY tracks DESC, group_name)) AS place, tracks,
    expected / tracks AS mean_expected, actual / tracks AS mean_actual, gap,
    gap - 1.959963984540054 / pg_catalog.sqrt(weight) AS gap_low, gap + 1.959963984540054 / pg_catalog.sqrt(weight) AS gap_high,
    coalesce(mean_gap + (gap - mean_gap) * true_variance / (true_variance + 1 / weight), gap) AS shrunken_gap,
    expected / nullif(all_expected, 0) AS expected_share, actual / nullif(all_actual, 0) AS actual_share,
    tracks < s.minimum_group_size AS is_small
FROM weighed
JOIN moment USING (dimension)
CROSS JOIN %1$I.settings s
$query$, schema_name),
        'How popular the tracks of a genre, or of artists of a size, are, beside what is expected of them.');
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_exposure(text) IS
'Part of create_workspace: how unequal exposure is, and whom it misses.';
