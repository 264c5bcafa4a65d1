-- Linear regression as an aggregate, and the merging of its models.

CREATE FUNCTION musicintel.linear_regression_accumulate(
    state musicintel.model, y double precision, x double precision[]
) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.linear_regression_accumulate(musicintel.model, double precision, double precision[]) IS
'Transition function of linear_regression_fit.';

CREATE FUNCTION musicintel.linear_regression_accumulate(
    state musicintel.model, y double precision, x double precision[], options jsonb
) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.linear_regression_accumulate(musicintel.model, double precision, double precision[], jsonb) IS
'Transition function of linear_regression_fit with options.';

CREATE FUNCTION musicintel.model_state_merge(state musicintel.model, other musicintel.model) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.model_state_merge(musicintel.model, musicintel.model) IS
'Merges two fits into that of all their rows: transition function of rollup and combine function of parallel plans.';

CREATE FUNCTION musicintel.model_state_finish(state musicintel.model) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.model_state_finish(musicintel.model) IS
'Final function of fits: the state as a finished, checksummed model.';

-- SSPACE: with ten features a state takes about 8 kB, most of it the block of rows that is folded in at once.
CREATE AGGREGATE musicintel.linear_regression_fit(y double precision, x double precision[]) (
    SFUNC = musicintel.linear_regression_accumulate,
    STYPE = musicintel.model,
    SSPACE = 8192,
    FINALFUNC = musicintel.model_state_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.model_state_merge,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.linear_regression_fit(double precision, double precision[]) IS
'Ordinary least squares of y on the elements of x, in one pass and in parallel: orthogonal reduction in '
'double-double arithmetic. Rows with a NULL y or x are left out.';

CREATE AGGREGATE musicintel.linear_regression_fit(y double precision, x double precision[], options jsonb) (
    SFUNC = musicintel.linear_regression_accumulate,
    STYPE = musicintel.model,
    SSPACE = 8192,
    FINALFUNC = musicintel.model_state_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.model_state_merge,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.linear_regression_fit(double precision, double precision[], jsonb) IS
'Least squares with options, the same in every row: intercept (default true), l2 (ridge penalty on the squared '
'coefficients, as scikit-learn''s alpha, or "auto" by generalised cross-validation; default 0), confidence '
'(default 0.95), features (names of the elements; default x1, x2, …).';

CREATE AGGREGATE musicintel.rollup(model musicintel.model) (
    SFUNC = musicintel.model_state_merge,
    STYPE = musicintel.model,
    SSPACE = 8192,
    FINALFUNC = musicintel.model_state_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.model_state_merge,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.rollup(musicintel.model) IS
'The model of all rows that the given models were fitted on, without reading a row again: fit per day, roll up '
'any window. The models must have the same features and options.';
