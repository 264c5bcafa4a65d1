/*
 * fit(algorithm, query, target, options): fits a model to a query's rows. train() stores what this returns.
 *
 * The rows go straight from the executor into the algorithm; whether rows are kept, and how, is its business.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "core/base/host.h"
#include "core/boosting/forest.h"
#include "pg/binding.h"
#include "pg/levels.h"
#include "pg/model_datum.h"
#include "pg/options.h"
#include "pg/progress.h"
#include "pg/query.h"
#include "pg/report.h"
#include "pg/roles.h"
#include "pg/settings.h"

PG_FUNCTION_INFO_V1(fit);

#define PROGRESS_EVERY 1024 /* rows; a report costs about 20 ns */

typedef struct training_sink
{
	mi_query_sink pub;
	MemoryContext context; /* of everything that lives until the model is done */
	mi_contract contract;  /* grows levels as rows arrive */
	mi_training training;
	int target; /* index of its column */
	mi_column_type target_type;
	mi_levels *classes; /* of a target of text */
	mi_role_columns roles;
	int *attributes;       /* by feature: index of its column */
	mi_column_type *types; /* by feature */
	mi_levels **levels;    /* by feature, for categories */
	double *values;
	uint64 rows;
	uint64 rows_left_out;
	mi_error error; /* of the last row; here, since it is large to be made anew for each */
} training_sink;

static void
check_unique_names(TupleDesc columns)
{
	for (int i = 0; i < columns->natts; i++)
		(void) mi_find_only_column(columns, NameStr(TupleDescAttr(columns, i)->attname), "query");
}

/* What is wrong with a target of this kind, to be said of it, or NULL. */
static const char *
complaint_about_target(mi_task task, mi_feature_kind kind)
{
	switch (task)
	{
		case MI_TASK_REGRESSION:
			return kind == MI_FEATURE_CATEGORY ? "is text, %s needs a number" : NULL;
		case MI_TASK_BINARY:
			if (kind == MI_FEATURE_CATEGORY)
				return "is text, %s needs a boolean";
			return kind == MI_FEATURE_NUMBER ? "is a number, %s needs a boolean" : NULL;
		case MI_TASK_MULTICLASS:
			return kind == MI_FEATURE_CATEGORY ? NULL : "is no text, %s needs one of several classes";
		case MI_TASK_BY_MODEL:
			return NULL;
	}
	return NULL;
}

static void
bind_target(training_sink *sink, TupleDesc columns)
{
	const char *name = sink->contract.target;
	mi_training_target *target = &sink->training.target;
	const mi_algorithm *algorithm = sink->training.algorithm;
	const char *complaint;

	sink->target = mi_find_column(columns, name);
	if (sink->target < 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("query has no column \"%s\" to be the target", name)));
	sink->target_type = mi_column_type_of(TupleDescAttr(columns, sink->target)->atttypid, name);
	target->kind = mi_column_feature_kind(sink->target_type);
	complaint = complaint_about_target(algorithm->task, target->kind);
	if (complaint != NULL)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg_internal("target \"%s\" %s", name, psprintf(complaint, algorithm->name)),
						algorithm->task == MI_TASK_BINARY
							? errhint("Make a condition of it in the query, such as popularity >= 70 AS hit.")
							: 0));
	if (target->kind == MI_FEATURE_CATEGORY)
	{
		sink->classes = mi_levels_new();
		target->classes = palloc(MI_FOREST_MAX_OUTPUTS * sizeof(char *));
	}
}

/* The next feature is this column. */
static void
bind_feature(training_sink *sink, Form_pg_attribute column)
{
	uint32 next = sink->contract.feature_count++;
	mi_feature *feature = &sink->contract.features[next];

	feature->name = pstrdup(NameStr(column->attname));
	sink->attributes[next] = column->attnum - 1;
	sink->types[next] = mi_column_type_of(column->atttypid, feature->name);
	feature->kind = mi_column_feature_kind(sink->types[next]);
	if (feature->kind == MI_FEATURE_CATEGORY)
	{
		sink->levels[next] = mi_levels_new();
		feature->levels = palloc(MI_MAX_LEVELS * sizeof(char *));
	}
}

static void
bind_features(training_sink *sink, TupleDesc columns)
{
	sink->attributes = palloc(columns->natts * sizeof(int));
	sink->types = palloc(columns->natts * sizeof(mi_column_type));
	sink->levels = palloc0(columns->natts * sizeof(mi_levels *));
	sink->values = palloc(columns->natts * sizeof(double));
	sink->contract.features = palloc0(columns->natts * sizeof(mi_feature));
	for (int i = 0; i < columns->natts; i++)
		if (i != sink->target && !mi_is_role_column(&sink->roles, i))
			bind_feature(sink, TupleDescAttr(columns, i));
}

static void
start(mi_query_sink *pub, TupleDesc columns)
{
	training_sink *sink = (training_sink *) pub;
	mi_error error = {0};

	check_unique_names(columns);
	bind_target(sink, columns);
	sink->roles = mi_role_columns_of(&sink->training, columns);
	bind_features(sink, columns);
	sink->training.algorithm->train_begin(&sink->training, &error);
	mi_report(&error);
}

/* The number of a category's level, which joins the contract when it is new. */
static double
level_number(training_sink *sink, uint32 feature, Datum value)
{
	mi_feature *grows = &sink->contract.features[feature];
	const char *text = mi_column_level(sink->types[feature], value);
	bool is_new;
	uint32 number = mi_levels_number(sink->levels[feature], &text, &is_new);

	if (is_new && number >= MI_MAX_LEVELS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("feature \"%s\" has more than %d levels", grows->name, MI_MAX_LEVELS),
						errhint("Leave identifiers out of the query, and group rare levels into one.")));
	if (is_new)
		grows->levels[grows->level_count++] = text;
	return number;
}

/* The number of the target's class, which is one more when it is new. */
static double
class_number(training_sink *sink, Datum value)
{
	mi_training_target *grows = &sink->training.target;
	const char *text = mi_column_level(sink->target_type, value);
	bool is_new;
	uint32 number = mi_levels_number(sink->classes, &text, &is_new);

	if (is_new && number >= MI_FOREST_MAX_OUTPUTS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("target \"%s\" has more than %d classes", sink->contract.target, MI_FOREST_MAX_OUTPUTS),
						errhint("Group rare classes into one.")));
	if (is_new)
		grows->classes[grows->class_count++] = text;
	return number;
}

/* The features of a row; false when one is NULL and the algorithm knows no missing values. */
static bool
read_features(training_sink *sink, const Datum *row, const bool *nulls)
{
	bool omit = sink->contract.null_policy == MI_NULL_OMIT;
	uint32 count = sink->contract.feature_count;
	const int *attributes = sink->attributes;
	const mi_column_type *types = sink->types;
	double *values = sink->values;

	for (uint32 i = 0; omit && i < count; i++)
		if (nulls[attributes[i]])
			return false; /* before a level of the row joins the contract */
	for (uint32 i = 0; i < count; i++)
	{
		Datum value = row[attributes[i]];

		if (nulls[attributes[i]])
			values[i] = get_float8_nan();
		else if (types[i] < MI_COLUMN_TEXT)
			values[i] = mi_column_number(types[i], value);
		else
			values[i] = level_number(sink, i, value);
	}
	return true;
}

static void
add_row(mi_query_sink *pub, const Datum *row, const bool *nulls)
{
	training_sink *sink = (training_sink *) pub;
	MemoryContext per_row = CurrentMemoryContext;
	Datum value = row[sink->target];
	double target;

	if (nulls[sink->target] || !mi_role_columns_read(&sink->roles, row, nulls, sink->rows + 1, &sink->training.roles) ||
		!read_features(sink, row, nulls))
	{
		sink->rows_left_out++;
		return;
	}
	target = sink->classes != NULL ? class_number(sink, value) : mi_column_number(sink->target_type, value);
	if (++sink->rows % PROGRESS_EVERY == 0)
		mi_report_progress(MI_PHASE_READING, sink->rows, 0);
	MemoryContextSwitchTo(sink->context); /* what the algorithm keeps outlives the row */
	sink->training.algorithm->train_add_row(&sink->training, sink->values, target, &sink->error);
	MemoryContextSwitchTo(per_row);
	mi_report(&sink->error);
}

static mi_writer
fit_query(training_sink *sink, const char *query)
{
	mi_writer model = {0};
	mi_contract final;
	mi_error error = {0};

	mi_query_run(query, &sink->pub);
	if (sink->rows == 0)
		ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION), errmsg("query returned no row to train on"),
						sink->rows_left_out > 0 ? errdetail("%llu rows were left out because of NULLs.",
															(unsigned long long) sink->rows_left_out)
												: 0));
	if (mi_report_steps)
		ereport(INFO, (errmsg("read %llu rows, %llu left out because of NULLs", (unsigned long long) sink->rows,
							  (unsigned long long) sink->rows_left_out)));
	mi_report_progress(MI_PHASE_SOLVING, 0, 0);
	final = mi_contract_sorted(&sink->contract);
	sink->training.algorithm->train_finish(&sink->training, &final, &model, &error);
	mi_report(&error);
	sink->training.algorithm->train_release(&sink->training);
	return model;
}

static const mi_algorithm *
find_algorithm(const char *name)
{
	mi_error error = {0};
	const mi_algorithm *algorithm = mi_algorithm_by_name(name, &error);

	mi_report(&error);
	return algorithm;
}

static char *
required_text(FunctionCallInfo fcinfo, int n, const char *what)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("fit() needs %s", what)));
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* The option "seed" of an algorithm that has one: what random numbers it used. */
static Datum
seed_used(const mi_training *training, bool *is_null)
{
	const mi_option *option = mi_options_find(training->algorithm->options, "seed");

	*is_null = option == NULL;
	return Int64GetDatum(option == NULL ? 0 : (int64) mi_option_number(option, training->params));
}

/* fit(algorithm, query, target, options) returns (model, rows, rows_left_out, seconds, seed) */
Datum
fit(PG_FUNCTION_ARGS)
{
	const mi_algorithm *algorithm = find_algorithm(required_text(fcinfo, 0, "an algorithm"));
	const char *query = required_text(fcinfo, 1, "a query");
	training_sink sink = {
		.pub = {start, add_row},
		.contract = {.named = true, .null_policy = algorithm->null_policy},
		.training = {.algorithm = algorithm, .contract = &sink.contract, .roles = {.weight = 1.0}},
	};
	MemoryContext caller;
	TupleDesc columns;
	mi_writer model;
	instr_time begin;
	instr_time duration;
	Datum values[5];
	bool nulls[5] = {0};

	if (PG_ARGISNULL(2))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s needs a target", algorithm->name),
						errhint("Name the column to predict: target => '…'.")));
	get_call_result_type(fcinfo, NULL, &columns);
	INSTR_TIME_SET_CURRENT(begin);
	sink.context = AllocSetContextCreate(CurrentMemoryContext, "musicintel training", ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(sink.context);
	sink.contract.target = text_to_cstring(PG_GETARG_TEXT_PP(2));
	sink.training.params =
		mi_params_from_jsonb(algorithm, MI_OPTION_IN_TRAIN, PG_ARGISNULL(3) ? NULL : PG_GETARG_JSONB_P(3));
	sink.training.memory_limit = mi_training_memory_bytes();

	mi_progress_start("train", algorithm->name);
	model = fit_query(&sink, query);
	mi_progress_end();

	INSTR_TIME_SET_CURRENT(duration);
	INSTR_TIME_SUBTRACT(duration, begin);
	MemoryContextSwitchTo(caller);
	values[0] = mi_model_result(&model);
	values[1] = Int64GetDatum((int64) sink.rows);
	values[2] = Int64GetDatum((int64) sink.rows_left_out);
	values[3] = Float8GetDatum(INSTR_TIME_GET_DOUBLE(duration));
	values[4] = seed_used(&sink.training, &nulls[4]);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(columns), values, nulls)));
}
