/*
 * from_xgboost(text, target, classes): a model of XGBoost.
 */
#include "postgres.h"

#include "core/boosting/xgboost_json.h"
#include "pg/model_exchange.h"

PG_FUNCTION_INFO_V1(from_xgboost);

Datum
from_xgboost(PG_FUNCTION_ARGS)
{
	return mi_model_from_text(fcinfo, mi_xgboost_read);
}
