-- How good predictions of yes or no are: decisions, probabilities, and the order that scores put rows in.

---- Decisions

CREATE FUNCTION musicintel.classification_metrics_accumulate(
    state double precision[], predicted boolean, actual boolean
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.classification_metrics_accumulate(double precision[], boolean, boolean) IS
'Transition function of accuracy, precision, recall, specificity and f1; the state is the counts of true positives, '
'false positives, false negatives and true negatives.';

CREATE FUNCTION musicintel.classification_metrics_combine(
    state double precision[], other double precision[]
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.classification_metrics_combine(double precision[], double precision[]) IS
'Combine function of accuracy, precision, recall, specificity and f1.';

CREATE FUNCTION musicintel.classification_metrics_accuracy(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.classification_metrics_accuracy(double precision[]) IS
'Final function of accuracy.';

CREATE FUNCTION musicintel.classification_metrics_precision(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.classification_metrics_precision(double precision[]) IS
'Final function of precision.';

CREATE FUNCTION musicintel.classification_metrics_recall(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.classification_metrics_recall(double precision[]) IS
'Final function of recall.';

CREATE FUNCTION musicintel.classification_metrics_specificity(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.classification_metrics_specificity(double precision[]) IS
'Final function of specificity.';

CREATE FUNCTION musicintel.classification_metrics_f1(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.classification_metrics_f1(double precision[]) IS
'Final function of f1.';

CREATE AGGREGATE musicintel.accuracy(predicted boolean, actual boolean) (
    SFUNC = musicintel.classification_metrics_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = musicintel.classification_metrics_accuracy,
    COMBINEFUNC = musicintel.classification_metrics_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.accuracy(boolean, boolean) IS
'Share of rows where predicted equals actual. Rows with a NULL do not count.';

CREATE AGGREGATE musicintel.precision(predicted boolean, actual boolean) (
    SFUNC = musicintel.classification_metrics_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = musicintel.classification_metrics_precision,
    COMBINEFUNC = musicintel.classification_metrics_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.precision(boolean, boolean) IS
'Share of those predicted true that were true. NULL when none was predicted true. Write it with its schema: alone, '
'precision is a word of SQL''s grammar.';

CREATE AGGREGATE musicintel.recall(predicted boolean, actual boolean) (
    SFUNC = musicintel.classification_metrics_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = musicintel.classification_metrics_recall,
    COMBINEFUNC = musicintel.classification_metrics_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.recall(boolean, boolean) IS
'Share of those that were true that were predicted true (sensitivity, true positive rate). NULL when none was true.';

CREATE AGGREGATE musicintel.specificity(predicted boolean, actual boolean) (
    SFUNC = musicintel.classification_metrics_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = musicintel.classification_metrics_specificity,
    COMBINEFUNC = musicintel.classification_metrics_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.specificity(boolean, boolean) IS
'Share of those that were false that were predicted false (true negative rate). NULL when none was false.';

CREATE AGGREGATE musicintel.f1(predicted boolean, actual boolean) (
    SFUNC = musicintel.classification_metrics_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = musicintel.classification_metrics_f1,
    COMBINEFUNC = musicintel.classification_metrics_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.f1(boolean, boolean) IS
'Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN). NULL when nothing was true and nothing predicted '
'true.';

---- Probabilities

CREATE FUNCTION musicintel.probability_metrics_accumulate(
    state double precision[], probability double precision, actual boolean
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.probability_metrics_accumulate(double precision[], double precision, boolean) IS
'Transition function of log_loss and brier; the state is count, sum of log losses, sum of squared errors.';

CREATE FUNCTION musicintel.probability_metrics_combine(
    state double precision[], other double precision[]
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.probability_metrics_combine(double precision[], double precision[]) IS
'Combine function of log_loss and brier.';

CREATE FUNCTION musicintel.probability_metrics_log_loss(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.probability_metrics_log_loss(double precision[]) IS
'Final function of log_loss.';

CREATE FUNCTION musicintel.probability_metrics_brier(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.probability_metrics_brier(double precision[]) IS
'Final function of brier.';

CREATE AGGREGATE musicintel.log_loss(probability double precision, actual boolean) (
    SFUNC = musicintel.probability_metrics_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0}',
    FINALFUNC = musicintel.probability_metrics_log_loss,
    COMBINEFUNC = musicintel.probability_metrics_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.log_loss(double precision, boolean) IS
'Mean of -ln(probability given to what happened): 0 is perfect, ln 2 = 0.693 what a coin would get. A probability '
'below 2.2e-16 counts as that. Rows with a NULL do not count.';

CREATE AGGREGATE musicintel.brier(probability double precision, actual boolean) (
    SFUNC = musicintel.probability_metrics_accumulate,
    STYPE = double precision[],
    INITCOND = '{0,0,0}',
    FINALFUNC = musicintel.probability_metrics_brier,
    COMBINEFUNC = musicintel.probability_metrics_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.brier(double precision, boolean) IS
'Mean of (probability - actual)², actual being 1 or 0: 0 is perfect, 0.25 what a coin would get. Rows with a NULL do '
'not count.';

---- Orders: the values are kept, 8 bytes each, up to musicintel.training_memory for each group

CREATE FUNCTION musicintel.sample_combine(
    state double precision[], other double precision[]
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.sample_combine(double precision[], double precision[]) IS
'Combine function of aggregates that keep their values: median_absolute_error, auc, precision_at, gini, '
'gini_interval, lorenz_share, top_share.';

CREATE FUNCTION musicintel.ranking_metrics_accumulate(
    state double precision[], score double precision, actual boolean
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.ranking_metrics_accumulate(double precision[], double precision, boolean) IS
'Transition function of auc; the state is counts, parameters and the scores, of yes from the front and of no from '
'the back.';

CREATE FUNCTION musicintel.ranking_metrics_accumulate(
    state double precision[], score double precision, actual boolean, share double precision
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.ranking_metrics_accumulate(double precision[], double precision, boolean, double precision) IS
'Transition function of precision_at.';

CREATE FUNCTION musicintel.ranking_metrics_auc(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.ranking_metrics_auc(double precision[]) IS
'Final function of auc.';

CREATE FUNCTION musicintel.ranking_metrics_precision_at(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.ranking_metrics_precision_at(double precision[]) IS
'Final function of precision_at.';

CREATE AGGREGATE musicintel.auc(score double precision, actual boolean) (
    SFUNC = musicintel.ranking_metrics_accumulate,
    STYPE = double precision[],
    SSPACE = 1024,
    INITCOND = '{0,0,0,0,0,0}',
    FINALFUNC = musicintel.ranking_metrics_auc,
    COMBINEFUNC = musicintel.sample_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.auc(double precision, boolean) IS
'Area under the ROC curve: the probability that a row that was true has a higher score than one that was false, '
'equal scores counting half. 0.5 is chance, 1 perfect. NULL unless there are both. Rows with a NULL do not count.';

CREATE AGGREGATE musicintel.precision_at(score double precision, actual boolean, share double precision) (
    SFUNC = musicintel.ranking_metrics_accumulate,
    STYPE = double precision[],
    SSPACE = 1024,
    INITCOND = '{0,0,0,0,0,0}',
    FINALFUNC = musicintel.ranking_metrics_precision_at,
    COMBINEFUNC = musicintel.sample_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.precision_at(double precision, boolean, double precision) IS
'Share of true rows among the top share of rows by score, the number of rows rounded up. Where equal scores straddle '
'the end of the top, what random order among them gives on average. Rows with a NULL do not count.';

---- Errors in the middle

CREATE FUNCTION musicintel.median_absolute_error_accumulate(
    state double precision[], predicted double precision, actual double precision
) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.median_absolute_error_accumulate(double precision[], double precision, double precision) IS
'Transition function of median_absolute_error; the state is counts, parameters and the absolute errors.';

CREATE FUNCTION musicintel.median_absolute_error_finish(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.median_absolute_error_finish(double precision[]) IS
'Final function of median_absolute_error.';

CREATE AGGREGATE musicintel.median_absolute_error(predicted double precision, actual double precision) (
    SFUNC = musicintel.median_absolute_error_accumulate,
    STYPE = double precision[],
    SSPACE = 1024,
    INITCOND = '{0,0,0,0,0,0}',
    FINALFUNC = musicintel.median_absolute_error_finish,
    COMBINEFUNC = musicintel.sample_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.median_absolute_error(double precision, double precision) IS
'Median of |actual - predicted|, in the unit of actual: half the predictions are closer. A few large errors do not '
'move it. Rows with a NULL do not count.';
