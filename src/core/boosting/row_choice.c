/*
 * Random choices; see row_choice.h.
 */
#include "row_choice.h"

#include "../base/host.h"

enum
{
	ABOUT_TREE = 1,
	ABOUT_FEATURES,
	ABOUT_NODE,
	ABOUT_ROWS
};

static uint64_t
key_of(uint64_t seed, int about, uint64_t what)
{
	return mi_mix(mi_mix(seed ^ mi_mix((uint64_t) about)) ^ what);
}

uint64_t
mi_tree_key(const mi_growth_params *growth, uint32_t iteration, unsigned output)
{
	return key_of(growth->seed, ABOUT_TREE, (uint64_t) iteration << 32 | output);
}

void
mi_choose_features(const mi_growth_params *growth, uint64_t key, uint32_t features, bool *used)
{
	uint32_t wanted = (uint32_t) (growth->feature_fraction * features + 0.5);
	uint32_t left = wanted > 0 ? wanted : 1;

	key = key_of(key, ABOUT_FEATURES, 0);
	for (uint32_t feature = 0; feature < features; feature++) /* selection sampling: exactly so many */
	{
		used[feature] = mi_hashed_uniform(key, feature) * (features - feature) < left;
		left -= used[feature];
	}
}

bool
mi_chosen_for_node(const mi_growth_params *growth, uint64_t key, uint32_t leaf_count, uint32_t leaf, uint32_t feature)
{
	return growth->feature_fraction_bynode >= 1.0 ||
		   mi_hashed_uniform(key_of(key, ABOUT_NODE, (uint64_t) leaf_count << 32 | leaf), feature) <
			   growth->feature_fraction_bynode;
}

static uint32_t
list_all(uint32_t *list, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		list[i] = first + i;
	return count;
}

uint32_t
mi_choose_rows(const mi_boosting_view *view, uint32_t iteration)
{
	const mi_growth_params *growth = &view->block->growth;
	bool all = mi_takes_all_rows(growth);
	uint64_t key = all ? 0 : key_of(growth->seed, ABOUT_ROWS, iteration / growth->bagging_freq);
	uint32_t *list = view->row_lists + view->first_row;
	uint32_t count = 0;

	if (all && !view->block->held_out)
		return list_all(list, (uint32_t) view->first_row, (uint32_t) (view->end_row - view->first_row));
	for (uint64_t row = view->first_row; row < view->end_row; row++)
	{
		if (row % MI_BOOSTING_CHUNK == 0)
			mi_check_interrupts();
		list[count] = (uint32_t) row;
		count += !view->held_out[row] && (all || mi_hashed_uniform(key, row) < growth->bagging_fraction);
	}
	return count;
}
