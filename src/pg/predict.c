/*
 * predict() and its relatives, each of (model, float8[]), (model, record) and (name, record).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "core/model/prediction.h"
#include "pg/model_datum.h"
#include "pg/scoring.h"

PG_FUNCTION_INFO_V1(predict);
PG_FUNCTION_INFO_V1(predict_margin);
PG_FUNCTION_INFO_V1(predict_class);
PG_FUNCTION_INFO_V1(predict_probabilities);

static void
require_number(const mi_model *model)
{
	if (mi_model_task(model) == MI_TASK_MULTICLASS)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("model predicts one of %zu classes, not a number", mi_model_class_count(model)),
				 errhint("Use predict_class() or predict_probabilities(). The margin of a class is the sum of its "
						 "contributions by explain().")));
}

Datum
predict(PG_FUNCTION_ARGS)
{
	mi_scoring *scoring = mi_scoring_begin(fcinfo);
	const mi_model *model = mi_scoring_model(scoring);
	const double *values;

	MI_REQUIRE(model->algorithm, predict, "predict");
	require_number(model);
	if (!mi_scoring_values(scoring, fcinfo, &values))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(model->algorithm->predict(model, values));
}

Datum
predict_margin(PG_FUNCTION_ARGS)
{
	mi_scoring *scoring = mi_scoring_begin(fcinfo);
	const mi_model *model = mi_scoring_model(scoring);
	const double *values;
	double margin;

	MI_REQUIRE(model->algorithm, predict, "predict_margin");
	require_number(model);
	if (!mi_scoring_values(scoring, fcinfo, &values))
		PG_RETURN_NULL();
	mi_model_margins(model, values, &margin);
	PG_RETURN_FLOAT8(margin);
}

/* One probability for each class, palloc'ed; NULL when the row misses a feature that it must have. */
static double *
probabilities_of(FunctionCallInfo fcinfo, const char *operation, const mi_model **model)
{
	mi_scoring *scoring = mi_scoring_begin(fcinfo);
	const double *values;
	double *probabilities;

	*model = mi_scoring_model(scoring);
	MI_REQUIRE((*model)->algorithm, predict, operation);
	mi_require_classes(*model);
	if (!mi_scoring_values(scoring, fcinfo, &values))
		return NULL;
	probabilities = palloc(mi_model_class_count(*model) * sizeof(double));
	mi_model_probabilities(*model, values, probabilities);
	return probabilities;
}

Datum
predict_class(PG_FUNCTION_ARGS)
{
	const mi_model *model;
	const double *probabilities = probabilities_of(fcinfo, "predict_class", &model);
	const char *label;

	if (probabilities == NULL)
		PG_RETURN_NULL();
	label = mi_model_class_label(model, mi_model_likeliest_class(model, probabilities));
	PG_RETURN_TEXT_P(cstring_to_text(label));
}

Datum
predict_probabilities(PG_FUNCTION_ARGS)
{
	const mi_model *model;
	const double *probabilities = probabilities_of(fcinfo, "predict_probabilities", &model);
	int count;
	Datum *elements;

	if (probabilities == NULL)
		PG_RETURN_NULL();
	count = (int) mi_model_class_count(model);
	elements = palloc(count * sizeof(Datum));
	for (int i = 0; i < count; i++)
		elements[i] = Float8GetDatum(probabilities[i]);
	PG_RETURN_ARRAYTYPE_P(
		construct_array(elements, count, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
