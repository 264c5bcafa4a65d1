/*
 * leverage(model, float8[]) and leverage(model, record).
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "pg/model_datum.h"
#include "pg/scoring.h"

PG_FUNCTION_INFO_V1(leverage);

Datum
leverage(PG_FUNCTION_ARGS)
{
	mi_scoring *scoring = mi_scoring_begin(fcinfo);
	const mi_model *model = mi_scoring_model(scoring);
	MemoryContext caller;
	const double *values;

	MI_REQUIRE(model->algorithm, leverage, "leverage");
	if (!mi_scoring_values(scoring, fcinfo, &values))
		PG_RETURN_NULL();
	caller = MemoryContextSwitchTo(mi_scoring_context(scoring));
	model->algorithm->prepare_leverage(model);
	MemoryContextSwitchTo(caller);
	PG_RETURN_FLOAT8(model->algorithm->leverage(model, values));
}
