/*
 * to_sql(model): an SQL expression that scores without the extension.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "core/boosting/forest_sql.h"
#include "pg/model_datum.h"
#include "pg/report.h"

PG_FUNCTION_INFO_V1(to_sql);

Datum
to_sql(PG_FUNCTION_ARGS)
{
	mi_model model = mi_model_argument(fcinfo, 0);
	mi_writer expression = {0};
	mi_error error = {0};

	MI_REQUIRE(model.algorithm, forest, "to_sql");
	mi_forest_to_sql(model.algorithm->forest(&model), &model.contract, &expression, &error);
	mi_report(&error);
	PG_RETURN_TEXT_P(cstring_to_text_with_len((const char *) expression.bytes, (int) expression.length));
}
