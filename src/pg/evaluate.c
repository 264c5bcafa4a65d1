/*
 * evaluate(name, query): how well a stored model predicts the rows of a query.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "core/base/host.h"
#include "core/metrics/evaluation.h"
#include "pg/binding.h"
#include "pg/model_datum.h"
#include "pg/progress.h"
#include "pg/query.h"
#include "pg/registry.h"
#include "pg/report.h"
#include "pg/settings.h"

PG_FUNCTION_INFO_V1(evaluate);

#define PROGRESS_EVERY 1024 /* rows */

typedef struct evaluation_sink
{
	mi_query_sink pub;
	MemoryContext context; /* of what outlives a row */
	mi_model model;
	mi_binding binding;
	int target;
	mi_column_type target_type;
	double *values;
	double *probabilities; /* of a class each, when the model predicts one of several */
	uint64 rows_left_out;
	mi_evaluation evaluation;
} evaluation_sink;

static const char *
predicted_kind(mi_task task)
{
	if (task == MI_TASK_MULTICLASS)
		return "class, a text";
	return task == MI_TASK_BINARY ? "boolean" : "number";
}

static void
start(mi_query_sink *pub, TupleDesc columns)
{
	evaluation_sink *sink = (evaluation_sink *) pub;
	const char *target = sink->model.contract.target;
	mi_task task = sink->evaluation.task;
	bool is_text;

	sink->binding = mi_binding_new(&sink->model.contract, columns);
	sink->values = palloc(sink->model.contract.feature_count * sizeof(double));
	sink->probabilities = palloc(mi_model_class_count(&sink->model) * sizeof(double));
	sink->target = mi_find_only_column(columns, target, "row");
	if (sink->target < 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("query has no column \"%s\", the target of the model", target),
						errhint("Predictions are compared with what happened: the query must have it.")));
	sink->target_type = mi_column_type_of(TupleDescAttr(columns, sink->target)->atttypid, target);
	is_text = mi_column_feature_kind(sink->target_type) == MI_FEATURE_CATEGORY;
	if (is_text != (task == MI_TASK_MULTICLASS))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("target \"%s\" is %s, the model predicts a %s", target,
															is_text ? "text" : "no text", predicted_kind(task))));
}

/* What happened in this row, as the core wants it. */
static double
actual_value(const evaluation_sink *sink, Datum value)
{
	double actual = mi_column_number(sink->target_type, value);

	if (sink->evaluation.task == MI_TASK_BINARY && actual != 0.0 && actual != 1.0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("target \"%s\" is %g in a row, the model predicts a boolean",
							   sink->model.contract.target, actual),
						errhint("Give true or false, 1 or 0, or NULL for rows to be left out.")));
	return actual;
}

/* A class that training never saw has no probability. */
static void
add_class(evaluation_sink *sink, const char *actual, mi_error *error)
{
	int number = mi_model_find_class(&sink->model, actual);
	bool right;

	mi_model_probabilities(&sink->model, sink->values, sink->probabilities);
	right = number >= 0 && mi_model_likeliest_class(&sink->model, sink->probabilities) == (size_t) number;
	mi_evaluation_add_class(&sink->evaluation, right, number < 0 ? 0.0 : sink->probabilities[number], error);
}

static void
add_row(mi_query_sink *pub, const Datum *row, const bool *nulls)
{
	evaluation_sink *sink = (evaluation_sink *) pub;
	MemoryContext per_row = CurrentMemoryContext;
	Datum value = row[sink->target];
	mi_error error = {0};

	if (nulls[sink->target] || !mi_binding_values(&sink->binding, row, nulls, sink->values))
	{
		sink->rows_left_out++;
		return;
	}
	if (sink->evaluation.task == MI_TASK_MULTICLASS)
		add_class(sink, mi_column_level(sink->target_type, value), &error);
	else
	{
		double actual = actual_value(sink, value);

		MemoryContextSwitchTo(sink->context);
		mi_evaluation_add(&sink->evaluation, sink->model.algorithm->predict(&sink->model, sink->values), actual,
						  &error);
		MemoryContextSwitchTo(per_row);
	}
	mi_report(&error);
	if (sink->evaluation.rows % PROGRESS_EVERY == 0)
		mi_report_progress(MI_PHASE_SCORING, sink->evaluation.rows, 0);
}

static void
put_metric(ReturnSetInfo *result, const char *name, bool known, double value)
{
	Datum values[] = {CStringGetTextDatum(name), Float8GetDatum(value)};
	bool nulls[] = {false, !known};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

Datum
evaluate(PG_FUNCTION_ARGS)
{
	const char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	const char *query = text_to_cstring(PG_GETARG_TEXT_PP(1));
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	evaluation_sink sink = {.pub = {start, add_row}, .context = CurrentMemoryContext};
	mi_metric metrics[MI_METRICS_MAXIMUM];
	size_t metric_count;
	mi_error error = {0};

	InitMaterializedSRF(fcinfo, 0);
	sink.model = mi_registry_find(name);
	MI_REQUIRE(sink.model.algorithm, predict, "evaluate");
	sink.evaluation = mi_evaluation_begin(mi_model_task(&sink.model), mi_training_memory_bytes());
	mi_progress_start("evaluate", name);
	mi_query_run(query, &sink.pub);
	/* What is known without the memory is worth more than an error after all rows have been scored. */
	if (mi_evaluation_finish(&sink.evaluation, metrics, &metric_count, &error) != MI_OK)
		ereport(WARNING, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED), errmsg("%s", error.message),
						  errhint("%s", error.hint)));
	mi_progress_end();
	put_metric(result, "rows", true, (double) sink.evaluation.rows);
	put_metric(result, "rows_left_out", true, (double) sink.rows_left_out);
	for (size_t i = 0; i < metric_count; i++)
		put_metric(result, metrics[i].name, metrics[i].known, metrics[i].value);
	return (Datum) 0;
}
