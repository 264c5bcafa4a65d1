/*
 * importance(model): how much each feature matters to a model that consists of trees.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "core/boosting/importance.h"
#include "pg/model_datum.h"

PG_FUNCTION_INFO_V1(importance);

/* More gain comes first; of equal ones the earlier feature. */
static int
compare_gains(const void *a, const void *b, void *importances)
{
	uint32 one = *(const uint32 *) a;
	uint32 other = *(const uint32 *) b;
	double gain_of_one = ((const mi_importance *) importances)[one].gain;
	double gain_of_other = ((const mi_importance *) importances)[other].gain;

	if (gain_of_one != gain_of_other)
		return gain_of_one > gain_of_other ? -1 : 1;
	return one < other ? -1 : one > other;
}

Datum
importance(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	mi_model model = mi_model_argument(fcinfo, 0);
	uint32 count = model.contract.feature_count;
	mi_importance *importances = palloc0(count * sizeof(mi_importance));
	uint32 *order = palloc(count * sizeof(uint32));

	MI_REQUIRE(model.algorithm, forest, "importance");
	InitMaterializedSRF(fcinfo, 0);
	mi_forest_importance(model.algorithm->forest(&model), importances);
	for (uint32 i = 0; i < count; i++)
		order[i] = i;
	qsort_arg(order, count, sizeof(uint32), compare_gains, importances);
	for (uint32 i = 0; i < count; i++)
	{
		const mi_importance *of_feature = &importances[order[i]];
		Datum values[] = {
			CStringGetTextDatum(model.contract.features[order[i]].name),
			Float8GetDatum(of_feature->gain),
			Int64GetDatum((int64) of_feature->splits),
			Float8GetDatum(of_feature->cover),
		};
		bool nulls[] = {false, false, false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
