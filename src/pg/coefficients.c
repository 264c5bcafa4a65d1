/*
 * coefficients(model): one row per term.
 */
#include "postgres.h"

#include <math.h>

#include "funcapi.h"
#include "utils/builtins.h"

#include "pg/model_datum.h"

PG_FUNCTION_INFO_V1(coefficients);

static void
put_number(Datum *value, bool *null, double number)
{
	*null = isnan(number);
	*value = Float8GetDatum(number);
}

Datum
coefficients(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	mi_model model = mi_model_argument(fcinfo, 0);

	MI_REQUIRE(model.algorithm, coefficient, "coefficients");
	InitMaterializedSRF(fcinfo, 0);
	for (size_t i = 0; i < model.algorithm->coefficient_count(&model); i++)
	{
		mi_coefficient row;
		Datum values[7];
		bool nulls[7] = {0};

		model.algorithm->coefficient(&model, i, &row);
		values[0] = CStringGetTextDatum(row.term);
		put_number(&values[1], &nulls[1], row.estimate);
		put_number(&values[2], &nulls[2], row.std_error);
		put_number(&values[3], &nulls[3], row.statistic);
		put_number(&values[4], &nulls[4], row.p_value);
		put_number(&values[5], &nulls[5], row.conf_low);
		put_number(&values[6], &nulls[6], row.conf_high);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
