-- How far predictions are from what happened.

CREATE FUNCTION musicintel.regression_metrics_accumulate(
    state double precision[], predicted double precision, actual double precision
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.regression_metrics_accumulate(double precision[], double precision, double precision) IS
'Transition function of the regression metrics; the state is count, sum of absolute errors, sum of squared '
'errors, mean of actual, squares about it.';

CREATE FUNCTION musicintel.regression_metrics_combine(
    state double precision[], other double precision[]
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.regression_metrics_combine(double precision[], double precision[]) IS
'Combine function of the regression metrics.';

CREATE FUNCTION musicintel.regression_metrics_r_squared(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.regression_metrics_r_squared(double precision[]) IS
'Final function of r_squared.';

CREATE FUNCTION musicintel.regression_metrics_mean_absolute_error(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.regression_metrics_mean_absolute_error(double precision[]) IS
'Final function of mean_absolute_error.';

CREATE FUNCTION musicintel.regression_metrics_root_mean_squared_error(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.regression_metrics_root_mean_squared_error(double precision[]) IS
'Final function of root_mean_squared_error.';

CREATE AGGREGATE musicintel.r_squared(predicted double precision, actual double precision) (
    SFUNC = musicintel.regression_metrics_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0}',
    FINALFUNC = musicintel.regression_metrics_r_squared,
    COMBINEFUNC = musicintel.regression_metrics_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.r_squared(double precision, double precision) IS
'1 - sum of squared errors / sum of squares of actual about its mean: 1 is perfect, 0 no better than the mean, '
'below 0 worse. NULL when actual never varies.';

CREATE AGGREGATE musicintel.mean_absolute_error(predicted double precision, actual double precision) (
    SFUNC = musicintel.regression_metrics_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0}',
    FINALFUNC = musicintel.regression_metrics_mean_absolute_error,
    COMBINEFUNC = musicintel.regression_metrics_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.mean_absolute_error(double precision, double precision) IS
'Mean of |actual - predicted|, in the unit of actual. Rows with a NULL do not count.';

CREATE AGGREGATE musicintel.root_mean_squared_error(predicted double precision, actual double precision) (
    SFUNC = musicintel.regression_metrics_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0}',
    FINALFUNC = musicintel.regression_metrics_root_mean_squared_error,
    COMBINEFUNC = musicintel.regression_metrics_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.root_mean_squared_error(double precision, double precision) IS
'Square root of the mean of (actual - predicted)², in the unit of actual. Rows with a NULL do not count.';
