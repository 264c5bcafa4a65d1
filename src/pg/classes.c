/*
 * classes(model): what a model tells apart, in the order of predict_probabilities().
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "core/model/prediction.h"
#include "pg/model_datum.h"

PG_FUNCTION_INFO_V1(classes);

Datum
classes(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	mi_model model = mi_model_argument(fcinfo, 0);

	MI_REQUIRE(model.algorithm, predict, "classes");
	mi_require_classes(&model);
	InitMaterializedSRF(fcinfo, 0);
	for (size_t i = 0; i < mi_model_class_count(&model); i++)
	{
		Datum values[] = {Int32GetDatum((int32) i + 1), CStringGetTextDatum(mi_model_class_label(&model, i))};
		bool nulls[] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
