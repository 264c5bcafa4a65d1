\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(8);

-- train() reads rows as they are stored where the plan hands them on untouched; the same rows through a join, which
-- makes them anew, must give the same model.
SET search_path = public, musicintel;
SET enable_hashjoin = off;
SET enable_mergejoin = off;

CREATE FUNCTION model_of(query text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	PERFORM train('stored', 'gradient_boosting', query, 'y',
		'{"num_iterations": 3, "min_data_in_leaf": 5, "group_by": "who", "validation_fraction": 0.3}');
	RETURN to_json(get_model('stored'));
END $$;

CREATE FUNCTION same_model(query text, what text) RETURNS text LANGUAGE sql AS $$
	SELECT is(model_of(query), model_of(format('SELECT t.* FROM (%s) AS t, generate_series(1, 1) AS one', query)), what) $$;

-- Every width, by value and by reference, aligned and not.
CREATE TABLE played AS
SELECT i % 3 = 0 AS flag, sin(i) AS a, (i % 13)::smallint AS b, (cos(i) * 9)::real AS c, md5((i % 20)::text)::uuid AS who,
	i * 7 % 31 AS d, (i * 5 % 37)::bigint AS e, sin(i) + (i * 7 % 31) / 10.0 + (i % 3 = 0)::int + i % 13 AS y
FROM generate_series(1, 600) AS i;
SELECT same_model('SELECT * FROM played', 'rows of fixed length');
SELECT isnt(model_of('SELECT * FROM played'), model_of('SELECT * FROM played WHERE a < 0.9'), 'a model tells of its rows');
SELECT same_model('SELECT * FROM played WHERE a < 0.9', 'and behind a condition, which has looked into them');
SELECT same_model('SELECT * FROM played ORDER BY d, e, a', 'sorted');

CREATE TABLE gaps AS
SELECT CASE WHEN d % 4 > 0 THEN flag END AS flag, CASE WHEN e % 3 > 0 THEN a END AS a, b, CASE WHEN d % 2 > 0 THEN c END AS c,
	who, d, CASE WHEN b % 5 > 0 THEN e END AS e, CASE WHEN d <> 9 THEN y END AS y FROM played;
SELECT same_model('SELECT * FROM gaps', 'NULL here and there');

ALTER TABLE gaps ADD COLUMN late float8;
INSERT INTO gaps SELECT p.flag, p.a, p.b, p.c, p.who, p.d, p.e, p.y, p.a * p.c FROM played AS p;
SELECT same_model('SELECT * FROM gaps', 'rows that are older than a column');

CREATE TABLE noted AS SELECT repeat('n', d % 3) AS note, played.* FROM played;
SELECT same_model('SELECT * FROM noted', 'text before the numbers');

CREATE TABLE parted (LIKE played) PARTITION BY RANGE (d);
CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (15);
CREATE TABLE parted_high AS SELECT y, e, d, who, c, b, a, flag FROM played WHERE false;
ALTER TABLE parted ATTACH PARTITION parted_high FOR VALUES FROM (15) TO (100);
INSERT INTO parted SELECT * FROM played;
SELECT same_model('SELECT * FROM parted', 'partitions, one of them with its columns in another order');

\i test/pgtap/end.psql
