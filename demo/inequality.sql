SELECT measure, item AS among, genre, items, zeros, round(gini::numeric, 3) AS gini, round(theil::numeric, 3) AS theil,
    round((100 * top_1_percent_share)::numeric, 1) AS "top 1 % have, %", round((100 * bottom_50_percent_share)::numeric, 1) AS "lower half has, %"
FROM music.exposure_inequality
WHERE genre = 'all genres'
UNION ALL
(SELECT measure, item, genre, items, zeros, round(gini::numeric, 3), round(theil::numeric, 3), round((100 * top_1_percent_share)::numeric, 1),
    round((100 * bottom_50_percent_share)::numeric, 1)
FROM music.exposure_inequality
WHERE measure = 'popularity' AND item = 'tracks' AND genre <> 'all genres'
ORDER BY items DESC
LIMIT 5);

SELECT group_name AS "artist size", tracks, round(mean_expected::numeric, 1) AS expected, round(mean_actual::numeric, 1) AS actual,
    to_char(gap, 'SG90.0') AS gap, format('%s to %s', to_char(gap_low, 'SG90.0'), to_char(gap_high, 'SG90.0')) AS "95 %"
FROM music.exposure_gap
WHERE dimension = 'artist size'
ORDER BY place;
