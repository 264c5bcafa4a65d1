/*
 * Splits of categories: sets of bins that go left.
 *
 * W. D. Fisher, "On grouping for maximum homogeneity", JASA 53 (1958), 789-798: the best set is a run from one end once
 * categories are in the order of ΣG / ΣH. As LightGBM does it: ordered by ΣG / (ΣH + cat_smooth), from both ends, at
 * most max_cat_threshold categories, with cat_l2 more of a penalty; few categories are tried one against the rest.
 *
 * What is missing, rare, or was never seen in training is in no set and goes right. So that it may go with either side,
 * sets are tried from both ends.
 */
#include "split_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct category_bin
{
	double order;
	double gradient;
	double hessian;
	uint32_t bin;
} category_bin;

static int
by_order(const void *left, const void *right)
{
	const category_bin *a = left;
	const category_bin *b = right;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return a->bin < b->bin ? -1 : 1;
}

/* A set of the first so many bins that follow each other in this direction. */
static void
better(const mi_split_search *search, uint32_t feature, const category_bin *first, int step, uint32_t count,
	   double gradient, double hessian, double extra_l2, double gain, mi_split *best)
{
	*best = (mi_split){
		.gain = gain, .feature = feature, .category = true, .left_gradient = gradient, .left_hessian = hessian};
	for (uint32_t i = 0; i < count; i++)
	{
		uint32_t bin = first[(int) i * step].bin;

		best->set[bin / 32] |= UINT32_C(1) << bin % 32;
	}
	mi_split_set_values(search, extra_l2, best);
}

static void
try_each(const mi_split_search *search, uint32_t feature, const category_bin *bins, uint32_t count, mi_split *best)
{
	for (uint32_t i = 0; i < count; i++)
	{
		double gain =
			mi_split_gain(search, bins[i].gradient, bins[i].hessian, 0.0, 0, search->growth->min_data_in_leaf);

		if (gain > best->gain)
			better(search, feature, &bins[i], 1, 1, bins[i].gradient, bins[i].hessian, 0.0, gain, best);
	}
}

/* Runs from one end. A run only counts once min_data_per_group rows have joined since the last one that did. */
static void
try_runs(const mi_split_search *search, uint32_t feature, const category_bin *first, int step, uint32_t count,
		 mi_split *best)
{
	const mi_growth_params *growth = search->growth;
	double least = fmax(growth->min_data_in_leaf, growth->min_data_per_group);
	double gradient = 0.0;
	double hessian = 0.0;
	double group = 0.0;

	for (uint32_t i = 0; i < count && i < growth->max_cat_threshold; i++)
	{
		const category_bin *bin = &first[(int) i * step];
		double gain;

		gradient += bin->gradient;
		hessian += bin->hessian;
		group += bin->hessian * search->rows_per_hessian;
		if (group < growth->min_data_per_group)
			continue;
		group = 0.0;
		gain = mi_split_gain(search, gradient, hessian, growth->cat_l2, 0, least);
		if (gain > best->gain)
			better(search, feature, first, step, i + 1, gradient, hessian, growth->cat_l2, gain, best);
	}
}

void
mi_split_search_category(const mi_split_search *search, uint32_t feature, const void *histogram, mi_split *best)
{
	const mi_growth_params *growth = search->growth;
	uint32_t bin_count = search->bins[feature].count;
	category_bin bins[MI_BINS_MAX];
	uint32_t used = 0;
	bool one_by_one = bin_count <= growth->max_cat_to_onehot;

	for (uint32_t bin = 0; bin < bin_count; bin++)
	{
		mi_bin_sums sums = mi_bin_sums_of(histogram, growth->quantized, bin);

		if (sums.hessian * search->rows_per_hessian < (one_by_one ? 0.5 : growth->cat_smooth))
			continue; /* too few rows to say where it belongs */
		bins[used++] = (category_bin){.order = sums.gradient * search->gradient_scale /
											   (sums.hessian * search->hessian_scale + growth->cat_smooth),
									  .gradient = sums.gradient,
									  .hessian = sums.hessian,
									  .bin = bin};
	}
	if (one_by_one)
	{
		try_each(search, feature, bins, used, best);
		return;
	}
	if (used == 0)
		return;
	qsort(bins, used, sizeof(category_bin), by_order);
	try_runs(search, feature, bins, 1, used, best);
	try_runs(search, feature, bins + used - 1, -1, used, best);
}
