/*
 * auc and precision_at: scores are kept, those of yes and of no apart, and sorted at the end.
 */
#include "postgres.h"

#include "fmgr.h"

#include "core/metrics/ranking_metrics.h"
#include "pg/aggregate_context.h"
#include "pg/report.h"
#include "pg/sample.h"

PG_FUNCTION_INFO_V1(ranking_metrics_accumulate);
PG_FUNCTION_INFO_V1(ranking_metrics_auc);
PG_FUNCTION_INFO_V1(ranking_metrics_precision_at);

#define SHARE 0 /* which parameter of the sample */

/* ranking_metrics_accumulate(state, score, actual [, share]); strict, so that rows with a NULL do not count. */
Datum
ranking_metrics_accumulate(PG_FUNCTION_ARGS)
{
	ArrayType *state = mi_sample_argument(fcinfo, 0);
	double score = PG_GETARG_FLOAT8(1);
	bool actual = PG_GETARG_BOOL(2);
	mi_error error = {0};

	mi_require_aggregate_context(fcinfo);
	mi_check_score(score, &error);
	mi_report(&error);
	if (PG_NARGS() > 3)
	{
		mi_check_share(PG_GETARG_FLOAT8(3), &error);
		mi_report(&error);
		mi_sample_set_parameter(state, SHARE, PG_GETARG_FLOAT8(3), "share");
	}
	PG_RETURN_POINTER(mi_sample_add(state, actual ? MI_SAMPLE_FRONT : MI_SAMPLE_BACK, score));
}

/* Scores of one outcome. A NaN, which only a made-up state has, is at an end of what is sorted. */
static mi_scores
scores_of(ArrayType *state, mi_sample_side side)
{
	mi_scores scores;
	mi_error error = {0};

	scores.sorted = mi_sample_sorted(state, side, &scores.count);
	if (scores.count > 0)
	{
		mi_check_score(scores.sorted[0], &error);
		mi_check_score(scores.sorted[scores.count - 1], &error);
	}
	mi_report(&error);
	return scores;
}

Datum
ranking_metrics_auc(PG_FUNCTION_ARGS)
{
	ArrayType *state = mi_sample_argument(fcinfo, 0);
	double result;

	if (!mi_auc(scores_of(state, MI_SAMPLE_FRONT), scores_of(state, MI_SAMPLE_BACK), &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

Datum
ranking_metrics_precision_at(PG_FUNCTION_ARGS)
{
	ArrayType *state = mi_sample_argument(fcinfo, 0);
	mi_scores positives = scores_of(state, MI_SAMPLE_FRONT);
	mi_scores negatives = scores_of(state, MI_SAMPLE_BACK);
	double share = mi_sample_parameter(state, SHARE);
	double result;
	mi_error error = {0};

	if (positives.count + negatives.count == 0)
		PG_RETURN_NULL();
	mi_check_share(share, &error);
	mi_report(&error);
	mi_precision_at(positives, negatives, share, &result);
	PG_RETURN_FLOAT8(result);
}
