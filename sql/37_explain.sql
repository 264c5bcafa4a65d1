-- Predictions taken apart: what each feature of a row adds.

CREATE FUNCTION musicintel.explain(
    model musicintel.model, features double precision[],
    OUT feature text, OUT value text, OUT contribution double precision, OUT class text
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 20;
COMMENT ON FUNCTION musicintel.explain(musicintel.model, double precision[]) IS
'What each feature adds to the margin of a row (see predict_margin()). The first row, ''(base)'', is what the model says '
'when it knows nothing of the row; with it, the contributions add up to the margin. Trees: exact TreeSHAP values, base '
'the mean over the training rows; linear models: coefficient times value, base the intercept. value is the feature as '
'the model saw it, NULL when missing. A model of several classes explains the margin of each; class is NULL otherwise.';

CREATE FUNCTION musicintel.explain(
    model musicintel.model, features record,
    OUT feature text, OUT value text, OUT contribution double precision, OUT class text
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100 ROWS 20;
COMMENT ON FUNCTION musicintel.explain(musicintel.model, record) IS
'The same for a row, whose columns are matched to the features by name; further columns are ignored. No row when a '
'feature is NULL and the model knows no missing values.';

CREATE FUNCTION musicintel.explain(
    name text, features record,
    OUT feature text, OUT value text, OUT contribution double precision, OUT class text
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100 ROWS 20;
COMMENT ON FUNCTION musicintel.explain(text, record) IS
'What each feature adds to the margin of a row, by the current version of a named model: SELECT e.* FROM tracks AS t, '
'LATERAL musicintel.explain(''hit'', t) AS e. The first row, ''(base)'', and the contributions add up to '
'predict_margin().';

CREATE FUNCTION musicintel.explain_top(
    model musicintel.model, features double precision[], k integer,
    OUT feature text, OUT value text, OUT contribution double precision, OUT class text
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 7;
COMMENT ON FUNCTION musicintel.explain_top(musicintel.model, double precision[], integer) IS
'The k largest contributions to the margin of a row, in either direction, after ''(base)'' and before ''(others)'', the '
'sum of the rest: together they are the margin, as with explain().';

CREATE FUNCTION musicintel.explain_top(
    model musicintel.model, features record, k integer,
    OUT feature text, OUT value text, OUT contribution double precision, OUT class text
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100 ROWS 7;
COMMENT ON FUNCTION musicintel.explain_top(musicintel.model, record, integer) IS
'The same for a row, whose columns are matched to the features by name; further columns are ignored.';

CREATE FUNCTION musicintel.explain_top(
    name text, features record, k integer,
    OUT feature text, OUT value text, OUT contribution double precision, OUT class text
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100 ROWS 7;
COMMENT ON FUNCTION musicintel.explain_top(text, record, integer) IS
'The k largest contributions to the margin of a row, by the current version of a named model, after ''(base)'' and before '
'''(others)'', the sum of the rest.';
