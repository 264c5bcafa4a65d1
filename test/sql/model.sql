\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(24);

SET search_path = public, musicintel;

CREATE TABLE fitted AS
SELECT linear_regression_fit(i + i % 7, ARRAY[i, i % 5], '{"features": ["number", "rest \"of\" five"]}') AS m
FROM generate_series(1, 50) AS i;

-- The bytes of a model, and a model of bytes; both through the text form.
CREATE FUNCTION bytes_of(m model) RETURNS bytea LANGUAGE sql AS $$ SELECT decode(m::text, 'base64') $$;
CREATE FUNCTION model_of(bytes bytea) RETURNS model LANGUAGE sql AS $$
	SELECT translate(encode(bytes, 'base64'), E'\n', '')::model
$$;

SELECT ok(m::text::model = m, 'text output reads back as the same model') FROM fitted;
SELECT ok(NOT m::text::model <> m, 'and not as another') FROM fitted;
SELECT is(model_send(m), bytes_of(m), 'binary output has the same bytes') FROM fitted;
SELECT ok(a.m <> b.m, 'another fit is another model')
FROM fitted a, (SELECT linear_regression_fit(i, ARRAY[i]) AS m FROM generate_series(1, 3) AS i) AS b;
SELECT is(predict(m::text::model, ARRAY[3, 4]), predict(m, ARRAY[3, 4]), 'and predicts the same') FROM fitted;

SELECT is(to_json(m) ->> 'algorithm', 'linear_regression', 'to_json: algorithm') FROM fitted;
SELECT is(to_json(m) -> 'features', '[{"name": "number", "kind": "number"}, {"name": "rest \"of\" five", "kind": "number"}]',
	'to_json: features') FROM fitted;
SELECT is(to_json(m) #>> '{parameters,rows}', '50', 'to_json: parameters') FROM fitted;
SELECT is(to_json(m) #> '{parameters,coefficients,0,term}', '"(intercept)"', 'to_json: coefficients') FROM fitted;
SELECT is(summary(m) ->> 'n', '50', 'summary') FROM fitted;

-- Every byte counts.
CREATE FUNCTION outcome(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM model_of(bytes);
	RETURN 'accepted';
EXCEPTION
	WHEN data_corrupted OR feature_not_supported OR invalid_text_representation THEN RETURN 'refused';
END $$;
SELECT is(string_agg(DISTINCT outcome(set_byte(bytes_of(m), at, get_byte(bytes_of(m), at) # (1 << (at % 8)))), ','),
	'refused', 'a flipped bit anywhere: refused')
FROM fitted, generate_series(0, length(bytes_of(m)) - 1) AS at;
SELECT is(string_agg(DISTINCT outcome(substr(bytes_of(m), 1, cut)), ','), 'refused', 'cut short anywhere: refused')
FROM fitted, generate_series(0, length(bytes_of(m)) - 1) AS cut;
SELECT is(outcome(bytes_of(m) || '\x00'), 'refused', 'a byte too many: refused') FROM fitted;

SELECT throws_ok($$SELECT ''::model$$, 'XX001', 'not a model', 'empty text');
SELECT throws_ok($$SELECT 'AAAA'::model$$, 'XX001', 'not a model', 'some other bytes');
SELECT throws_ok($$SELECT 'not base64!'::model$$, '22P02', 'invalid input syntax for type musicintel.model', 'no base64');
SELECT throws_ok($$SELECT model_of(set_byte(bytes_of(m), 4, 2)) FROM fitted$$, '0A000',
	'model has format 2, this version of musicintel reads up to 1', 'a model of a newer format');
SELECT throws_ok($$SELECT model_of(set_byte(bytes_of(m), 30, get_byte(bytes_of(m), 30) # 1)) FROM fitted$$, 'XX001',
	'model is damaged: checksum does not match', 'damage is said to be damage');

-- Arguments of predict.
SELECT throws_ok('SELECT predict(m, ARRAY[1]) FROM fitted', '22023',
	'array of features has 1 elements, the model has 2 features', 'too few features');
SELECT throws_ok('SELECT predict(m, ARRAY[1, 2, 3]) FROM fitted', '22023',
	'array of features has 3 elements, the model has 2 features', 'too many');
SELECT throws_ok('SELECT predict(m, ROW(1, 2)) FROM fitted', '22023',
	'model was fitted on arrays, it cannot be given a row', 'a row for a model of arrays');
SELECT is(predict(m, '{}'::float8[]), NULL, 'no model: NULL') FROM (SELECT NULL::model AS m) AS none;

-- A call site that meets one model after another, stored in line and apart, must not mix them up.
CREATE TABLE many (id int, m model);
INSERT INTO many SELECT g, linear_regression_fit(i * g, ARRAY[i]) FROM generate_series(1, 20) AS g, generate_series(1, 3) AS i GROUP BY g;
INSERT INTO many SELECT g, linear_regression_fit(i * g, array_fill(0::float8, ARRAY[60]) || ARRAY[i::float8])
FROM generate_series(21, 40) AS g, generate_series(1, 3) AS i GROUP BY g;
SELECT is(count(*), 40::bigint, 'one call site, forty models')
FROM many WHERE abs(predict(m, CASE WHEN id <= 20 THEN ARRAY[10::float8] ELSE array_fill(0::float8, ARRAY[60]) || ARRAY[10::float8] END) - 10 * id) < 1e-9;
SELECT is(count(DISTINCT round(predict(a.m, ARRAY[10])::numeric, 6)), 20::bigint, 'in any order')
FROM many a, generate_series(1, 3) AS again WHERE a.id <= 20;

\i test/pgtap/end.psql
