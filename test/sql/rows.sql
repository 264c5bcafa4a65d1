\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(11);

SET search_path = public, musicintel;

-- A target that its features give exactly, so that a value read from the wrong place shows.
CREATE FUNCTION truth(a float8, b real, c smallint, d boolean, e numeric, f bigint) RETURNS float8
LANGUAGE sql AS $$ SELECT 2 * a - 3 * b + 0.5 * c + d::int + 0.25 * e::float8 - f $$;

-- Whatever is between the features is NULL in some rows, and of any length in others.
CREATE TABLE listened AS
SELECT CASE WHEN i % 2 = 0 THEN repeat('x', i % 11) END AS note, CASE WHEN i % 3 = 0 THEN i::smallint END AS gap,
	sin(i) AS a, CASE WHEN i % 5 < 2 THEN 'y'::"char" END AS mark, (i % 13)::real AS b, (i % 17)::smallint AS c,
	CASE WHEN i % 7 > 2 THEN repeat('z', i % 300) END AS story, i % 4 = 1 AS d, (i % 19) * 1.5 AS e,
	CASE WHEN i % 11 = 0 THEN i % 2 = 0 END AS flag, (i % 23)::bigint AS f
FROM generate_series(1, 500) AS i;
ALTER TABLE listened ADD COLUMN y float8;
UPDATE listened SET y = truth(a, b, c, d, e, f);
SELECT train('rows', 'linear_regression', 'SELECT a, b, c, d, e, f, y FROM listened', 'y') \g /dev/null

CREATE FUNCTION largest_difference(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	result float8;
BEGIN
	EXECUTE format('SELECT max(abs(predict(''rows'', t) - truth(a, b, c, d, e, f))) FROM %s AS t', query) INTO result;
	RETURN result;
END $$;

SELECT cmp_ok(largest_difference('listened'), '<', 1e-9::float8, 'rows with columns of any length, some NULL');
SELECT cmp_ok(largest_difference('(SELECT gap, a, mark, b, flag, c, d, f, e FROM listened)'), '<', 1e-9::float8,
	'features in another order');

-- Fixed lengths: places are kept as long as the same columns are NULL.
CREATE TABLE fixed AS SELECT gap, a, mark, b, c, flag, d, e::float8 AS e, f FROM listened;
SELECT train('rows', 'linear_regression', 'SELECT a, b, c, d, e, f, y FROM listened', 'y') \g /dev/null
CREATE FUNCTION truth(a float8, b real, c smallint, d boolean, e float8, f bigint) RETURNS float8
LANGUAGE sql AS $$ SELECT truth(a, b, c, d, e::numeric, f) $$;
SELECT cmp_ok(largest_difference('fixed'), '<', 1e-9::float8, 'rows of fixed length, some columns NULL');
ALTER TABLE fixed DROP COLUMN mark;
SELECT cmp_ok(largest_difference('fixed'), '<', 1e-9::float8, 'a column dropped');
ALTER TABLE fixed DROP COLUMN f, ADD COLUMN f bigint DEFAULT 4;
SELECT cmp_ok(largest_difference('fixed'), '<', 1e-9::float8, 'a column that the stored rows do not have');
SELECT is(count(predict('rows', t)), 400::bigint, 'a feature that is NULL in every fifth row')
FROM (SELECT a, b, c, d, CASE WHEN row_number() OVER () % 5 > 0 THEN e END AS e, f FROM fixed) AS t;

-- Composites that were stored before their type got another attribute.
CREATE TYPE heard AS (a float8, b real, c smallint, d boolean, e numeric);
CREATE TABLE kept AS SELECT ROW(a, b, c, d, e)::heard AS row, f FROM listened;
ALTER TYPE heard ADD ATTRIBUTE f bigint;
SELECT is(count(predict('rows', row)), 0::bigint, 'an attribute that a stored composite lacks is NULL') FROM kept;
INSERT INTO kept SELECT ROW(a, b, c, d, e, f)::heard, f FROM listened;
SELECT is(count(predict('rows', row)), 500::bigint, 'others have it') FROM kept;
SELECT cmp_ok(max(abs(predict('rows', row) - truth((row).a, (row).b, (row).c, (row).d, (row).e, f))), '<', 1e-9::float8,
	'and are read as they are') FROM kept;

-- One call site, and a row type that changes while it lives.
CREATE TABLE changing AS SELECT i::float8 AS x, chr(97 + i % 3) AS category, i % 3 = 0 OR i > 60 AS y FROM generate_series(1, 90) AS i;
SELECT train('rows', 'gradient_boosting', 'TABLE changing', 'y') \g /dev/null
CREATE FUNCTION predictions(change text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	model model := get_model('rows');
	r record;
BEGIN
	FOR i IN 1 .. 2 LOOP
		EXECUTE 'SELECT t AS row, t.* FROM changing AS t WHERE x = 30' INTO r;
		IF i = 2 THEN
			EXECUTE change;
			EXECUTE 'SELECT t AS row FROM changing AS t WHERE x = 30' INTO r;
		END IF;
		BEGIN
			RETURN NEXT round(predict(model, r.row)::numeric);
		EXCEPTION WHEN datatype_mismatch THEN
			RETURN NEXT SQLERRM;
		END;
	END LOOP;
END $$;
SELECT results_eq($$SELECT * FROM predictions('ALTER TABLE changing ADD COLUMN more text DEFAULT ''more''')$$,
	ARRAY['1', '1'], 'a column is added');
SELECT results_eq($$SELECT * FROM predictions('ALTER TABLE changing ALTER category TYPE integer USING 2000000000')$$,
	ARRAY['1', 'feature "category" was a category in training, here it is a number'], 'the type of one is altered');

\i test/pgtap/end.psql
