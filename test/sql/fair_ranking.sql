\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(17);

SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null
SELECT count(*) FROM musicintel.simulate_catalogue('music', 400, 8000, 11) \g /dev/null
SELECT is_empty($$SELECT * FROM musicintel.fair_ranking('music', 0.5)$$, 'before the first refresh there is nothing to rank');
CALL music.refresh();
CREATE TEMPORARY VIEW candidate AS
SELECT *, (SELECT avg(expected) FROM music.track_scores WHERE actual IS NOT NULL) AS mean FROM music.track_scores WHERE actual IS NOT NULL;

-- Without a floor: by the score, and nothing else.
UPDATE music.settings SET diversity_floor = 0;
SELECT results_eq($$SELECT track_id FROM musicintel.fair_ranking('music', 0, 50)$$,
	$$SELECT track_id::text FROM candidate ORDER BY actual DESC, track_id LIMIT 50$$, 'weight 0 ranks by popularity');
SELECT results_eq($$SELECT track_id, round(score::numeric, 9) FROM musicintel.fair_ranking('music', 1, 50)$$,
	$$SELECT track_id::text, round((actual - coalesce(expected - mean, 0))::numeric, 9) FROM candidate ORDER BY actual - coalesce(expected - mean, 0) DESC, track_id LIMIT 50$$,
	'weight 1 takes off the whole head start, of which a cold start has none');
SELECT results_eq($$SELECT place, place_by_popularity FROM musicintel.fair_ranking('music', 0.5, 30) ORDER BY place$$,
	$$SELECT row_number() OVER (ORDER BY score DESC, track_id), (SELECT count(*) + 1 FROM candidate more WHERE more.actual > ranked.actual)
		FROM (SELECT *, actual - 0.5 * coalesce(expected - mean, 0) AS score FROM candidate) AS ranked ORDER BY score DESC, track_id LIMIT 30$$,
	'beside the place that popularity alone would give, equal popularity sharing one');
SELECT is((SELECT count(*) FROM musicintel.fair_ranking('music', 0.5)), 100::bigint, 'a hundred places unless told otherwise');
SELECT is((SELECT count(*) FROM musicintel.fair_ranking('music', 0.5, 1000000)), (SELECT count(*) FROM candidate), 'or as many as there are tracks');

-- With one: every genre has its places, taken by its best.
UPDATE music.settings SET diversity_floor = 0.9;
CREATE TEMPORARY TABLE fair AS SELECT * FROM musicintel.fair_ranking('music', 0.5, 200);
CREATE TEMPORARY VIEW quota AS
SELECT genre::text, floor(0.9 * 200 * count(*) / sum(count(*)) OVER ()) AS sure FROM candidate GROUP BY genre;
SELECT is_empty($$SELECT genre, sure, count(track_id) FROM quota LEFT JOIN fair USING (genre) GROUP BY genre, sure HAVING count(track_id) < sure$$, 'the floor holds for every genre');
SELECT ok(count(*) FILTER (WHERE is_by_floor) > 3 AND count(*) = 200, 'some are there for the floor''s sake') FROM fair;
SELECT is_empty(
	$$SELECT fair.track_id FROM fair JOIN candidate c ON c.genre = fair.genre AND c.actual - 0.5 * coalesce(c.expected - c.mean, 0) > fair.score + 1e-9
		WHERE NOT EXISTS (SELECT FROM fair other WHERE other.track_id = c.track_id)$$, 'no track is passed over for a worse one of its genre');
SELECT is_empty($$SELECT FROM fair a JOIN fair b ON a.place < b.place AND a.score < b.score$$, 'all are listed by score');

---- What it changes ----------------------------------------------------------------------------------------------------
CREATE TEMPORARY TABLE report AS SELECT * FROM musicintel.fair_ranking_report('music', 0.5, 200);
SELECT results_eq(
	$$SELECT fair FROM report WHERE metric IN ('tracks', 'genres covered', 'artists covered') ORDER BY metric$$,
	$$SELECT unnest(ARRAY[count(DISTINCT artist_name)::float8, count(DISTINCT genre), count(*)]) FROM fair$$, 'coverage is counted');
SELECT ok(max(abs(r.fair - f.mean)) < 1e-9, 'means are means') FROM report r JOIN (
	SELECT 'mean popularity' AS metric, avg(actual) AS mean FROM fair UNION ALL SELECT 'mean residual', avg(actual - expected) FROM fair) AS f USING (metric);
SELECT ok(abs(r.fair - musicintel_gini.gini) < 1e-9, 'exposure by genre is that of the places, genres without one included')
FROM report r, (SELECT musicintel.gini(coalesce(exposure, 0)) AS gini FROM quota LEFT JOIN
	(SELECT genre, sum(ln(2) / ln(1 + place)) AS exposure FROM fair GROUP BY genre) AS e USING (genre)) AS musicintel_gini
WHERE r.metric = 'gini of exposure among genres';
SELECT ok(bool_and(CASE metric WHEN 'mean residual' THEN change > 0 WHEN 'genres covered' THEN change >= 0 WHEN 'mean popularity' THEN change <= 0
		WHEN 'gini of exposure among genres' THEN change < 0 END IS NOT FALSE AND abs(fair - by_popularity - change) < 1e-9), 'more of the unexpected, more evenly, a little less popular')
FROM report;

---- What it refuses ----------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT * FROM musicintel.fair_ranking('nowhere', 0.5)$$, '3F000', 'there is no workspace nowhere', 'no workspace');
SELECT throws_ok($$SELECT * FROM musicintel.fair_ranking('music', 1.5)$$, '22023', 'weight must lie between 0 and 1', 'a weight above 1');
SELECT throws_ok($$SELECT * FROM musicintel.fair_ranking_report('music', 0.5, 0)$$, '22023', 'a ranking needs at least one place', 'no place');

\i test/pgtap/end.psql
