/*
 * two_sided_p_value(z): how likely a standard normal number is to be as far from zero as z, erfc(|z| / sqrt 2).
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

PG_FUNCTION_INFO_V1(two_sided_p_value);

Datum
two_sided_p_value(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(erfc(fabs(PG_GETARG_FLOAT8(0)) / sqrt(2.0)));
}
