/*
 * Rows held out; see holding_out.h.
 */
#include "holding_out.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/sort.h"
#include "row_choice.h"

#define INTERRUPT_EVERY 4096 /* rows */

/* The last number of each row. */
static double *
read_held_by(mi_row_spool *rows)
{
	size_t numbers = rows->features + MI_ROW_EXTRAS;
	double *row = mi_allocate(numbers * sizeof(double));
	double *held_by = mi_allocate(rows->rows * sizeof(double));

	mi_row_spool_rewind(rows);
	for (uint64_t i = 0; i < rows->rows; i++)
	{
		if (i % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		mi_row_spool_read(rows, row);
		held_by[i] = row[numbers - 1];
	}
	mi_release(row);
	return held_by;
}

static void
by_group(const double *groups, const mi_boosting_params *params, uint64_t count, uint8_t *held_out)
{
	for (uint64_t i = 0; i < count; i++)
	{
		uint64_t group;

		memcpy(&group, &groups[i], sizeof(group));
		held_out[i] = mi_hashed_uniform((uint64_t) params->seed, group) < params->validation_fraction;
	}
}

/* The newest ones: as many as asked for, and those of the same moment as the oldest of them. */
static void
by_time(const double *times, const mi_boosting_params *params, uint64_t count, uint8_t *held_out)
{
	uint64_t place = count - (uint64_t) ceil(params->validation_fraction * (double) count);
	double *sorted = mi_sorted_copy(times, (size_t) count);

	for (uint64_t i = 0; i < count; i++)
		held_out[i] = times[i] >= sorted[place];
	mi_release(sorted);
}

mi_status
mi_hold_out(mi_row_spool *rows, const mi_boosting_params *params, mi_boosting_block *block, mi_error *error)
{
	uint8_t *held_out = (uint8_t *) block + block->at_held_out;
	uint64_t marked = 0;
	double *held_by;

	if (!block->held_out)
		return MI_OK;
	held_by = read_held_by(rows);
	if (params->group_by != NULL)
		by_group(held_by, params, block->rows, held_out);
	else
		by_time(held_by, params, block->rows, held_out);
	mi_release(held_by);
	for (uint64_t i = 0; i < block->rows; i++)
		marked += held_out[i];
	if (marked > 0 && marked < block->rows)
		return MI_OK;
	mi_fail(error, MI_NO_DATA, "%llu of %llu rows would be held out by \"%s\"", (unsigned long long) marked,
			(unsigned long long) block->rows, params->group_by != NULL ? params->group_by : params->time_by);
	return mi_hint(error,
				   "There must be rows on both sides: take more groups or moments, or another validation_fraction.");
}
