-- Robust regression by Huber's M-estimate as an aggregate.

CREATE FUNCTION musicintel.huber_regression_accumulate(
    state bytea, y double precision, x double precision[]
) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.huber_regression_accumulate(bytea, double precision, double precision[]) IS
'Transition function of huber_regression_fit.';

CREATE FUNCTION musicintel.huber_regression_accumulate(
    state bytea, y double precision, x double precision[], options jsonb
) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.huber_regression_accumulate(bytea, double precision, double precision[], jsonb) IS
'Transition function of huber_regression_fit with options.';

CREATE FUNCTION musicintel.huber_regression_finish(state bytea) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.huber_regression_finish(bytea) IS
'Final function of huber_regression_fit: fits the model to the rows that the state holds.';

-- SSPACE: a state begins with room for 128 rows, and grows with them.
CREATE AGGREGATE musicintel.huber_regression_fit(y double precision, x double precision[]) (
    SFUNC = musicintel.huber_regression_accumulate,
    STYPE = bytea,
    SSPACE = 20000,
    FINALFUNC = musicintel.huber_regression_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.row_buffer_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.huber_regression_fit(double precision, double precision[]) IS
'Robust linear regression of y on the elements of x by Huber''s M-estimate: rows far from the fit count less, so '
'that a few wild ones do not carry it away. The figures are those of R''s MASS::rlm. Holds its rows in memory, up to '
'musicintel.training_memory. Rows with a NULL y or x are left out.';

CREATE AGGREGATE musicintel.huber_regression_fit(y double precision, x double precision[], options jsonb) (
    SFUNC = musicintel.huber_regression_accumulate,
    STYPE = bytea,
    SSPACE = 20000,
    FINALFUNC = musicintel.huber_regression_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.row_buffer_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.huber_regression_fit(double precision, double precision[], jsonb) IS
'Huber regression with options, the same in every row: k (in multiples of the residuals'' scale, beyond which a row '
'counts less; default 1.345), intercept (default true), confidence (default 0.95), max_iterations (default 20), '
'tolerance (of the relative change of the residuals; default 1e-4), features (names of the elements; default x1, '
'x2, …).';
