\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(28);

-- Catalogues at the edge: each has a clear answer in every view.
CREATE FUNCTION pg_temp.refreshed(workspace text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	named record;
	empty_views text := '';
	has_rows boolean;
BEGIN
	EXECUTE format('CALL %I.refresh()', workspace);
	FOR named IN SELECT relname FROM pg_class WHERE relnamespace = workspace::regnamespace AND relkind = 'v' ORDER BY relname COLLATE "C" LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', workspace, named.relname) INTO has_rows;
		IF NOT has_rows THEN
			empty_views := empty_views || ' ' || named.relname;
		END IF;
	END LOOP;
	RETURN 'empty:' || empty_views;
END
$$;
SELECT count(*) FROM musicintel.create_workspace('one') \g /dev/null
INSERT INTO one.artists SELECT 'a' || n, 'Artist ' || n, 30 + n, n * n * 1000 FROM generate_series(1, 30) AS n;

---- All tracks of one genre, and of none --------------------------------------------------------------------------------
INSERT INTO one.tracks (track_id, artist_id, genre, release_date, popularity, duration_ms)
SELECT format('%s-%s', n, r), 'a' || n, 'Pop', date '2000-01-01' + 100 * r, 20 + n + (n * r * 7919) % 41, 150000 + n * r * 7919 % 100000
FROM generate_series(1, 30) AS n, generate_series(1, 5) AS r;
SELECT is(pg_temp.refreshed('one'), 'empty:', 'all tracks of one genre: every view has an answer');
SELECT ok(bool_and(bias = 0 AND shrunken_bias = 0 AND representation = 'as overall' AND market = 'mainstream'), 'a single genre has no bias') FROM one.genre_bias;
SELECT ok(bool_and(shrunken_gap = gap), 'and is not drawn to others') FROM one.exposure_gap WHERE dimension = 'genre';
UPDATE one.tracks SET genre = NULL;
CALL one.refresh();
SELECT results_eq('SELECT DISTINCT genre::text FROM one.genre_bias', $$VALUES ('(unknown)')$$, 'tracks of no genre are of the genre (unknown)');
SELECT is((SELECT count(*) FROM musicintel.fair_ranking('one', 0.5, 10)), 10::bigint, 'and can be ranked');

---- Missing dates, ties in dates ---------------------------------------------------------------------------------------
UPDATE one.tracks SET release_date = NULL WHERE track_id LIKE '%-5';
SELECT is(pg_temp.refreshed('one'), 'empty:', 'missing dates: every view has an answer');
SELECT results_eq($$SELECT segment::text, count(*) FROM one.track_scores WHERE release_date IS NULL GROUP BY segment$$, $$VALUES ('cold start', 30::bigint)$$,
	'tracks without a date are cold starts');
SELECT is((SELECT max(held_out + trained_on) FROM one.momentum_ablation), 90::bigint, 'and are not compared on');
-- Everything but first releases on one day: nothing is newer than the rest.
UPDATE one.tracks SET release_date = CASE WHEN track_id LIKE '%-1' THEN date '1999-01-01' ELSE date '2001-01-01' END;
SELECT is(pg_temp.refreshed('one'), 'empty:', 'ties in dates: every view has an answer');
SELECT results_eq($$SELECT DISTINCT trained_on, held_out, r_squared FROM one.momentum_ablation WHERE split = 'newest'$$,
	'VALUES (120::bigint, 0::bigint, NULL::float8)', 'a split by time that has nothing to hold out says so');
SELECT is_empty($$SELECT * FROM one.hit_classifier WHERE split = 'newest'$$, 'and has no classifier');
SELECT is_empty($$SELECT * FROM one.track_features WHERE track_id NOT LIKE '%-1' AND prev_release_popularity IS DISTINCT FROM
		(SELECT popularity FROM one.tracks t WHERE t.track_id = split_part(track_features.track_id, '-', 1) || '-1')$$,
	'releases of one day do not precede each other');

---- Every artist with one release, one artist, one track ---------------------------------------------------------------
DELETE FROM one.tracks WHERE track_id NOT LIKE '%-1';
SELECT throws_ok('CALL one.refresh()', '22000', NULL, 'artists with one release each have no past to learn from');
INSERT INTO one.tracks (track_id, artist_id, release_date, popularity, duration_ms, genre)
SELECT 'only-' || r, 'a1', date '2010-01-01' + r, 30 + r * 7 % 11, 100000 + r * 1000, 'Pop' FROM generate_series(1, 12) AS r;
SELECT is(pg_temp.refreshed('one'), 'empty: exposure_gap hidden_gems surprise_hits', 'one artist with a past: no gap, the rest has an answer');
SELECT is((SELECT count(expected_out_of_fold) FROM one.track_scores WHERE expected IS NOT NULL), 0::bigint, 'nobody else tells what to expect of him');
SELECT is_empty('SELECT * FROM one.exposure_gap', 'so there is no gap');
SELECT results_eq($$SELECT count(standardised_residual) > 0, bool_and(leverage BETWEEN 0 AND 1 + 1e-9) FROM one.track_scores$$, 'VALUES (true, true)', 'leverages are leverages');

---- Popularity that never varies, a fit without an error ---------------------------------------------------------------
UPDATE one.tracks SET popularity = 50;
SELECT is(pg_temp.refreshed('one'), 'empty: exposure_gap hidden_gems surprise_hits', 'all equally popular: every view that has something to say has an answer');
SELECT results_eq('SELECT DISTINCT segment::text, p_value IS NULL, round(residual::numeric, 9) + 0 FROM one.track_scores WHERE residual IS NOT NULL',
	$$VALUES ('as expected', true, 0::numeric)$$, 'no residual, no evidence');
UPDATE one.settings SET segment_rule = 'fdr';
CALL one.refresh();
SELECT results_eq($$SELECT DISTINCT segment::text FROM one.track_scores WHERE residual IS NOT NULL$$, $$VALUES ('as expected')$$, 'nor a discovery');
UPDATE one.settings SET segment_rule = 'points';

---- Hits that can be told without error --------------------------------------------------------------------------------
SELECT count(*) FROM musicintel.create_workspace('two') \g /dev/null
INSERT INTO two.artists SELECT 'a' || n, 'Artist ' || n, CASE WHEN n % 2 = 0 THEN 90 ELSE 20 END, n * 1000 FROM generate_series(1, 40) AS n;
INSERT INTO two.tracks (track_id, artist_id, genre, release_date, popularity, duration_ms)
SELECT format('%s-%s', n, r), 'a' || n, 'G' || n % 3, date '2000-01-01' + 100 * r + n, CASE WHEN n % 2 = 0 THEN 80 ELSE 30 END + n * r % 5, 150000 + n * r * 7919 % 100000
FROM generate_series(1, 40) AS n, generate_series(1, 6) AS r;
SELECT is(pg_temp.refreshed('two'), 'empty: hidden_gems surprise_hits', 'perfect separation: every view has an answer');
SELECT results_eq($$SELECT DISTINCT value FROM two.hit_classifier WHERE metric IN ('auc', 'accuracy') AND model = 'logistic regression'$$, 'VALUES (1::float8)',
	'hits are told without error');
UPDATE two.settings SET hit_threshold = 100;
CALL two.refresh();
SELECT results_eq($$SELECT DISTINCT model::text, value FROM two.hit_classifier WHERE metric = 'hit rate'$$, $$VALUES ('linear regression', 0::float8)$$,
	'without a hit there is no logistic regression');

---- A group of one, an artist of nobody, names that need quotes --------------------------------------------------------
INSERT INTO two.tracks (track_id, artist_id, genre, release_date, popularity, duration_ms) VALUES ('x''"%s', NULL, 'G"%I''s', '2020-01-01', 50, 1), ('y', 'a1', 'Lone', '2020-01-01', 99, 200000);
CALL two.refresh();
SELECT results_eq($$SELECT representation::text, is_small, round(bias_high::numeric, 2) <= 1 FROM two.genre_bias WHERE genre = 'Lone' AND segment = 'surprise hit'$$,
	$$VALUES ('too few tracks', true, true)$$, 'a group of one has too few tracks to tell');
-- Genres longer than the views show, alike as far as that; one that is called as the line for all is.
INSERT INTO two.tracks (track_id, artist_id, genre, release_date, popularity, duration_ms) VALUES
	('long1', 'a1', repeat('x', 100) || '1', '2020-01-01', 50, 1), ('long2', 'a2', repeat('x', 100) || '2', '2020-01-01', 50, 1),
	('all', 'a3', 'all genres', '2020-01-01', 50, 1);
CALL two.refresh();
SELECT results_eq($$SELECT DISTINCT items FROM two.exposure_inequality WHERE genre LIKE 'xxx%' AND item = 'tracks'$$, 'VALUES (2::bigint)', 'genres that are cut alike are one');
SELECT results_eq($$SELECT genre::text, tracks FROM two.cold_start WHERE genre IN ('all genres', '(unknown)') ORDER BY genre COLLATE "C"$$,
	$$SELECT * FROM (VALUES ('(unknown)', 1::bigint), ('all genres', (SELECT count(*) FROM two.tracks))) AS v$$, 'a genre called all genres is none');
SELECT results_eq($$SELECT items FROM two.exposure_inequality WHERE genre = 'all genres' AND measure = 'popularity' AND item = 'tracks'$$,
	'SELECT count(popularity) FROM two.tracks', 'and does not count twice');
SELECT results_eq($$SELECT genre::text, segment::text FROM two.track_expectation WHERE track_id = 'x''"%s'$$, $$VALUES ('G"%I''s', 'cold start')$$, 'odd names go through');

\i test/pgtap/end.psql
