-- The type of every fitted model, and what can be asked of one.

CREATE TYPE musicintel.model;

CREATE FUNCTION musicintel.model_in(cstring) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.model_in(cstring) IS
'Input of the type: base64 text, checked from end to end. Damaged text is an error.';

CREATE FUNCTION musicintel.model_out(musicintel.model) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.model_out(musicintel.model) IS
'Output of the type: base64 text that reads back as the same bytes.';

CREATE FUNCTION musicintel.model_recv(internal) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.model_recv(internal) IS
'Binary input of the type, checked from end to end.';

CREATE FUNCTION musicintel.model_send(musicintel.model) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.model_send(musicintel.model) IS
'Binary output of the type.';

CREATE TYPE musicintel.model (
    INPUT = musicintel.model_in,
    OUTPUT = musicintel.model_out,
    RECEIVE = musicintel.model_recv,
    SEND = musicintel.model_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = external -- numbers hardly compress, and a model that did would be unpacked again for every row it scores
);
COMMENT ON TYPE musicintel.model IS
'A fitted model of any algorithm: checksummed, self-describing, at most 256 MB. Read it with '
'musicintel.to_json(), musicintel.summary() or musicintel.coefficients(); score with musicintel.predict().';

CREATE FUNCTION musicintel.model_eq(musicintel.model, musicintel.model) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.model_eq(musicintel.model, musicintel.model) IS
'Whether two models are the same, byte for byte. Use the operator =.';

CREATE FUNCTION musicintel.model_ne(musicintel.model, musicintel.model) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.model_ne(musicintel.model, musicintel.model) IS
'Whether two models differ in any byte. Use the operator <>.';

CREATE OPERATOR musicintel.= (
    LEFTARG = musicintel.model, RIGHTARG = musicintel.model, FUNCTION = musicintel.model_eq,
    COMMUTATOR = OPERATOR(musicintel.=), NEGATOR = OPERATOR(musicintel.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR musicintel.= (musicintel.model, musicintel.model) IS
'The same model, byte for byte.';

CREATE OPERATOR musicintel.<> (
    LEFTARG = musicintel.model, RIGHTARG = musicintel.model, FUNCTION = musicintel.model_ne,
    COMMUTATOR = OPERATOR(musicintel.<>), NEGATOR = OPERATOR(musicintel.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR musicintel.<> (musicintel.model, musicintel.model) IS
'Models that differ in any byte.';

CREATE FUNCTION musicintel.to_json(model musicintel.model) RETURNS jsonb
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.to_json(musicintel.model) IS
'The model as jsonb to read: algorithm, features with their kinds and levels, target, parameters.';

CREATE FUNCTION musicintel.summary(model musicintel.model) RETURNS jsonb
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.summary(musicintel.model) IS
'The figures of the fit. Linear regression: n, df (residual degrees of freedom), rank, r_squared, adj_r_squared, '
'sigma (residual standard error), rss, f_statistic, f_p_value, log_likelihood, aic, bic, l2. Other algorithms: '
'see their pages. A figure that does not exist is null.';

CREATE FUNCTION musicintel.coefficients(
    model musicintel.model,
    OUT term text, OUT estimate double precision, OUT std_error double precision, OUT statistic double precision,
    OUT p_value double precision, OUT conf_low double precision, OUT conf_high double precision
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION musicintel.coefficients(musicintel.model) IS
'One row per term of a linear model: estimate, standard error, t or z statistic, two-sided p value and confidence '
'interval. A term that is collinear with those before it has NULLs.';

CREATE FUNCTION musicintel.predict(model musicintel.model, features double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict(musicintel.model, double precision[]) IS
'Predicts from an array of features, in the order of the fit: a number, or the probability of true. NULL when an '
'element is NULL, unless the model knows missing values (gradient boosting); an error when their number differs.';

CREATE FUNCTION musicintel.predict(model musicintel.model, features record) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict(musicintel.model, record) IS
'Predicts from a row, whose columns are matched to the features by name; further columns are ignored. NULL when a '
'feature is NULL or a category that training never saw, unless the model knows missing values (gradient boosting).';

CREATE FUNCTION musicintel.predict_margin(model musicintel.model, features double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict_margin(musicintel.model, double precision[]) IS
'What a model adds up before its link makes a prediction of it: log-odds of a probability, the logarithm of a '
'count; where there is no link it is the prediction. explain() splits it among the features.';

CREATE FUNCTION musicintel.predict_margin(model musicintel.model, features record) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict_margin(musicintel.model, record) IS
'The same for a row, whose columns are matched to the features by name; further columns are ignored.';

CREATE FUNCTION musicintel.predict_class(model musicintel.model, features double precision[]) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict_class(musicintel.model, double precision[]) IS
'The likeliest class. Of a boolean target ''true'' when its probability is 0.5 or more, else ''false''. An error '
'when the model predicts a number.';

CREATE FUNCTION musicintel.predict_class(model musicintel.model, features record) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict_class(musicintel.model, record) IS
'The same for a row, whose columns are matched to the features by name; further columns are ignored.';

CREATE FUNCTION musicintel.predict_probabilities(
    model musicintel.model, features double precision[]
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict_probabilities(musicintel.model, double precision[]) IS
'The probability of each class, in the order of musicintel.classes(model); of a boolean target those of false and '
'of true. An error when the model predicts a number.';

CREATE FUNCTION musicintel.predict_probabilities(
    model musicintel.model, features record
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict_probabilities(musicintel.model, record) IS
'The same for a row, whose columns are matched to the features by name; further columns are ignored.';

CREATE FUNCTION musicintel.classes(model musicintel.model, OUT number integer, OUT class text) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 3;
COMMENT ON FUNCTION musicintel.classes(musicintel.model) IS
'The classes that a model tells apart, with their place in predict_probabilities(): the labels of its target in '
'ascending order, or ''false'' and ''true''. An error when the model predicts a number.';

CREATE FUNCTION musicintel.leverage(model musicintel.model, features double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.leverage(musicintel.model, double precision[]) IS
'How much a row of the fit draws its own prediction: x''(X''X)⁻¹x of a linear model, 0 to 1. Its residual has the '
'standard deviation sigma·sqrt(1 - leverage). NULL when an element is NULL.';

CREATE FUNCTION musicintel.leverage(model musicintel.model, features record) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.leverage(musicintel.model, record) IS
'The same for a row, whose columns are matched to the features by name; further columns are ignored.';
