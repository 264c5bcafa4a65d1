/*
 * to_xgboost(model): a model for XGBoost.
 */
#include "postgres.h"

#include "core/boosting/xgboost_json.h"
#include "pg/model_exchange.h"

PG_FUNCTION_INFO_V1(to_xgboost);

Datum
to_xgboost(PG_FUNCTION_ARGS)
{
	return mi_model_to_text(fcinfo, mi_xgboost_write);
}
