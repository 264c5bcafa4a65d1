/*
 * to_lightgbm(model): a model for LightGBM.
 */
#include "postgres.h"

#include "core/boosting/lightgbm_text.h"
#include "pg/model_exchange.h"

PG_FUNCTION_INFO_V1(to_lightgbm);

Datum
to_lightgbm(PG_FUNCTION_ARGS)
{
	return mi_model_to_text(fcinfo, mi_lightgbm_write);
}
