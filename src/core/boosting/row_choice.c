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

/* Selection sampling: exactly a fraction of the features that are candidates, rounded, and at least one of any. */
static void
choose(double fraction, uint64_t key, uint32_t features, const bool *candidates, bool *chosen)
{
	uint32_t candidates_left = 0;
	uint32_t wanted;

	for (uint32_t feature = 0; feature < features; feature++)
		candidates_left += candidates[feature];
	wanted = (uint32_t) (fraction * candidates_left + 0.5);
	wanted = wanted > 0 ? wanted : 1;
	for (uint32_t feature = 0; feature < features; feature++)
	{
		bool candidate = candidates[feature]; /* the two may be one array */

		chosen[feature] = candidate && mi_hashed_uniform(key, feature) * candidates_left < wanted;
		candidates_left -= candidate;
		wanted -= chosen[feature];
	}
}

bool
mi_may_find_more(const mi_boosting_view *view)
{
	const mi_growth_params *growth = &view->block->growth;
	bool any = false;

	for (uint32_t feature = 0; feature < view->block->features; feature++)
		any = any || view->bins[feature].splittable;
	return any &&
		   (!mi_takes_all_rows(growth) || growth->feature_fraction < 1.0 || growth->feature_fraction_bynode < 1.0);
}

void
mi_choose_features(const mi_boosting_view *view, uint64_t key, bool *chosen)
{
	for (uint32_t feature = 0; feature < view->block->features; feature++)
		chosen[feature] = view->bins[feature].splittable;
	choose(view->block->growth.feature_fraction, key_of(key, ABOUT_FEATURES, 0), view->block->features, chosen, chosen);
}

void
mi_choose_node_features(const mi_boosting_view *view, uint64_t key, uint32_t leaf_count, uint32_t leaf,
						const bool *of_tree, bool *chosen)
{
	choose(view->block->growth.feature_fraction_bynode, key_of(key, ABOUT_NODE, (uint64_t) leaf_count << 32 | leaf),
		   view->block->features, of_tree, chosen);
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
