\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(9);

-- Plays and listeners of 17,632 artists, plays of 1,892 users: interactions/user_artists.dat, which is no part of this
-- repository. Every artist and user there has a play, so no zero is in n.
\set have_plays `test -r "$MUSICINTEL_DATA/interactions/user_artists.dat" && echo true || echo false`

\if :have_plays
CREATE TABLE play (user_id int, artist_id int, plays int);
\set copy '\\copy play FROM ''' :data '/interactions/user_artists.dat'' WITH (FORMAT csv, HEADER, DELIMITER E''\\t'')'
:copy
CREATE TABLE exposure AS
SELECT 'plays per artist' AS what, sum(plays) AS x FROM play GROUP BY artist_id
UNION ALL SELECT 'listeners per artist', count(*) FROM play GROUP BY artist_id
UNION ALL SELECT 'plays per user', sum(plays) FROM play GROUP BY user_id;

-- Recomputed elsewhere from the same file, to six decimals; eight for the Herfindahl index.
CREATE TABLE published (what text, n bigint, gini numeric, theil numeric, poorer_half numeric, top_percent numeric, herfindahl numeric);
INSERT INTO published VALUES
	('plays per artist', 17632, 0.892666, 2.657413, 0.016580, 0.519687, 0.00433981),
	('listeners per artist', 17632, 0.730100, 1.524972, 0.094965, 0.315853, 0.00092658),
	('plays per user', 1892, 0.558662, 0.572282, 0.135948, 0.089839, 0.00146725);
SELECT results_eq(
	format($$SELECT count(*), round(musicintel.gini(x)::numeric, 6), round(musicintel.theil(x)::numeric, 6), round(musicintel.lorenz_share(x, 0.5)::numeric, 6),
		round(musicintel.top_share(x, 0.01)::numeric, 6), round(musicintel.herfindahl(x)::numeric, 8) FROM exposure WHERE what = %L$$, what),
	format('SELECT n, gini, theil, poorer_half, top_percent, herfindahl FROM published WHERE what = %L', what),
	what)
FROM published ORDER BY gini;
SELECT ok(abs(musicintel.gini(x) - 2 * (SELECT avg(population_share - exposure_share) FROM musicintel.lorenz_curve(array_agg(x), 100001))) < 1e-4,
	'the curve of plays per user encloses half the Gini index')
FROM exposure WHERE what = 'plays per user';
SELECT ok(abs(musicintel.theil_between(x, what) + musicintel.theil_within(x, what) - musicintel.theil(x)) < 1e-14, 'between and within the three add up') FROM exposure;

-- BCa intervals of SciPy 1.10.1 with 20,000 replicates, as printed by test/reference/gini_interval.py. Simulation leaves a
-- bound uncertain by about .0003 either way (density of the bound's quantile, 20,000 replicates, two generators).
SELECT ok(abs((ours).conf_low - low) < 0.0008 AND abs((ours).conf_high - high) < 0.0008, format('interval of plays per user at %s', confidence))
FROM (VALUES (0.95, 0.54252, 0.57594), (0.5, 0.55321, 0.56498)) AS v (confidence, low, high),
	LATERAL (SELECT musicintel.gini_interval(x, confidence, 20000, 1) AS ours FROM exposure WHERE what = 'plays per user') AS i;
SELECT ok(abs((ours).conf_low - low) < 0.002 AND abs((ours).conf_high - high) < 0.002, format('of listeners, every eighth artist, at %s', confidence))
FROM (VALUES (0.95, 0.69099, 0.76169), (0.5, 0.71294, 0.73748)) AS v (confidence, low, high),
	LATERAL (
		SELECT musicintel.gini_interval(x, confidence, 20000, 1) AS ours
		FROM (SELECT x, row_number() OVER (ORDER BY x) AS i FROM exposure WHERE what = 'listeners per artist') AS ranked
		WHERE i % 8 = 1
	) AS i;
\else
SELECT skip('interactions/user_artists.dat is not in the directory that MUSICINTEL_DATA names', 9);
\endif

\i test/pgtap/end.psql
