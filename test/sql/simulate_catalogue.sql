\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(43);

SELECT count(*) FROM musicintel.create_workspace('music') \g /dev/null
CREATE TABLE answer AS SELECT * FROM musicintel.simulate_catalogue('music', 1500, 30000);

---- What is made -------------------------------------------------------------------------------------------------------
SELECT results_eq('SELECT simulated_artists, simulated_tracks FROM answer', 'VALUES (1500::bigint, 30000::bigint)', 'as many as were asked for');
SELECT results_eq('SELECT (SELECT count(*) FROM music.artists), (SELECT count(*) FROM music.tracks), (SELECT count(*) FROM music.simulation_truth)',
	'VALUES (1500::bigint, 30000::bigint, 30000::bigint)', 'and the truth about each track');
SELECT is_empty($$SELECT FROM music.artists WHERE artist_name NOT LIKE 'Simulated Artist %' OR artist_id NOT LIKE 'simulated-artist-%'$$,
	'every artist is called simulated');
SELECT is_empty($$SELECT FROM music.tracks WHERE track_name NOT LIKE 'Simulated Track %' OR track_id NOT LIKE 'simulated-track-%'
		OR album_name NOT LIKE 'Simulated Album %' OR album_id NOT LIKE 'simulated-album-%'$$, 'and so is every track and album');
SELECT matches(obj_description('music.simulation_truth'::regclass, 'pg_class'), 'SIMULATED', 'and the workspace says so');
SELECT is_empty($$SELECT attname FROM pg_attribute WHERE attrelid = 'music.simulation_truth'::regclass AND attnum > 0
		AND col_description(attrelid, attnum) IS NULL$$, 'every column has a comment');
SELECT is_empty('SELECT FROM music.artists a WHERE NOT EXISTS (SELECT FROM music.tracks t WHERE t.artist_id = a.artist_id)', 'no artist is without a track');
SELECT is((SELECT count(*) FROM music.tracks WHERE num_nulls(genre, popularity, duration_ms, explicit, danceability, energy, key, loudness, mode,
		speechiness, acousticness, instrumentalness, liveness, valence, tempo, release_date) > 0), 0::bigint, 'nothing is missing');

---- Marginals ----------------------------------------------------------------------------------------------------------
-- Real ones: popularity/base_aligned.csv and popularity/spotify_songs.csv, rounded.
SELECT ok(abs(avg((popularity = 0)::integer) - 0.09) < 0.008, '9 % have popularity 0') FROM music.tracks;
SELECT ok(percentile_disc(0.5) WITHIN GROUP (ORDER BY popularity) BETWEEN 48 AND 58, 'the median of the others is about 53') FROM music.tracks WHERE popularity > 0;
SELECT ok(abs(avg(ln(followers)) - 12.5) < 0.25 AND abs(stddev(ln(followers)) - 2.2) < 0.15, 'followers are log-normal') FROM music.artists;
SELECT ok(abs(avg(x * x * x)) < 0.25, 'their logarithms are not skewed')
FROM (SELECT (ln(followers) - avg(ln(followers)) OVER ()) / stddev(ln(followers)) OVER () AS x FROM music.artists) AS s;
SELECT ok(corr(popularity, ln(followers)) BETWEEN 0.83 AND 0.92, 'and go with popularity') FROM music.artists;
SELECT ok(min(release_date) >= '1960-01-01' AND max(release_date) <= '2024-12-31'
		AND percentile_disc(0.5) WITHIN GROUP (ORDER BY release_date) BETWEEN '2000-01-01' AND '2014-01-01', 'releases are from 1960 to 2024') FROM music.tracks;
SELECT ok(avg(albums) BETWEEN 2 AND 6 AND avg(tracks / albums) BETWEEN 3 AND 10, 'several albums an artist, several tracks an album')
FROM (SELECT count(DISTINCT album_id) AS albums, count(*)::float8 AS tracks FROM music.tracks GROUP BY artist_id) AS s;
SELECT is_empty('SELECT FROM music.tracks GROUP BY artist_id, release_date HAVING count(DISTINCT album_id) > 1', 'no artist has two releases a day');
SELECT ok((array_agg(genre ORDER BY tracks DESC))[1] = 'Pop' AND max(tracks) / sum(tracks) BETWEEN 0.15 AND 0.3 AND count(*) = 18, 'genres are skewed')
FROM (SELECT genre, count(*) AS tracks FROM music.tracks GROUP BY genre) AS s;
SELECT ok(corr(energy, loudness) BETWEEN 0.6 AND 0.85 AND corr(energy, acousticness) BETWEEN -0.8 AND -0.5 AND abs(corr(energy, popularity)) < 0.05,
	'loud is energetic, acoustic is not, and none of it is popular') FROM music.tracks;

---- The truth can be found ---------------------------------------------------------------------------------------------
CALL music.refresh();
SELECT is_empty(
	$$SELECT term, estimate, value FROM musicintel.coefficients(musicintel.get_model('music.popularity')) AS fitted
		FULL JOIN musicintel.simulate_catalogue_coefficients() AS truth USING (term)
		WHERE abs(estimate - value) < 4 * std_error IS NOT TRUE$$,
	'least squares finds the coefficients, within 4 standard errors');
SELECT is_empty(
	$$SELECT FROM music.track_expectation FULL JOIN music.simulation_truth USING (track_id)
		WHERE (track_expectation.expected IS NULL) <> (simulation_truth.expected IS NULL)$$,
	'first releases are what the workspace calls a cold start');
SELECT ok(max(abs(e.expected - t.expected)) < 2, 'what is expected is what was to be expected')
FROM music.track_expectation AS e JOIN music.simulation_truth AS t USING (track_id);
SELECT ok(abs(avg(residual)) < 0.3 AND abs(stddev(residual) FILTER (WHERE NOT is_planted) - 8) < 0.2, 'residuals are noise of 8 points') FROM music.simulation_truth;
SELECT is_empty('SELECT FROM music.simulation_truth WHERE is_planted AND abs(residual) NOT BETWEEN 31.5 AND 40.5', 'but for those that are planted');
SELECT results_eq('SELECT hidden_gems, surprise_hits FROM answer',
	'SELECT count(*) FILTER (WHERE residual < 0), count(*) FILTER (WHERE residual > 0) FROM music.simulation_truth WHERE is_planted', 'which are counted');
SELECT ok(hidden_gems BETWEEN 120 AND 300 AND surprise_hits BETWEEN 120 AND 300, 'one in a hundred each, or nearly') FROM answer;

CREATE TABLE ranked AS
SELECT track_id, e.residual, is_planted, row_number() OVER (ORDER BY abs(e.residual) DESC, track_id) AS place
FROM music.track_expectation AS e JOIN music.simulation_truth AS t USING (track_id)
WHERE e.residual IS NOT NULL;
SELECT ok(avg((place <= (SELECT count(*) FROM ranked WHERE is_planted))::integer) >= 0.9, 'planted tracks are among the largest residuals') FROM ranked WHERE is_planted;
-- Benjamini and Hochberg at .1 (two-sided p-values by the approximation of Bowling et al., 2009), on residuals beside the deviation that their median absolute deviation stands for.
CREATE TABLE flagged AS
WITH scale AS (SELECT 1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(residual)) AS deviation, count(*) AS tracks FROM ranked),
	tested AS (SELECT ranked.*, musicintel_p.p, tracks FROM ranked, scale,
		LATERAL (SELECT 2 / (1 + exp(1.5976 * z + 0.07056 * z ^ 3)) AS p FROM (SELECT abs(residual) / deviation AS z) AS s) AS musicintel_p)
SELECT * FROM tested WHERE place <= (SELECT max(place) FROM tested WHERE p <= 0.1 * place / tracks);
SELECT ok(sum(is_planted::integer) >= 0.9 * (SELECT count(*) FROM ranked WHERE is_planted), 'recall of at least .9 at a false-discovery rate of .1') FROM flagged;
SELECT ok(avg((NOT is_planted)::integer) <= 0.12, 'with no more false discoveries than that') FROM flagged;
SELECT ok(min(share) FILTER (WHERE genre IN ('Classical', 'Metal', 'Country')) > 0.5 AND max(share) FILTER (WHERE genre = 'Pop') < 0.5,
	'some genres are overlooked more than others')
FROM (SELECT genre, avg((residual < 0)::integer) AS share FROM music.tracks JOIN music.simulation_truth USING (track_id) WHERE is_planted GROUP BY genre) AS s;

---- Always the same ----------------------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.digest(artists integer, tracks integer, seed bigint) RETURNS text LANGUAGE sql AS $$
	SELECT md5(string_agg(t::text, '' ORDER BY t.track_id)) FROM musicintel.simulate_catalogue_tracks(artists, tracks, seed) AS t
$$;
SELECT is(pg_temp.digest(20, 300, 5), pg_temp.digest(20, 300, 5), 'the same arguments give the same rows');
SELECT isnt(pg_temp.digest(20, 300, 5), pg_temp.digest(20, 300, 6), 'another seed gives others');
SELECT results_eq(
	$$SELECT t.track_id, t.popularity FROM musicintel.simulate_catalogue_tracks(1500, 30000, 1) AS t ORDER BY 1$$,
	$$SELECT t.track_id::text, t.popularity FROM music.tracks AS t ORDER BY 1$$,
	'the seed is 1 unless another is given');
SELECT is((SELECT phase || ' ' || work || ' ' || label FROM musicintel.progress), 'simulating rows simulate artists', 'its progress can be seen')
FROM (SELECT musicintel.simulate_catalogue_artists(10, 10, 1) LIMIT 1) AS s;

---- What it refuses ----------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT * FROM musicintel.simulate_catalogue('music', 10, 100)$$, '55000', 'workspace music already has artists', 'a workspace that is in use');
SELECT throws_ok($$SELECT * FROM musicintel.simulate_catalogue('nowhere', 10, 100)$$, '42P01', 'nowhere is not a workspace: it has no table artists', 'no workspace');
SELECT throws_ok($$SELECT * FROM musicintel.simulate_catalogue('music', NULL, 100)$$, '22004', NULL, 'no number');
SELECT count(*) FROM musicintel.create_workspace('empty') \g /dev/null
SELECT throws_ok($$SELECT * FROM musicintel.simulate_catalogue('empty', 10, 9)$$, '22023', 'there can be no catalogue of 10 artists and 9 tracks', 'fewer tracks than artists');
SELECT throws_ok($$SELECT * FROM musicintel.simulate_catalogue('empty', 10, 3000)$$, '54000', 'a catalogue of 10 artists and 3000 tracks cannot be simulated',
	'more tracks than an artist can have');
SELECT lives_ok($$SELECT * FROM musicintel.simulate_catalogue('empty', 10, 90)$$, 'after all that, one that is possible');
TRUNCATE empty.tracks, empty.artists CASCADE;
SELECT throws_ok($$SELECT * FROM musicintel.simulate_catalogue('empty', 10, 90)$$, '42P07', 'workspace empty already has simulation_truth',
	'a truth that was there before is not thrown away');

CREATE ROLE regress_simulate_user;
GRANT USAGE ON SCHEMA music, empty TO regress_simulate_user;
SET LOCAL ROLE regress_simulate_user;
SELECT throws_ok($$SELECT * FROM musicintel.simulate_catalogue('empty', 10, 90)$$, '42501', NULL, 'a workspace of somebody else');
RESET ROLE;

-- Tables of the user's own, with types and columns of their own.
CREATE SCHEMA own;
CREATE TABLE own.artists (artist_id text PRIMARY KEY, artist_name varchar(40), popularity numeric, followers numeric, genres varchar[], note text DEFAULT 'none');
SELECT count(*) FROM musicintel.create_workspace('own') \g /dev/null
SELECT count(*) FROM musicintel.simulate_catalogue('own', 10, 90) \g /dev/null
SELECT is((SELECT count(*) FROM own.artists WHERE note = 'none'), 10::bigint, 'tables of the user''s own are filled');

CREATE FUNCTION pg_temp.milliseconds_to_cancel() RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
	PERFORM count(*) FROM musicintel.simulate_catalogue_tracks(1000000, 100000000, 1);
EXCEPTION WHEN query_canceled THEN
	RETURN 1000 * extract(epoch FROM clock_timestamp() - statement_timestamp()) - 50;
END
$$;
SET LOCAL statement_timeout = '50ms';
SELECT ok(pg_temp.milliseconds_to_cancel() < 500, 'it can be stopped');
RESET statement_timeout;

\i test/pgtap/end.psql
