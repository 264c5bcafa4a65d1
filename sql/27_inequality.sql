-- How unequally something is shared out: plays between artists, exposure between tracks.

CREATE FUNCTION musicintel.inequality_accumulate(
    state double precision[], x double precision
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.inequality_accumulate(double precision[], double precision) IS
'Transition function of theil and herfindahl; the state is count, and in double-double numbers total, sum of x ln x '
'and sum of squares.';

CREATE FUNCTION musicintel.inequality_combine(
    state double precision[], other double precision[]
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.inequality_combine(double precision[], double precision[]) IS
'Combine function of theil and herfindahl.';

CREATE FUNCTION musicintel.inequality_theil(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.inequality_theil(double precision[]) IS
'Final function of theil.';

CREATE FUNCTION musicintel.inequality_herfindahl(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.inequality_herfindahl(double precision[]) IS
'Final function of herfindahl.';

CREATE AGGREGATE musicintel.theil(x double precision) (
    SFUNC = musicintel.inequality_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    FINALFUNC = musicintel.inequality_theil,
    COMBINEFUNC = musicintel.inequality_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.theil(double precision) IS
'Theil''s index of inequality: 0 when all are equal, ln n when one has everything. Zeros count, NULLs do not; NULL '
'when the total is zero.';

CREATE AGGREGATE musicintel.herfindahl(x double precision) (
    SFUNC = musicintel.inequality_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    FINALFUNC = musicintel.inequality_herfindahl,
    COMBINEFUNC = musicintel.inequality_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.herfindahl(double precision) IS
'Herfindahl and Hirschman''s index of concentration, the sum of squared shares: 1/n when all are equal, 1 when one '
'has everything. Zeros and NULLs change nothing; NULL when the total is zero.';

---- Theil's index between and within groups

CREATE FUNCTION musicintel.theil_groups_accumulate(state bytea, x double precision, group_name text) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.theil_groups_accumulate(bytea, double precision, text) IS
'Transition function of theil_between and theil_within; the state is the sums of every group.';

CREATE FUNCTION musicintel.theil_groups_combine(state bytea, other bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.theil_groups_combine(bytea, bytea) IS
'Combine function of theil_between and theil_within.';

CREATE FUNCTION musicintel.theil_groups_between(state bytea) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.theil_groups_between(bytea) IS
'Final function of theil_between.';

CREATE FUNCTION musicintel.theil_groups_within(state bytea) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.theil_groups_within(bytea) IS
'Final function of theil_within.';

CREATE AGGREGATE musicintel.theil_between(x double precision, group_name text) (
    SFUNC = musicintel.theil_groups_accumulate,
    STYPE = bytea,
    SSPACE = 1024,
    FINALFUNC = musicintel.theil_groups_between,
    COMBINEFUNC = musicintel.theil_groups_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.theil_between(double precision, text) IS
'The part of Theil''s index that lies between groups: what would be left if everyone had the mean of their group. '
'theil_between + theil_within = theil. A NULL name is a group of its own, as in GROUP BY.';

CREATE AGGREGATE musicintel.theil_within(x double precision, group_name text) (
    SFUNC = musicintel.theil_groups_accumulate,
    STYPE = bytea,
    SSPACE = 1024,
    FINALFUNC = musicintel.theil_groups_within,
    COMBINEFUNC = musicintel.theil_groups_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.theil_within(double precision, text) IS
'The part of Theil''s index that lies within groups: the mean of their own indices, weighted by their share in the '
'total. A NULL name is a group of its own, as in GROUP BY.';

---- The Lorenz curve: the values are kept, 8 bytes each, up to musicintel.training_memory for each group

CREATE FUNCTION musicintel.lorenz_accumulate(state double precision[], x double precision) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.lorenz_accumulate(double precision[], double precision) IS
'Transition function of gini; the state is counts, parameters and the exposures.';

CREATE FUNCTION musicintel.lorenz_accumulate(
    state double precision[], x double precision, fraction double precision
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.lorenz_accumulate(double precision[], double precision, double precision) IS
'Transition function of lorenz_share and top_share.';

CREATE FUNCTION musicintel.lorenz_gini(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.lorenz_gini(double precision[]) IS
'Final function of gini.';

CREATE FUNCTION musicintel.lorenz_poorest(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.lorenz_poorest(double precision[]) IS
'Final function of lorenz_share.';

CREATE FUNCTION musicintel.lorenz_richest(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.lorenz_richest(double precision[]) IS
'Final function of top_share.';

CREATE AGGREGATE musicintel.gini(x double precision) (
    SFUNC = musicintel.lorenz_accumulate,
    STYPE = double precision[],
    SSPACE = 1024,
    INITCOND = '{0,0,0,0,0,0}',
    FINALFUNC = musicintel.lorenz_gini,
    COMBINEFUNC = musicintel.sample_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.gini(double precision) IS
'Gini index: 0 when all are equal, 1 - 1/n when one has everything; half the mean absolute difference over the mean. '
'Zeros count, NULLs do not; NULL when the total is zero.';

CREATE AGGREGATE musicintel.lorenz_share(x double precision, fraction double precision) (
    SFUNC = musicintel.lorenz_accumulate,
    STYPE = double precision[],
    SSPACE = 1024,
    INITCOND = '{0,0,0,0,0,0}',
    FINALFUNC = musicintel.lorenz_poorest,
    COMBINEFUNC = musicintel.sample_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.lorenz_share(double precision, double precision) IS
'Share of the total that the poorest fraction holds; a fraction of one holds that fraction. Zeros count, NULLs do '
'not; NULL when the total is zero.';

CREATE AGGREGATE musicintel.top_share(x double precision, fraction double precision) (
    SFUNC = musicintel.lorenz_accumulate,
    STYPE = double precision[],
    SSPACE = 1024,
    INITCOND = '{0,0,0,0,0,0}',
    FINALFUNC = musicintel.lorenz_richest,
    COMBINEFUNC = musicintel.sample_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.top_share(double precision, double precision) IS
'Share of the total that the richest fraction holds; a fraction of one holds that fraction. Zeros count, NULLs do '
'not; NULL when the total is zero.';

CREATE FUNCTION musicintel.lorenz_curve(
    x double precision[], points integer DEFAULT 101,
    OUT population_share double precision, OUT exposure_share double precision
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 101;
COMMENT ON FUNCTION musicintel.lorenz_curve(double precision[], integer) IS
'So many points of the Lorenz curve, from (0, 0) to (1, 1): what share of the total the poorest share of the '
'population holds. Zeros count, NULLs do not; no row when the total is zero.';

---- A confidence interval

CREATE TYPE musicintel.interval_estimate AS (
    estimate double precision,
    conf_low double precision,
    conf_high double precision
);
COMMENT ON TYPE musicintel.interval_estimate IS
'An estimate and the bounds of its confidence interval; NULL bounds where nothing can be said.';

CREATE FUNCTION musicintel.gini_interval_accumulate(
    state double precision[], x double precision
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.gini_interval_accumulate(double precision[], double precision) IS
'Transition function of gini_interval; the state is counts, parameters and the exposures.';

CREATE FUNCTION musicintel.gini_interval_accumulate(
    state double precision[], x double precision, confidence double precision, replicates integer, seed bigint
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.gini_interval_accumulate(double precision[], double precision, double precision, integer, bigint) IS
'Transition function of gini_interval with its parameters.';

CREATE FUNCTION musicintel.gini_interval_finish(state double precision[]) RETURNS musicintel.interval_estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.gini_interval_finish(double precision[]) IS
'Final function of gini_interval.';

CREATE AGGREGATE musicintel.gini_interval(x double precision) (
    SFUNC = musicintel.gini_interval_accumulate,
    STYPE = double precision[],
    SSPACE = 1024,
    INITCOND = '{0,0,0,0,0,0}',
    FINALFUNC = musicintel.gini_interval_finish,
    COMBINEFUNC = musicintel.sample_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.gini_interval(double precision) IS
'Gini index with a bootstrap confidence interval (BCa): confidence 0.95, 1,000 replicates, seed 1. The same '
'exposures give the same interval, in any order.';

CREATE AGGREGATE musicintel.gini_interval(
    x double precision, confidence double precision, replicates integer, seed bigint
) (
    SFUNC = musicintel.gini_interval_accumulate,
    STYPE = double precision[],
    SSPACE = 1024,
    INITCOND = '{0,0,0,0,0,0}',
    FINALFUNC = musicintel.gini_interval_finish,
    COMBINEFUNC = musicintel.sample_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.gini_interval(double precision, double precision, integer, bigint) IS
'Gini index with a bootstrap confidence interval (BCa). confidence is above 0 and below 1, replicates 100 to '
'100,000; all three are the same in every row. Cost: replicates times rows.';
