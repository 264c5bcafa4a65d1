/*
 * theil_between and theil_within: sums for each group, in a bytea.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/memutils.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "core/metrics/theil_groups.h"
#include "pg/aggregate_context.h"
#include "pg/report.h"
#include "pg/settings.h"

PG_FUNCTION_INFO_V1(theil_groups_accumulate);
PG_FUNCTION_INFO_V1(theil_groups_combine);
PG_FUNCTION_INFO_V1(theil_groups_between);
PG_FUNCTION_INFO_V1(theil_groups_within);

/* The n-th argument, checked. A bytea in a tuple is aligned for integers, the groups for doubles. */
static mi_theil_groups *
groups_argument(FunctionCallInfo fcinfo, int n)
{
	struct varlena *bytes = PG_DETOAST_DATUM(PG_GETARG_DATUM(n));
	mi_error error = {0};

	if (PointerGetDatum(bytes) != MAXALIGN(bytes))
		bytes = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(n));
	mi_theil_groups_check(bytes, VARSIZE(bytes), &error);
	mi_report(&error);
	return (mi_theil_groups *) bytes;
}

static size_t
limit(void)
{
	return Min(mi_training_memory_bytes(), (Size) MaxAllocSize);
}

static Datum
state_result(mi_theil_groups *groups)
{
	SET_VARSIZE(groups, mi_theil_groups_length(groups));
	return PointerGetDatum(groups);
}

/* theil_groups_accumulate(state, x, group_name): a NULL x does not count, a NULL name is a group like any other. */
Datum
theil_groups_accumulate(PG_FUNCTION_ARGS)
{
	mi_theil_groups *groups;
	mi_group_name name = {NULL, 0};
	mi_exposure_sums sums = {0};
	mi_error error = {0};

	mi_require_aggregate_context(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	mi_check_exposure(PG_GETARG_FLOAT8(1), &error);
	mi_report(&error);
	mi_exposure_sums_add(&sums, PG_GETARG_FLOAT8(1));
	if (!PG_ARGISNULL(2))
	{
		text *given = PG_GETARG_TEXT_PP(2);

		name = (mi_group_name){VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given)};
	}
	groups = PG_ARGISNULL(0) ? mi_theil_groups_create() : groups_argument(fcinfo, 0);
	groups = mi_theil_groups_add(groups, name, &sums, limit(), &error);
	mi_report(&error);
	return state_result(groups);
}

Datum
theil_groups_combine(PG_FUNCTION_ARGS)
{
	mi_theil_groups *groups = groups_argument(fcinfo, 0);
	mi_error error = {0};

	mi_require_aggregate_context(fcinfo);
	groups = mi_theil_groups_combine(groups, groups_argument(fcinfo, 1), limit(), &error);
	mi_report(&error);
	return state_result(groups);
}

Datum
theil_groups_between(PG_FUNCTION_ARGS)
{
	double result;

	if (!mi_theil_between(groups_argument(fcinfo, 0), &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

Datum
theil_groups_within(PG_FUNCTION_ARGS)
{
	double result;

	if (!mi_theil_within(groups_argument(fcinfo, 0), &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}
