-- Logistic regression as an aggregate, and the combining of states that hold rows.

CREATE FUNCTION musicintel.logistic_regression_accumulate(
    state bytea, y boolean, x double precision[]
) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.logistic_regression_accumulate(bytea, boolean, double precision[]) IS
'Transition function of logistic_regression_fit.';

CREATE FUNCTION musicintel.logistic_regression_accumulate(
    state bytea, y boolean, x double precision[], options jsonb
) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.logistic_regression_accumulate(bytea, boolean, double precision[], jsonb) IS
'Transition function of logistic_regression_fit with options.';

CREATE FUNCTION musicintel.logistic_regression_finish(state bytea) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.logistic_regression_finish(bytea) IS
'Final function of logistic_regression_fit: fits the model to the rows that the state holds.';

CREATE FUNCTION musicintel.row_buffer_combine(state bytea, other bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.row_buffer_combine(bytea, bytea) IS
'Puts the rows of two states together: combine function, in parallel plans, of fits that need all their rows at once.';

-- SSPACE: a state begins with room for 128 rows, and grows with them.
CREATE AGGREGATE musicintel.logistic_regression_fit(y boolean, x double precision[]) (
    SFUNC = musicintel.logistic_regression_accumulate,
    STYPE = bytea,
    SSPACE = 20000,
    FINALFUNC = musicintel.logistic_regression_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.row_buffer_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.logistic_regression_fit(boolean, double precision[]) IS
'Logistic regression of y on the elements of x by maximum likelihood: the model predicts the probability that y is '
'true. Holds its rows in memory, up to musicintel.training_memory. Rows with a NULL y or x are left out. An error '
'when the features separate true from false without a mistake.';

CREATE AGGREGATE musicintel.logistic_regression_fit(y boolean, x double precision[], options jsonb) (
    SFUNC = musicintel.logistic_regression_accumulate,
    STYPE = bytea,
    SSPACE = 20000,
    FINALFUNC = musicintel.logistic_regression_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.row_buffer_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.logistic_regression_fit(boolean, double precision[], jsonb) IS
'Logistic regression with options, the same in every row: l2 (half the penalty on the squared coefficients, 1 / C '
'of scikit-learn; default 0), intercept (default true), confidence (default 0.95), max_iterations (default 100), '
'tolerance (of the last step, in standard errors; default 1e-8), features (names of the elements; default x1, x2, '
'…).';
