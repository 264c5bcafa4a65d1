SELECT features AS "what the model knows",
    max(round(r_squared::numeric, 3)) FILTER (WHERE split = 'random') AS "R², random",
    max(round(mean_absolute_error::numeric, 2)) FILTER (WHERE split = 'random') AS "error",
    max(round(r_squared::numeric, 3)) FILTER (WHERE split = 'artists') AS "R², artists",
    max(round(mean_absolute_error::numeric, 2)) FILTER (WHERE split = 'artists') AS "error",
    max(round(r_squared::numeric, 3)) FILTER (WHERE split = 'newest') AS "R², newest",
    max(round(mean_absolute_error::numeric, 2)) FILTER (WHERE split = 'newest') AS "error"
FROM music.momentum_ablation
GROUP BY place, features
ORDER BY place;

SELECT model AS "is it a hit? on the newest fifth", max(round(value::numeric, 3)) FILTER (WHERE metric = 'hit rate') AS "hit rate",
    max(round(value::numeric, 3)) FILTER (WHERE metric = 'auc') AS auc, max(round(value::numeric, 3)) FILTER (WHERE metric = 'precision') AS precision,
    max(round(value::numeric, 3)) FILTER (WHERE metric = 'recall') AS recall,
    max(round(value::numeric, 3)) FILTER (WHERE metric = 'precision at the top tenth') AS "precision, top tenth"
FROM music.hit_classifier
WHERE split = 'newest'
GROUP BY model
ORDER BY model DESC;
