SELECT place, left(track_name, 34) AS track, left(artist_name, 22) AS artist, left(genre, 18) AS genre, actual, round(expected::numeric, 1) AS expected,
    place_by_popularity AS "place by popularity"
FROM musicintel.fair_ranking('music', 0.8, 50)
LIMIT 10;

SELECT metric AS "of the first 50", round(by_popularity::numeric, 3) AS "by popularity", round(fair::numeric, 3) AS "fair_ranking('music', 0.8)",
    round(change::numeric, 3) AS change
FROM musicintel.fair_ranking_report('music', 0.8, 50);
