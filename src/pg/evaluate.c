/*
 * evaluate(name, query): how well a stored model predicts the rows of a query.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "core/base/host.h"
#include "core/metrics/regression_metrics.h"
#include "pg/binding.h"
#include "pg/model_datum.h"
#include "pg/progress.h"
#include "pg/query.h"
#include "pg/registry.h"

PG_FUNCTION_INFO_V1(evaluate);

#define PROGRESS_EVERY 1024 /* rows */

typedef struct evaluation_sink
{
	mi_query_sink pub;
	mi_model model;
	mi_binding binding;
	int target;
	mi_column_type target_type;
	double *values;
	uint64 rows_left_out;
	mi_regression_metrics metrics;
} evaluation_sink;

static void
start(mi_query_sink *pub, TupleDesc columns)
{
	evaluation_sink *sink = (evaluation_sink *) pub;
	const char *target = sink->model.contract.target;

	sink->binding = mi_binding_new(&sink->model.contract, columns);
	sink->values = palloc(sink->model.contract.feature_count * sizeof(double));
	sink->target = mi_find_column(columns, target);
	if (sink->target < 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("query has no column \"%s\", the target of the model", target),
						errhint("Predictions are compared with what happened: the query must have it.")));
	sink->target_type = mi_column_type_of(TupleDescAttr(columns, sink->target)->atttypid, target);
	if (mi_column_feature_kind(sink->target_type) == MI_FEATURE_CATEGORY)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("target \"%s\" is text, the model predicts a number", target)));
}

static void
add_row(mi_query_sink *pub, TupleTableSlot *slot)
{
	evaluation_sink *sink = (evaluation_sink *) pub;

	if (slot->tts_isnull[sink->target] ||
		!mi_binding_values(&sink->binding, slot->tts_values, slot->tts_isnull, sink->values))
	{
		sink->rows_left_out++;
		return;
	}
	mi_regression_metrics_add(&sink->metrics, sink->model.algorithm->predict(&sink->model, sink->values),
							  mi_column_number(sink->target_type, slot->tts_values[sink->target]));
	if ((uint64) sink->metrics.count % PROGRESS_EVERY == 0)
		mi_report_progress(MI_PHASE_SCORING, (uint64) sink->metrics.count, 0);
}

static void
put_metric(ReturnSetInfo *result, const char *name, bool known, double value)
{
	Datum values[] = {CStringGetTextDatum(name), Float8GetDatum(value)};
	bool nulls[] = {false, !known};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
put_regression_metrics(ReturnSetInfo *result, const mi_regression_metrics *metrics)
{
	double value;
	bool known;

	known = mi_r_squared(metrics, &value);
	put_metric(result, "r_squared", known, value);
	known = mi_mean_absolute_error(metrics, &value);
	put_metric(result, "mean_absolute_error", known, value);
	known = mi_root_mean_squared_error(metrics, &value);
	put_metric(result, "root_mean_squared_error", known, value);
}

Datum
evaluate(PG_FUNCTION_ARGS)
{
	const char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	const char *query = text_to_cstring(PG_GETARG_TEXT_PP(1));
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	evaluation_sink sink = {.pub = {start, add_row}};

	InitMaterializedSRF(fcinfo, 0);
	sink.model = mi_registry_find(name);
	MI_REQUIRE(sink.model.algorithm, predict, "evaluate");
	mi_progress_start("evaluate", name);
	mi_query_run(query, &sink.pub);
	mi_progress_end();
	put_metric(result, "rows", true, sink.metrics.count);
	put_metric(result, "rows_left_out", true, (double) sink.rows_left_out);
	put_regression_metrics(result, &sink.metrics);
	return (Datum) 0;
}
