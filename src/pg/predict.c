/*
 * predict(model, float8[]), predict(model, record) and predict(name, record).
 */
#include "postgres.h"

#include "pg/model_datum.h"
#include "pg/scoring.h"

PG_FUNCTION_INFO_V1(predict);

Datum
predict(PG_FUNCTION_ARGS)
{
	mi_scoring *scoring = mi_scoring_begin(fcinfo);
	const mi_model *model = mi_scoring_model(scoring);
	const double *values;

	MI_REQUIRE(model->algorithm, predict, "predict");
	if (!mi_scoring_values(scoring, fcinfo, &values))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(model->algorithm->predict(model, values));
}
