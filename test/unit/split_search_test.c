/*
 * Splits: no cut of the bins, and no set of categories, is better than the one found.
 */
#include "core/boosting/split_search.h"
#include "random_input.h"
#include "unit.h"

#define MOST_BINS 60

/* A feature's histogram, and the leaf that it is of. */
typedef struct made_up
{
	mi_boosting_block block;
	mi_bins bins;
	int8_t monotone;
	int64_t packed[MI_BINS_MAX];
	int64_t wide[2 * MI_BINS_MAX];
	mi_leaf_sums leaf;
	mi_boosting_view view;
} made_up;

static void
set_bin(made_up *made, uint32_t bin, int gradient, unsigned hessian)
{
	made->packed[bin] = ((int64_t) ((uint64_t) (int64_t) gradient << 32)) + hessian;
	made->wide[2 * bin] = gradient;
	made->wide[2 * bin + 1] = hessian;
	made->leaf.gradient += gradient;
	made->leaf.hessian += hessian;
}

static void
make_up(made_up *made, test_random *random, bool category, uint32_t bins, bool missing)
{
	memset(made, 0, sizeof(*made));
	made->block.growth = (mi_growth_params){.num_leaves = 2,
											.min_data_in_leaf = (double) random_below(random, 20),
											.min_sum_hessian_in_leaf = (double) random_below(random, 10),
											.lambda_l1 = (double) random_below(random, 3),
											.lambda_l2 = (double) random_below(random, 3),
											.max_cat_threshold = 32,
											.quantized = random_below(random, 2) == 0};
	made->bins = (mi_bins){.category = category, .has_missing = missing, .count = bins};
	made->leaf = (mi_leaf_sums){.lowest = -INFINITY, .highest = INFINITY};
	for (uint32_t bin = 0; bin < bins + missing; bin++)
		set_bin(made, bin, (int) random_below(random, 201) - 100, 1 + (unsigned) random_below(random, 30));
	made->leaf.rows = made->leaf.hessian;
	made->view = (mi_boosting_view){.block = &made->block, .bins = &made->bins, .monotone = &made->monotone};
}

/* From the textbook's formula: what a leaf of these sums takes off the loss, with the best value within bounds. */
static double
score(const made_up *made, double gradient, double hessian, double *value)
{
	const mi_growth_params *growth = &made->block.growth;
	double size = fmax(fabs(gradient) - growth->lambda_l1, 0.0);
	double best = hessian + growth->lambda_l2 > 0.0 ? -copysign(size, gradient) / (hessian + growth->lambda_l2) : 0.0;

	if (growth->max_delta_step > 0.0)
		best = fmin(fmax(best, -growth->max_delta_step), growth->max_delta_step);
	best = fmin(fmax(best, made->leaf.lowest), made->leaf.highest);
	*value = best;
	return -2.0 * (gradient * best + growth->lambda_l1 * fabs(best)) - (hessian + growth->lambda_l2) * best * best;
}

static double
gain_of(const made_up *made, double left_gradient, double left_hessian)
{
	double right_gradient = made->leaf.gradient - left_gradient;
	double right_hessian = made->leaf.hessian - left_hessian;
	double left_value;
	double right_value;
	double value;
	double gain;

	if (left_hessian < fmax(made->block.growth.min_data_in_leaf, 0.5) ||
		right_hessian < fmax(made->block.growth.min_data_in_leaf, 0.5) ||
		left_hessian < made->block.growth.min_sum_hessian_in_leaf ||
		right_hessian < made->block.growth.min_sum_hessian_in_leaf)
		return 0.0;
	gain = score(made, left_gradient, left_hessian, &left_value) +
		   score(made, right_gradient, right_hessian, &right_value) -
		   score(made, made->leaf.gradient, made->leaf.hessian, &value);
	if (made->monotone * (right_value - left_value) < 0.0)
		return 0.0;
	return fmax(gain, 0.0);
}

static mi_split
found(made_up *made)
{
	mi_split best = {0};
	mi_split_search search = mi_split_search_begin(&made->view, 1.0, 1.0, made->monotone != 0, &made->leaf);

	mi_split_search_feature(&search, 0, made->block.growth.quantized ? (void *) made->packed : made->wide, &best);
	return best;
}

static double
gain_of_set(const made_up *made, uint64_t set, uint32_t bins)
{
	double gradient = 0.0;
	double hessian = 0.0;

	for (uint32_t bin = 0; bin < bins; bin++)
		if (set >> bin & 1)
		{
			gradient += (double) made->wide[2 * bin];
			hessian += (double) made->wide[2 * bin + 1];
		}
	return gain_of(made, gradient, hessian);
}

static void
check_sums(const made_up *made, const mi_split *split)
{
	double gradient = 0.0;
	double hessian = 0.0;

	for (uint32_t bin = 0; bin < made->bins.count + made->bins.has_missing; bin++)
		if (mi_split_goes_left(split, &made->bins, bin))
		{
			gradient += (double) made->wide[2 * bin];
			hessian += (double) made->wide[2 * bin + 1];
		}
	CHECK(gradient == split->left_gradient && hessian == split->left_hessian);
}

MI_TEST(no_cut_of_a_number_is_better)
{
	test_random random = random_seeded("no_cut_of_a_number_is_better");
	int with_split = 0;

	for (int trial = 0; trial < 3000; trial++)
	{
		made_up made;
		double best = 0.0;
		uint32_t bins = 1 + (uint32_t) random_below(&random, MOST_BINS);
		bool missing = random_below(&random, 2) == 0;
		mi_split split;

		make_up(&made, &random, false, bins, missing);
		if (random_below(&random, 3) == 0)
			made.block.growth.max_delta_step = 0.5 * (1.0 + random_number(&random)) + 1e-3;
		if (random_below(&random, 3) == 0)
			made.monotone = random_below(&random, 2) == 0 ? 1 : -1;
		if (random_below(&random, 4) == 0)
		{
			made.leaf.lowest = -1.0;
			made.leaf.highest = 0.5;
			made.block.growth.max_delta_step = 2.0; /* takes the general formula */
		}
		for (int side = 0; side < (missing ? 2 : 1); side++)
			for (uint32_t cut = 0; cut < bins; cut++)
			{
				uint64_t set = (UINT64_C(2) << cut) - 1;

				if (side)
					set |= UINT64_C(1) << bins;
				best = fmax(best, gain_of_set(&made, set, bins + missing));
			}
		split = found(&made);
		CHECK_NEAR(split.gain, best, 1e-9);
		if (split.gain > 0.0)
		{
			with_split++;
			if (missing)
				check_sums(&made, &split);
		}
	}
	CHECK(with_split > 1000);
}

/* Fisher's theorem, when nothing but gradients and hessians counts. */
MI_TEST(no_set_of_categories_is_better)
{
	test_random random = random_seeded("no_set_of_categories_is_better");

	for (int trial = 0; trial < 300; trial++)
	{
		made_up made;
		double best = 0.0;
		uint32_t bins = 5 + (uint32_t) random_below(&random, 6);
		mi_split split;

		make_up(&made, &random, true, bins, false);
		made.block.growth.min_data_in_leaf = 0.0;
		made.block.growth.min_sum_hessian_in_leaf = 0.0;
		made.block.growth.lambda_l1 = 0.0;
		made.block.growth.lambda_l2 = 0.0;
		made.block.growth.max_cat_to_onehot = 4;
		for (uint64_t set = 1; set + 1 < UINT64_C(1) << bins; set++)
			best = fmax(best, gain_of_set(&made, set, bins));
		split = found(&made);
		CHECK_NEAR(split.gain, best, 1e-9);
		check_sums(&made, &split);
	}
}

MI_TEST(few_categories_are_tried_one_by_one)
{
	test_random random = random_seeded("few_categories_are_tried_one_by_one");

	for (int trial = 0; trial < 300; trial++)
	{
		made_up made;
		double best = 0.0;
		mi_split split;

		make_up(&made, &random, true, 4, true);
		made.block.growth.max_cat_to_onehot = 4;
		for (uint32_t bin = 0; bin < 4; bin++)
			best = fmax(best, gain_of_set(&made, UINT64_C(1) << bin, 5));
		split = found(&made);
		CHECK_NEAR(split.gain, best, 1e-9);
		if (split.gain > 0.0)
			check_sums(&made, &split);
	}
}

/* What is missing goes right, so a set that it belongs with has to be found as its complement. */
MI_TEST(missing_categories_can_go_with_either_side)
{
	test_random random = random_seeded("missing_categories_can_go_with_either_side");

	for (int like_first = 0; like_first < 2; like_first++)
	{
		made_up made;
		mi_split split;

		make_up(&made, &random, true, 6, true);
		memset(made.packed, 0, sizeof(made.packed));
		made.leaf = (mi_leaf_sums){.lowest = -INFINITY, .highest = INFINITY};
		made.block.growth.min_data_in_leaf = 1.0;
		made.block.growth.lambda_l1 = 0.0;
		for (uint32_t bin = 0; bin < 6; bin++)
			set_bin(&made, bin, bin < 3 ? -50 : 50, 20);
		set_bin(&made, 6, like_first ? -50 : 50, 20);
		made.leaf.rows = made.leaf.hessian;
		split = found(&made);
		CHECK(split.gain > 0.0);
		CHECK_INT_EQ(split.set[0], like_first ? 0x38 : 0x07);
		CHECK(!mi_split_goes_left(&split, &made.bins, 6));
	}
}

MI_TEST(sets_are_as_large_and_groups_as_small_as_allowed)
{
	test_random random = random_seeded("sets_are_as_large_and_groups_as_small_as_allowed");
	made_up made;
	mi_split split;
	int count = 0;

	make_up(&made, &random, true, 12, false);
	memset(made.packed, 0, sizeof(made.packed));
	made.leaf = (mi_leaf_sums){.lowest = -INFINITY, .highest = INFINITY};
	made.block.growth.min_data_in_leaf = 1.0;
	made.block.growth.min_sum_hessian_in_leaf = 0.0;
	made.block.growth.max_cat_threshold = 3;
	for (uint32_t bin = 0; bin < 12; bin++)
		set_bin(&made, bin, bin < 6 ? -50 - (int) bin : 50 + (int) bin, 20);
	made.leaf.rows = made.leaf.hessian;
	split = found(&made);
	for (uint32_t bin = 0; bin < 12; bin++)
		count += mi_split_goes_left(&split, &made.bins, bin);
	CHECK_INT_EQ(count, 3);
	made.block.growth.max_cat_threshold = 32;
	made.block.growth.min_data_per_group = 100.0; /* five categories of 20 rows */
	split = found(&made);
	count = 0;
	for (uint32_t bin = 0; bin < 12; bin++)
		count += mi_split_goes_left(&split, &made.bins, bin);
	CHECK_INT_EQ(count, 5);
}
