/*
 * JSON for SQL; see json.h.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/fmgrprotos.h"

#include "pg/json.h"
#include "pg/model_datum.h"

Datum
mi_jsonb_from_text(const char *text)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
}

Datum
mi_summary_of_model(const mi_model *model)
{
	mi_json json = {0};

	MI_REQUIRE(model->algorithm, summary, "summary");
	mi_json_begin_object(&json, NULL);
	model->algorithm->summary(model, &json);
	mi_json_end_object(&json);
	return mi_jsonb_from_text(mi_json_finish(&json));
}
