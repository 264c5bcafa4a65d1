/*
 * The best split of a leaf, from its histograms.
 *
 * gain = T(G_L)² / (H_L + l2) + T(G_R)² / (H_R + l2) - T(G)² / (H + l2), T(G) = sign(G) max(|G| - l1, 0), for a leaf's
 * value of -T(G) / (H + l2). T. Chen, C. Guestrin, "XGBoost", KDD 2016, (7), without its 1/2; where a value is bounded
 * (max_delta_step, monotone constraints), -2 T(G) v - (H + l2) v² takes the place of a term.
 */
#ifndef MI_SPLIT_SEARCH_H
#define MI_SPLIT_SEARCH_H

#include "boosting_block.h"

/* A leaf to be split. Sums are in histogram units; times the scales they are real. */
typedef struct mi_leaf_sums
{
	double gradient;
	double hessian;
	double rows;
	double lowest; /* bounds of its value and of those below, by monotone constraints */
	double highest;
} mi_leaf_sums;

typedef struct mi_split_search
{
	const mi_growth_params *growth;
	const mi_bins *bins;
	const int8_t *monotone;
	double gradient_scale;
	double hessian_scale;
	bool bounded; /* values are, or there is an l1: the general formula */
	const mi_leaf_sums *leaf;
	double parent_gain;
	double rows_per_hessian; /* a bin's rows are told by its share of the hessians, exactly where they are constant */
} mi_split_search;

/* The value of a leaf with these real sums. */
extern double mi_leaf_value(const mi_growth_params *growth, double gradient, double hessian, const mi_leaf_sums *leaf);

/* Sums up what the search of one leaf needs; monotone: whether any feature is constrained. */
extern mi_split_search mi_split_search_begin(const mi_boosting_view *view, double gradient_scale, double hessian_scale,
											 bool monotone, const mi_leaf_sums *leaf);

/* Betters *best by the splits on one feature, whose histogram this is. */
extern void
mi_split_search_feature(const mi_split_search *search, uint32_t feature, const void *histogram, mi_split *best);

/* For the two kinds of features; see above. */
extern void
mi_split_search_number(const mi_split_search *search, uint32_t feature, const void *histogram, mi_split *best);
extern void
mi_split_search_category(const mi_split_search *search, uint32_t feature, const void *histogram, mi_split *best);

/* Sums of a bin. */
typedef struct mi_bin_sums
{
	double gradient;
	double hessian;
} mi_bin_sums;

static inline mi_bin_sums
mi_bin_sums_of(const void *histogram, bool quantized, uint32_t bin)
{
	if (quantized)
	{
		int64_t packed = ((const int64_t *) histogram)[bin];

		return (mi_bin_sums){(double) (int32_t) (packed >> 32), (double) (uint32_t) packed};
	}
	return (mi_bin_sums){(double) ((const int64_t *) histogram)[2 * bin],
						 (double) ((const int64_t *) histogram)[2 * bin + 1]};
}

/* The gain of parting the leaf so, above not doing it; -INFINITY when it may not be done. extra_l2: of categories. */
extern double mi_split_gain(const mi_split_search *search, double left_gradient, double left_hessian, double extra_l2,
							int monotone, double least_rows);

/* Fills in the values of the children. */
extern void mi_split_set_values(const mi_split_search *search, double extra_l2, mi_split *split);

#endif
