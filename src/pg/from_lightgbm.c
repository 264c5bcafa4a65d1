/*
 * from_lightgbm(text, target, classes): a model of LightGBM.
 */
#include "postgres.h"

#include "core/boosting/lightgbm_text.h"
#include "pg/model_exchange.h"

PG_FUNCTION_INFO_V1(from_lightgbm);

Datum
from_lightgbm(PG_FUNCTION_ARGS)
{
	return mi_model_from_text(fcinfo, mi_lightgbm_read);
}
