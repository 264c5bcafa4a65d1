/*
 * Samples as states; see sample.h.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/memutils.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "core/base/sort.h"
#include "pg/aggregate_context.h"
#include "pg/sample.h"
#include "pg/settings.h"

PG_FUNCTION_INFO_V1(sample_combine);

#define FIRST_CAPACITY 8 /* values: groups may be many and small */
#define HEAD_NUMBERS (offsetof(mi_sample, values) / sizeof(double))

static mi_sample *
numbers_of(ArrayType *state)
{
	return (mi_sample *) ARR_DATA_PTR(state);
}

static size_t
capacity_of(ArrayType *state)
{
	return (size_t) ARR_DIMS(state)[0] - HEAD_NUMBERS;
}

/* Counts are whole and fit; a NaN is neither. */
static bool
is_sound(ArrayType *state)
{
	const mi_sample *sample = numbers_of(state);
	double capacity;

	if (ARR_NDIM(state) != 1 || ARR_HASNULL(state) || ARR_ELEMTYPE(state) != FLOAT8OID ||
		ARR_DIMS(state)[0] < (int) HEAD_NUMBERS)
		return false;
	capacity = (double) capacity_of(state);
	return sample->front >= 0.0 && sample->back >= 0.0 && sample->front + sample->back <= capacity &&
		   sample->front == floor(sample->front) && sample->back == floor(sample->back);
}

ArrayType *
mi_sample_argument(FunctionCallInfo fcinfo, int n)
{
	ArrayType *state = PG_GETARG_ARRAYTYPE_P(n);

	if (!is_sound(state))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("state must be an array of counts, parameters and values")));
	return state;
}

static size_t
size_for(size_t capacity)
{
	return ARR_OVERHEAD_NONULLS(1) + (HEAD_NUMBERS + capacity) * sizeof(double);
}

/* The greatest capacity that settings and the size of a value allow. */
static size_t
capacity_limit(void)
{
	size_t limit = Min(mi_training_memory_bytes(), (Size) MaxAllocSize);

	return limit > size_for(0) ? (limit - size_for(0)) / sizeof(double) : 0;
}

/* Ends in an ERROR. */
static void
too_many(size_t count)
{
	if (size_for(count) > MaxAllocSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("state of an aggregate over more than %zu values exceeds 1 GB", capacity_limit()),
						errhint("Aggregate by groups, or over a sample of the rows.")));
	ereport(ERROR, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
					errmsg("an aggregate over more than %zu values takes more than the limit of %zu kB of memory",
						   capacity_limit(), (size_t) mi_training_memory_bytes() / 1024),
					errhint("Raise musicintel.training_memory (8 bytes a value), or aggregate by groups.")));
}

/* The same values in a longer array. */
static ArrayType *
with_room_for(ArrayType *state, size_t count)
{
	const mi_sample *old = numbers_of(state);
	size_t front = (size_t) old->front;
	size_t back = (size_t) old->back;
	size_t capacity = Max(Max(count, FIRST_CAPACITY), capacity_of(state) * 2);
	ArrayType *grown;
	mi_sample *sample;

	if (count > capacity_limit())
		too_many(count);
	capacity = Min(capacity, capacity_limit());
	grown = palloc0(size_for(capacity));
	SET_VARSIZE(grown, size_for(capacity));
	grown->ndim = 1;
	grown->elemtype = FLOAT8OID;
	ARR_DIMS(grown)[0] = (int) (HEAD_NUMBERS + capacity);
	ARR_LBOUND(grown)[0] = 1;
	sample = numbers_of(grown);
	memcpy(sample, old, (HEAD_NUMBERS + front) * sizeof(double));
	memcpy(sample->values + capacity - back, old->values + capacity_of(state) - back, back * sizeof(double));
	return grown;
}

ArrayType *
mi_sample_add(ArrayType *state, mi_sample_side side, double value)
{
	mi_sample *sample = numbers_of(state);
	size_t count = (size_t) sample->front + (size_t) sample->back;

	if (count == capacity_of(state))
	{
		state = with_room_for(state, count + 1);
		sample = numbers_of(state);
	}
	if (side == MI_SAMPLE_FRONT)
		sample->values[(size_t) sample->front++] = value;
	else
		sample->values[capacity_of(state) - (size_t) ++sample->back] = value;
	return state;
}

void
mi_sample_set_parameter(ArrayType *state, int n, double value, const char *what)
{
	mi_sample *sample = numbers_of(state);

	if (sample->front + sample->back == 0.0)
		sample->parameters[n] = value;
	else if (sample->parameters[n] != value)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must be the same in every row", what)));
}

double
mi_sample_parameter(ArrayType *state, int n)
{
	return numbers_of(state)->parameters[n];
}

const double *
mi_sample_front(ArrayType *state, size_t *count)
{
	*count = (size_t) numbers_of(state)->front;
	return numbers_of(state)->values;
}

double *
mi_sample_sorted(ArrayType *state, mi_sample_side side, size_t *count)
{
	const mi_sample *sample = numbers_of(state);

	if (side == MI_SAMPLE_FRONT)
	{
		*count = (size_t) sample->front;
		return mi_sorted_copy(sample->values, *count);
	}
	*count = (size_t) sample->back;
	return mi_sorted_copy(sample->values + capacity_of(state) - *count, *count);
}

/* sample_combine(state, state) */
Datum
sample_combine(PG_FUNCTION_ARGS)
{
	ArrayType *state = mi_sample_argument(fcinfo, 0);
	ArrayType *from_state = mi_sample_argument(fcinfo, 1);
	const mi_sample *from = numbers_of(from_state);
	mi_sample *into = numbers_of(state);
	size_t front = (size_t) from->front;
	size_t back = (size_t) from->back;
	size_t count = (size_t) into->front + (size_t) into->back + front + back;

	mi_require_aggregate_context(fcinfo);
	if (front + back == 0)
		PG_RETURN_POINTER(state);
	for (int i = 0; i < MI_SAMPLE_PARAMETERS; i++)
		mi_sample_set_parameter(state, i, from->parameters[i], "every parameter of the aggregate");
	if (count > capacity_of(state))
	{
		state = with_room_for(state, count);
		into = numbers_of(state);
	}
	memcpy(into->values + (size_t) into->front, from->values, front * sizeof(double));
	into->front += (double) front;
	into->back += (double) back;
	memcpy(into->values + capacity_of(state) - (size_t) into->back, from->values + capacity_of(from_state) - back,
		   back * sizeof(double));
	PG_RETURN_POINTER(state);
}
