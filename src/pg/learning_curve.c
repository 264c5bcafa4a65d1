/*
 * learning_curve(model): the loss at each iteration of training.
 */
#include "postgres.h"

#include "funcapi.h"

#include "pg/model_datum.h"

PG_FUNCTION_INFO_V1(learning_curve);

Datum
learning_curve(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	mi_model model = mi_model_argument(fcinfo, 0);
	mi_learning_curve curve;

	MI_REQUIRE(model.algorithm, learning_curve, "learning_curve");
	InitMaterializedSRF(fcinfo, 0);
	curve = model.algorithm->learning_curve(&model);
	for (uint32 i = 0; i < curve.iterations; i++)
	{
		bool nulls[] = {false, false, curve.validation == NULL};
		Datum values[] = {
			Int32GetDatum((int32) i + 1),
			Float8GetDatum(curve.training[i]),
			Float8GetDatum(curve.validation == NULL ? 0.0 : curve.validation[i]),
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
