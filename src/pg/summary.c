/*
 * summary(model): the figures of a fit as jsonb.
 */
#include "postgres.h"

#include "fmgr.h"

#include "pg/json.h"
#include "pg/model_datum.h"

PG_FUNCTION_INFO_V1(summary);

Datum
summary(PG_FUNCTION_ARGS)
{
	mi_model model = mi_model_argument(fcinfo, 0);

	PG_RETURN_DATUM(mi_summary_of_model(&model));
}
