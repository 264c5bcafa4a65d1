/*
 * Splits of numbers, and what all splits share; see split_search.h.
 */
#include "split_search.h"

#include "../base/vector.h"

#include <math.h>

static double
thresholded(double gradient, double l1)
{
	double size = fabs(gradient) - l1;

	return size > 0.0 ? copysign(size, gradient) : 0.0;
}

static double
bounded_value(const mi_growth_params *growth, double gradient, double hessian, double l2, const mi_leaf_sums *leaf)
{
	double denominator = hessian + l2;
	double value = denominator > 0.0 ? -thresholded(gradient, growth->lambda_l1) / denominator : 0.0;

	if (growth->max_delta_step > 0.0 && fabs(value) > growth->max_delta_step)
		value = copysign(growth->max_delta_step, value);
	return fmin(fmax(value, leaf->lowest), leaf->highest);
}

double
mi_leaf_value(const mi_growth_params *growth, double gradient, double hessian, const mi_leaf_sums *leaf)
{
	return bounded_value(growth, gradient, hessian, growth->lambda_l2, leaf);
}

/* One side's term. */
static double
side_gain(const mi_split_search *search, double gradient, double hessian, double l2)
{
	double thresholded_gradient;
	double value;

	if (!search->bounded)
		return gradient * gradient / (hessian + l2);
	thresholded_gradient = thresholded(gradient, search->growth->lambda_l1);
	value = bounded_value(search->growth, gradient, hessian, l2, search->leaf);
	return -(2.0 * thresholded_gradient * value + (hessian + l2) * value * value);
}

mi_split_search
mi_split_search_begin(const mi_boosting_view *view, double gradient_scale, double hessian_scale, bool monotone,
					  const mi_leaf_sums *leaf)
{
	const mi_growth_params *growth = &view->block->growth;
	mi_split_search search = {
		.growth = growth,
		.bins = view->bins,
		.monotone = view->monotone,
		.gradient_scale = gradient_scale,
		.hessian_scale = hessian_scale,
		.bounded = monotone || growth->lambda_l1 > 0.0 || growth->max_delta_step > 0.0,
		.leaf = leaf,
		.rows_per_hessian = leaf->hessian > 0.0 ? leaf->rows / leaf->hessian : 0.0,
	};

	search.parent_gain =
		side_gain(&search, leaf->gradient * gradient_scale, leaf->hessian * hessian_scale, growth->lambda_l2);
	return search;
}

static bool
in_order(const mi_split_search *search, double left_gradient, double left_hessian, double right_gradient,
		 double right_hessian, double l2, int monotone)
{
	double left = bounded_value(search->growth, left_gradient, left_hessian, l2, search->leaf);
	double right = bounded_value(search->growth, right_gradient, right_hessian, l2, search->leaf);

	return monotone > 0 ? left <= right : left >= right;
}

double
mi_split_gain(const mi_split_search *search, double left_gradient, double left_hessian, double extra_l2, int monotone,
			  double least_rows)
{
	const mi_leaf_sums *leaf = search->leaf;
	double right_hessian = (leaf->hessian - left_hessian) * search->hessian_scale;
	double right_gradient = (leaf->gradient - left_gradient) * search->gradient_scale;
	double left_rows = left_hessian * search->rows_per_hessian + 0.5;
	double l2 = search->growth->lambda_l2 + extra_l2;
	double gain;

	left_hessian *= search->hessian_scale;
	left_gradient *= search->gradient_scale;
	if (left_rows < least_rows || leaf->rows - left_rows + 1.0 < least_rows ||
		left_hessian < search->growth->min_sum_hessian_in_leaf ||
		right_hessian < search->growth->min_sum_hessian_in_leaf || !(left_hessian + l2 > 0.0) ||
		!(right_hessian + l2 > 0.0))
		return -INFINITY;
	gain = side_gain(search, left_gradient, left_hessian, l2) + side_gain(search, right_gradient, right_hessian, l2) -
		   search->parent_gain;
	if (monotone != 0 && !in_order(search, left_gradient, left_hessian, right_gradient, right_hessian, l2, monotone))
		return -INFINITY;
	return gain > search->growth->min_gain_to_split ? gain : -INFINITY;
}

void
mi_split_set_values(const mi_split_search *search, double extra_l2, mi_split *split)
{
	double l2 = search->growth->lambda_l2 + extra_l2;
	double left_gradient = split->left_gradient * search->gradient_scale;
	double left_hessian = split->left_hessian * search->hessian_scale;

	split->left_value = bounded_value(search->growth, left_gradient, left_hessian, l2, search->leaf);
	split->right_value = bounded_value(search->growth, search->leaf->gradient * search->gradient_scale - left_gradient,
									   search->leaf->hessian * search->hessian_scale - left_hessian, l2, search->leaf);
}

#define BLOCK 16 /* cuts that are looked at together */

/* What is on the left: before the first bin, after it, after the second … */
typedef struct running_sums
{
	double gradient[MI_BINS_MAX + 1];
	double hessian[MI_BINS_MAX + 1];
} running_sums;

/* Packed sums are added up as they are, and taken apart afterwards. */
MI_VECTOR_CLONES static void
sum_up_packed(const int64_t *histogram, uint32_t cuts, int64_t begin, running_sums *sums)
{
	int64_t packed[MI_BINS_MAX + 1];

	packed[0] = begin;
	for (uint32_t bin = 0; bin < cuts; bin++)
		packed[bin + 1] = packed[bin] + histogram[bin];
	for (uint32_t i = 0; i <= cuts; i++)
	{
		sums->gradient[i] = (double) (int32_t) (packed[i] >> 32);
		sums->hessian[i] = (double) (uint32_t) packed[i];
	}
}

static void
sum_up(const mi_bins *bins, const void *histogram, bool quantized, bool missing_left, uint32_t cuts, running_sums *sums)
{
	const int64_t *wide = histogram;
	int64_t gradient = missing_left && !quantized ? wide[2 * bins->count] : 0;
	int64_t hessian = missing_left && !quantized ? wide[2 * bins->count + 1] : 0;

	if (quantized)
	{
		sum_up_packed(wide, cuts, missing_left ? wide[bins->count] : 0, sums);
		return;
	}
	sums->gradient[0] = (double) gradient;
	sums->hessian[0] = (double) hessian;
	for (uint32_t bin = 0; bin < cuts; bin++)
	{
		gradient += wide[2 * bin];
		hessian += wide[2 * bin + 1];
		sums->gradient[bin + 1] = (double) gradient;
		sums->hessian[bin + 1] = (double) hessian;
	}
}

#define SLACK (1.0 + 1e-9) /* more than rounding can make of the two ways to reckon a gain */

/*
 * Whether one of a block of cuts may gain more than the best so far, by its gain without l1 and bounds, without a
 * division. With some slack: what is passed over must not hang on the order of the search.
 */
MI_VECTOR_CLONES static bool
any_better(const mi_split_search *search, const double *gradients, const double *hessians, double bar)
{
	const mi_leaf_sums *leaf = search->leaf;
	double l2 = search->growth->lambda_l2;
	uint64_t better = 0;

	for (int i = 0; i < BLOCK; i++)
	{
		double left = gradients[i] * search->gradient_scale;
		double right = (leaf->gradient - gradients[i]) * search->gradient_scale;
		double left_weight = hessians[i] * search->hessian_scale + l2;
		double right_weight = (leaf->hessian - hessians[i]) * search->hessian_scale + l2;

		better |= (left * left * right_weight + right * right * left_weight) * SLACK > bar * left_weight * right_weight;
	}
	return better != 0;
}

/* All cuts of a number's bins, the missing on this side. */
static void
cut_numbers(const mi_split_search *search, uint32_t feature, const void *histogram, bool missing_left, mi_split *best)
{
	const mi_bins *bins = &search->bins[feature];
	const mi_leaf_sums *leaf = search->leaf;
	uint32_t cuts = bins->count - 1 + (bins->has_missing && !missing_left);
	running_sums sums;

	sum_up(bins, histogram, search->growth->quantized, missing_left, cuts, &sums);
	for (uint32_t bin = 0; bin < cuts; bin++)
	{
		double gradient = sums.gradient[bin + 1];
		double hessian = sums.hessian[bin + 1];
		double gain;

		if (!search->bounded && bin % BLOCK == 0 && bin + BLOCK <= cuts &&
			!any_better(search, &sums.gradient[bin + 1], &sums.hessian[bin + 1], best->gain + search->parent_gain))
		{
			bin += BLOCK - 1;
			continue;
		}
		if (hessian == sums.hessian[bin] && gradient == sums.gradient[bin])
			continue; /* the same rows as one cut before */
		gain =
			mi_split_gain(search, gradient, hessian, 0.0, search->monotone[feature], search->growth->min_data_in_leaf);
		if (gain > best->gain)
		{
			*best = (mi_split){.gain = gain,
							   .feature = feature,
							   .bin = bin,
							   .default_left = missing_left,
							   .left_gradient = gradient,
							   .left_hessian = hessian};
			if (!bins->has_missing) /* nothing was learned of the missing: they go with most rows */
				best->default_left = 2.0 * hessian > leaf->hessian;
			mi_split_set_values(search, 0.0, best);
		}
	}
}

void
mi_split_search_number(const mi_split_search *search, uint32_t feature, const void *histogram, mi_split *best)
{
	const mi_bins *bins = &search->bins[feature];

	cut_numbers(search, feature, histogram, false, best);
	if (bins->has_missing)
		cut_numbers(search, feature, histogram, true, best);
}

void
mi_split_search_feature(const mi_split_search *search, uint32_t feature, const void *histogram, mi_split *best)
{
	if (search->bins[feature].category)
		mi_split_search_category(search, feature, histogram, best);
	else
		mi_split_search_number(search, feature, histogram, best);
}
