/*
 * Rows held out; see holding_out.h.
 */
#include "holding_out.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/sort.h"
#include "row_choice.h"

static void
by_group(const double *groups, const mi_boosting_params *params, uint64_t count, uint8_t *held_out)
{
	for (uint64_t i = 0; i < count; i++)
	{
		uint64_t group;

		if (i % MI_BOOSTING_CHUNK == 0)
			mi_check_interrupts();
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

	mi_check_interrupts();
	for (uint64_t i = 0; i < count; i++)
		held_out[i] = times[i] >= sorted[place];
	mi_check_interrupts();
	mi_release(sorted);
}

mi_status
mi_hold_out(const double *held_by, const mi_boosting_params *params, mi_boosting_block *block, mi_error *error)
{
	uint8_t *held_out = mi_boosting_at(block, block->at_held_out);
	uint64_t marked = 0;

	if (params->group_by != NULL)
		by_group(held_by, params, block->rows, held_out);
	else
		by_time(held_by, params, block->rows, held_out);
	for (uint64_t i = 0; i < block->rows; i++)
		marked += held_out[i];
	if (marked > 0 && marked < block->rows)
		return MI_OK;
	mi_fail(error, MI_NO_DATA, "%llu of %llu rows would be held out by \"%s\"", (unsigned long long) marked,
			(unsigned long long) block->rows, params->group_by != NULL ? params->group_by : params->time_by);
	return mi_hint(error,
				   "There must be rows on both sides: take more groups or moments, or another validation_fraction.");
}
