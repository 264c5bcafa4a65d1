/*
 * explain() and explain_top(), each of (model, float8[]), (model, record) and (name, record): what each feature adds to
 * the margin of a row, and the base value that it is added to.
 */
#include "postgres.h"

#include <math.h>

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "core/model/prediction.h"
#include "pg/model_datum.h"
#include "pg/scoring.h"

PG_FUNCTION_INFO_V1(explain);
PG_FUNCTION_INFO_V1(explain_top);

/* One row of the result: feature, value, contribution, class. */
static void
put(ReturnSetInfo *result, const char *feature, const char *value, double contribution, const char *of_class)
{
	Datum values[4] = {CStringGetTextDatum(feature), (Datum) 0, Float8GetDatum(contribution), (Datum) 0};
	bool nulls[4] = {false, value == NULL, false, of_class == NULL};

	if (value != NULL)
		values[1] = CStringGetTextDatum(value);
	if (of_class != NULL)
		values[3] = CStringGetTextDatum(of_class);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* A feature's value as a person wrote it; NULL when it is missing. */
static const char *
value_text(const mi_feature *feature, double value)
{
	if (isnan(value))
		return NULL;
	switch (feature->kind)
	{
		case MI_FEATURE_CATEGORY:
			return feature->levels[(uint32) value];
		case MI_FEATURE_BOOLEAN:
			return value != 0.0 ? "true" : "false";
		default:
			return float8out_internal(value);
	}
}

/* Which features, and in which order. */
typedef struct selection
{
	uint32 count;
	uint32 *features;
} selection;

static selection
every_feature(const mi_contract *contract)
{
	selection chosen = {contract->feature_count, palloc(contract->feature_count * sizeof(uint32))};

	for (uint32 i = 0; i < chosen.count; i++)
		chosen.features[i] = i;
	return chosen;
}

/* Larger contributions of either sign come first; of equal ones the earlier feature. */
static int
compare_sizes(const void *a, const void *b, void *contributions)
{
	uint32 one = *(const uint32 *) a;
	uint32 other = *(const uint32 *) b;
	double size_of_one = fabs(((const double *) contributions)[one]);
	double size_of_other = fabs(((const double *) contributions)[other]);

	if (size_of_one != size_of_other)
		return size_of_one > size_of_other ? -1 : 1;
	return one < other ? -1 : one > other;
}

/* One output: base value, the features chosen, and what the others add together, so that it is still the margin. */
static void
put_output(ReturnSetInfo *result, const mi_contract *contract, const double *values, const double *contributions,
		   double base_value, selection chosen, const char *of_class)
{
	double others = 0.0;

	put(result, "(base)", NULL, base_value, of_class);
	for (uint32 i = 0; i < chosen.count; i++)
	{
		uint32 feature = chosen.features[i];

		put(result, contract->features[feature].name, value_text(&contract->features[feature], values[feature]),
			contributions[feature], of_class);
	}
	for (uint32 i = chosen.count; i < contract->feature_count; i++)
		others += contributions[chosen.features[i]];
	if (chosen.count < contract->feature_count)
		put(result, "(others)", NULL, others, of_class);
}

/* most: how many features, the largest contributions first; < 0: all, in their order. */
static Datum
explain_row(FunctionCallInfo fcinfo, const char *operation, int64 most)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	mi_scoring *scoring = mi_scoring_begin(fcinfo);
	const mi_model *model = mi_scoring_model(scoring);
	const mi_contract *contract = &model->contract;
	size_t outputs;
	selection chosen = every_feature(contract);
	double *contributions;
	double *base_values;
	const double *values;

	MI_REQUIRE(model->algorithm, explain, operation);
	InitMaterializedSRF(fcinfo, 0);
	if (!mi_scoring_values(scoring, fcinfo, &values))
		return (Datum) 0;
	mi_scoring_prepare_explain(scoring);
	outputs = mi_model_outputs(model);
	contributions = palloc(outputs * contract->feature_count * sizeof(double));
	base_values = palloc(outputs * sizeof(double));
	model->algorithm->explain(model, values, contributions, base_values);
	if (most >= 0)
		chosen.count = (uint32) Min(most, chosen.count);
	for (size_t output = 0; output < outputs; output++)
	{
		double *of_output = contributions + output * contract->feature_count;

		if (most >= 0)
			qsort_arg(chosen.features, contract->feature_count, sizeof(uint32), compare_sizes, of_output);
		put_output(result, contract, values, of_output, base_values[output], chosen,
				   outputs > 1 ? mi_model_class_label(model, output) : NULL);
	}
	return (Datum) 0;
}

Datum
explain(PG_FUNCTION_ARGS)
{
	return explain_row(fcinfo, "explain", -1);
}

/* explain_top(…, k) */
Datum
explain_top(PG_FUNCTION_ARGS)
{
	int k = PG_GETARG_INT32(2);

	if (k < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("k must be at least 1, not %d", k)));
	return explain_row(fcinfo, "explain_top", k);
}
