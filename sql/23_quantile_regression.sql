-- Quantile regression as an aggregate.

CREATE FUNCTION musicintel.quantile_regression_accumulate(
    state bytea, y double precision, x double precision[]
) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.quantile_regression_accumulate(bytea, double precision, double precision[]) IS
'Transition function of quantile_regression_fit.';

CREATE FUNCTION musicintel.quantile_regression_accumulate(
    state bytea, y double precision, x double precision[], options jsonb
) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.quantile_regression_accumulate(bytea, double precision, double precision[], jsonb) IS
'Transition function of quantile_regression_fit with options.';

CREATE FUNCTION musicintel.quantile_regression_finish(state bytea) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.quantile_regression_finish(bytea) IS
'Final function of quantile_regression_fit: fits the model to the rows that the state holds.';

-- SSPACE: a state begins with room for 128 rows, and grows with them.
CREATE AGGREGATE musicintel.quantile_regression_fit(y double precision, x double precision[]) (
    SFUNC = musicintel.quantile_regression_accumulate,
    STYPE = bytea,
    SSPACE = 20000,
    FINALFUNC = musicintel.quantile_regression_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.row_buffer_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.quantile_regression_fit(double precision, double precision[]) IS
'Regression of the median of y on the elements of x: the exact solution of its linear programme. Holds its rows in '
'memory, up to musicintel.training_memory. Rows with a NULL y or x are left out.';

CREATE AGGREGATE musicintel.quantile_regression_fit(y double precision, x double precision[], options jsonb) (
    SFUNC = musicintel.quantile_regression_accumulate,
    STYPE = bytea,
    SSPACE = 20000,
    FINALFUNC = musicintel.quantile_regression_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.row_buffer_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.quantile_regression_fit(double precision, double precision[], jsonb) IS
'Quantile regression with options, the same in every row: tau (which quantile, between 0 and 1; default 0.5), '
'intercept (default true), confidence (default 0.95), features (names of the elements; default x1, x2, …).';
