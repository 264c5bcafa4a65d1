-- Whom do failed predictions hurt? Segments by genre and by feature.
--
--   bias      = genre's share within the segment - genre's share over all scored tracks = (1 - f) (p1 - p2), where f is the
--               segment's share of the tracks, p1 the genre's share inside and p2 its share outside of the segment
--   interval  = (1 - f) times Newcombe's for the difference of two proportions, from their Wilson intervals (1998, method 10)
--   shrunken  = bias * t2 / (t2 + f (1 - f) / n): the genre's rate, the part of its n tracks that is in the segment, drawn
--               towards f (bias = overall share * (rate / f - 1)); t2 is the variance of true rates between genres by the
--               method of moments (DerSimonian & Laird 1986): max(0, (Q - (k - 1)) / (W - sum(w2) / W)),
--               w = n / (f (1 - f)), W = sum(w), Q = sum(w (rate - f)2) over the k genres
--
-- The tracks of an artist are not independent, so that intervals are somewhat too narrow. docs/discovery.md has more.

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description) VALUES
    ('genre_bias', 'segment', 'varchar(20)', 'Segment: underrated, surprise hit or as expected.'),
    ('genre_bias', 'genre', 'varchar(100)', 'Genre; (unknown) where there is none.'),
    ('genre_bias', 'segment_tracks', 'bigint', 'Tracks of the genre in the segment.'),
    ('genre_bias', 'all_tracks', 'bigint', 'Tracks of the genre in all three segments.'),
    ('genre_bias', 'segment_share', 'double precision', 'Share of the genre among the tracks of the segment, 0 to 1.'),
    ('genre_bias', 'overall_share', 'double precision', 'Share of the genre among the tracks of all three segments, 0 to 1.'),
    ('genre_bias', 'bias', 'double precision', 'segment_share - overall_share: above 0, the genre is over-represented in the segment.'),
    ('genre_bias', 'bias_low', 'double precision', 'Lower end of the 95 % interval of the bias (Newcombe, from Wilson intervals).'),
    ('genre_bias', 'bias_high', 'double precision', 'Upper end of the 95 % interval of the bias.'),
    ('genre_bias', 'shrunken_bias', 'double precision', 'The bias drawn towards 0 by as much as it is uncertain (empirical Bayes).'),
    ('genre_bias', 'representation', 'varchar(20)',
        'over-represented or under-represented where the interval excludes 0, as overall where it does not; too few tracks for '
        'genres of fewer than settings.minimum_group_size.'),
    ('genre_bias', 'market', 'varchar(20)', 'mainstream: one of the largest genres, which together hold at least half of the tracks; else niche.'),
    ('genre_bias', 'is_small', 'boolean', 'Has the genre fewer tracks than settings.minimum_group_size?'),

    ('segment_proportions', 'segment', 'varchar(20)', 'Segment, or not scored: a cold start, or a track of unknown popularity.'),
    ('segment_proportions', 'tracks', 'bigint', 'Number of tracks.'),
    ('segment_proportions', 'share_of_scored', 'double precision', 'Share among the tracks of underrated, as expected and surprise hit, 0 to 1.'),
    ('segment_proportions', 'share_low', 'double precision', 'Lower end of its 95 % interval (Wilson).'),
    ('segment_proportions', 'share_high', 'double precision', 'Upper end of its 95 % interval (Wilson).'),
    ('segment_proportions', 'lowest_residual', 'double precision', 'Lowest residual in the segment, in points of popularity.'),
    ('segment_proportions', 'mean_residual', 'double precision', 'Mean residual in the segment, in points of popularity.'),
    ('segment_proportions', 'highest_residual', 'double precision', 'Highest residual in the segment, in points of popularity.'),
    ('segment_proportions', 'segment_rule', 'varchar(20)', 'Rule by which the segments were made: points, deciles or fdr.'),

    ('segment_profile', 'segment', 'varchar(20)', 'Segment: underrated, surprise hit or as expected.'),
    ('segment_profile', 'feature', 'varchar(63)', 'Feature of the track.'),
    ('segment_profile', 'known', 'bigint', 'Tracks of the segment for which it is known.'),
    ('segment_profile', 'segment_mean', 'double precision', 'Mean over the tracks of the segment.'),
    ('segment_profile', 'overall_mean', 'double precision', 'Mean over the tracks of all three segments.'),
    ('segment_profile', 'difference', 'double precision', 'segment_mean - overall_mean, in the unit of the feature.'),
    ('segment_profile', 'standardised_difference', 'double precision',
        'The difference in standard deviations of the feature over all three segments: below 0.2 in size is little.');

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description)
SELECT w.relation || '_stored', w.column_name, w.data_type, w.description
FROM musicintel.workspace_columns w
WHERE w.relation IN ('genre_bias', 'segment_proportions', 'segment_profile')
ORDER BY w.position;


-- 1.959964 is the standard normal's 97.5 % point.
CREATE FUNCTION musicintel.wilson_interval(
    successes double precision, trials double precision, OUT low double precision, OUT high double precision
) RETURNS record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT greatest(0, middle - reach), least(1, middle + reach)
    FROM (SELECT (successes + z * z / 2) / (trials + z * z) AS middle,
            z * pg_catalog.sqrt(coalesce(successes * (trials - successes) / nullif(trials, 0), 0) + z * z / 4) / (trials + z * z) AS reach
        FROM (SELECT 1.959963984540054::double precision AS z) AS normal) AS parts
$$;

COMMENT ON FUNCTION musicintel.wilson_interval(double precision, double precision) IS
'The 95 % interval of a proportion (Wilson 1927), which stays within 0 and 1 and holds for few trials; without any, it '
'is 0 to 1.';


CREATE FUNCTION musicintel.create_workspace_bias(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'genre_bias', 'segment, genre',
        'segment, bias DESC, genre', pg_catalog.format($query$
WITH counted AS (
    SELECT segment, coalesce(genre, '(unknown)') AS genre, pg_catalog.count(*) AS tracks
    FROM %1$I.track_scores
    WHERE segment IN ('underrated', 'surprise hit', 'as expected')
    GROUP BY segment, coalesce(genre, '(unknown)')
), genre AS (
    SELECT genre, tracks, pg_catalog.sum(tracks) OVER () AS everything,
        pg_catalog.sum(tracks) OVER (ORDER BY tracks DESC, genre ROWS UNBOUNDED PRECEDING) - tracks AS in_larger
    FROM (SELECT genre, pg_catalog.sum(tracks)::bigint AS tracks FROM counted GROUP BY genre) sums
), segment AS (
    SELECT segment, pg_catalog.sum(tracks)::double precision AS inside FROM counted GROUP BY segment
), cell AS (
    SELECT segment.segment, genre.genre, coalesce(counted.tracks, 0) AS segment_tracks, genre.tracks AS all_tracks,
        segment.inside, genre.everything::double precision - segment.inside AS outside,
        segment.inside / genre.everything::double precision AS fraction,
        coalesce(counted.tracks, 0)::double precision AS found, (genre.tracks - coalesce(counted.tracks, 0))::double precision AS elsewhere,
        CASE WHEN genre.in_larger * 2 < genre.everything THEN 'mainstream' ELSE 'niche' END AS market
    FROM segment CROSS JOIN genre
    LEFT JOIN counted ON counted.segment = segment.segment AND counted.genre = genre.genre
), share AS (
    SELECT cell.*, found / inside AS segment_share, all_tracks / (inside + outside) AS overall_share,
        found / inside - all_tracks / (inside + outside) AS bias,
        within.low AS within_low, within.high AS within_high, beyond.low AS beyond_low, beyond.high AS beyond_high,
        elsewhere / nullif(outside, 0) AS outside_share
    FROM cell, musicintel.wilson_interval(found, inside) within, musicintel.wilson_interval(elsewhere, outside) beyond
), uncertain AS (
    -- A segment that is everything has a bias of 0, without any doubt.
    SELECT share.*, all_tracks / nullif(fraction * (1 - fraction), 0) AS weight, found / all_tracks AS rate,
        coalesce(bias - (1 - fraction) * pg_catalog.sqrt((segment_share - within_low) ^ 2 + (beyond_high - outside_share) ^ 2), bias) AS bias_low,
        coalesce(bias + (1 - fraction) * pg_catalog.sqrt((within_high - segment_share) ^ 2 + (outside_share - beyond_low) ^ 2), bias) AS bias_high
    FROM share
), moment AS (
    SELECT segment, greatest(0, (pg_catalog.sum(weight * (rate - fraction) ^ 2) - (pg_catalog.count(*) - 1))
        / nullif(pg_catalog.sum(weight) - pg_catalog.sum(weight ^ 2) / pg_catalog.sum(weight), 0)) AS true_variance
    FROM uncertain
    GROUP BY segment
)
SELECT uncertain.*, coalesce(bias * true_variance / (true_variance + 1 / weight), bias) AS shrunken_bias,
    CASE WHEN all_tracks < s.minimum_group_size THEN 'too few tracks' WHEN bias_low > 0 THEN 'over-represented' WHEN bias_high < 0 THEN 'under-represented' ELSE 'as overall' END AS representation,
    all_tracks < s.minimum_group_size AS is_small
FROM uncertain
JOIN moment USING (segment)
CROSS JOIN %1$I.settings s
$query$, schema_name),
        'Which genres are found in a segment more, or less, often than among all scored tracks: the bias of discovery.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'segment_proportions', 'segment',
        'tracks DESC, segment', pg_catalog.format($query$
WITH counted AS (
    SELECT coalesce(segment, 'not scored') AS segment, pg_catalog.count(*) AS tracks, pg_catalog.min(residual) AS lowest_residual,
        pg_catalog.avg(residual) AS mean_residual, pg_catalog.max(residual) AS highest_residual
    FROM %1$I.track_scores
    GROUP BY coalesce(segment, 'not scored')
), scored AS (
    SELECT counted.*, CASE WHEN segment IN ('underrated', 'surprise hit', 'as expected') THEN tracks END::double precision AS found
    FROM counted
), total AS (
    SELECT pg_catalog.sum(found) AS everything FROM scored
)
SELECT scored.*, found / everything AS share_of_scored, share.low AS share_low, share.high AS share_high, s.segment_rule
FROM scored CROSS JOIN total CROSS JOIN %1$I.settings s
LEFT JOIN LATERAL musicintel.wilson_interval(found, everything) share ON true
$query$, schema_name),
        'How many tracks are underrated, surprise hits, as expected, or cannot be judged.');

    RETURN QUERY SELECT * FROM musicintel.workspace_create_stored(schema_name, 'segment_profile', 'segment, feature',
        'segment, feature', musicintel.workspace_segment_profile(schema_name),
        'How the tracks of a segment differ from all scored tracks, feature by feature.');
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_bias(text) IS
'Part of create_workspace: segments by genre and by feature.';


-- Numbers that track_scores (s) and tracks (t) have of a track, under the names that the views give them.
CREATE FUNCTION musicintel.workspace_numeric_features()
RETURNS TABLE (feature text, expression text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT feature, CASE WHEN of_scores THEN 's.' ELSE 't.' END || source || '::double precision'
    FROM (VALUES
        (true, 'popularity', 'actual'), (true, 'artist_popularity', 'artist_popularity'), (true, 'artist_followers', 'artist_followers'),
        (true, 'prev_release_popularity', 'prev_release_popularity'),
        (true, 'prior_release_mean_popularity', 'prior_release_mean_popularity'), (true, 'track_time_minutes', 'track_time_minutes'),
        (false, 'danceability', 'danceability'), (false, 'energy', 'energy'), (false, 'loudness', 'loudness'),
        (false, 'speechiness', 'speechiness'), (false, 'acousticness', 'acousticness'), (false, 'instrumentalness', 'instrumentalness'),
        (false, 'liveness', 'liveness'), (false, 'valence', 'valence'), (false, 'tempo', 'tempo')
    ) AS list (of_scores, feature, source)
$$;

COMMENT ON FUNCTION musicintel.workspace_numeric_features() IS
'Part of create_workspace: the numbers that are known of a track, and how the views read them.';


-- The sums of all features in one pass; then the few rows become one for each feature.
CREATE FUNCTION musicintel.workspace_segment_profile(schema_name text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.format($query$
WITH summed AS (
    SELECT segment, %2$s
    FROM %1$I.track_scores s
    JOIN %1$I.tracks t ON t.track_id = s.track_id
    WHERE segment IN ('underrated', 'surprise hit', 'as expected')
    GROUP BY GROUPING SETS ((segment), ())
), listed AS (
    SELECT segment, item.*
    FROM summed, LATERAL (VALUES %3$s) AS item (feature, known, mean, deviation)
)
SELECT part.segment, part.feature, part.known, part.mean AS segment_mean, whole.mean AS overall_mean,
    part.mean - whole.mean AS difference, (part.mean - whole.mean) / nullif(whole.deviation, 0) AS standardised_difference
FROM listed part
JOIN listed whole ON whole.feature = part.feature AND whole.segment IS NULL
WHERE part.segment IS NOT NULL AND whole.known > 0
$query$, schema_name,
        pg_catalog.string_agg(pg_catalog.format(
            'pg_catalog.count(%1$s) AS %2$I, pg_catalog.avg(%1$s) AS %3$I, pg_catalog.stddev_samp(%1$s) AS %4$I',
            f.expression, 'n_' || f.feature, 'mean_' || f.feature, 'sd_' || f.feature), ', '),
        pg_catalog.string_agg(pg_catalog.format('(%L, %I, %I, %I)', f.feature, 'n_' || f.feature, 'mean_' || f.feature,
            'sd_' || f.feature), ', '))
    FROM musicintel.workspace_numeric_features() f
$$;

COMMENT ON FUNCTION musicintel.workspace_segment_profile(text) IS
'Part of create_workspace: the query of segment_profile.';
