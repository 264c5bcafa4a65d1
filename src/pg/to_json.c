/*
 * to_json(model): everything a reader may want to see of a model, as jsonb.
 */
#include "postgres.h"

#include "fmgr.h"

#include "pg/json.h"
#include "pg/model_datum.h"

PG_FUNCTION_INFO_V1(to_json);

Datum
to_json(PG_FUNCTION_ARGS)
{
	mi_model model = mi_model_argument(fcinfo, 0);

	PG_RETURN_DATUM(mi_jsonb_from_text(mi_model_to_json(&model)));
}
