/*
 * The block of memory that a team boosts in: what is where, and a member's view of it.
 *
 * Rows are owned: member m works on a range of rows of its own, whole chunks of MI_BOOSTING_CHUNK, and no other
 * touches what belongs to them. Only histograms and found splits change hands. Bins of rows and packed gradients, the
 * most of it all, are in memory of each member's own, which the system can give in large pages; the rest is in the
 * block.
 */
#ifndef MI_BOOSTING_BLOCK_H
#define MI_BOOSTING_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/team.h"
#include "bins.h"
#include "feature_bundles.h"
#include "objective.h"
#include "row_spool.h"

#define MI_BOOSTING_CHUNK \
	4096 /* rows, a multiple of MI_SPOOL_ROWS; sums over rows are sums over chunks, whoever owns them */
#define MI_BOOSTING_MEMBERS 64 /* of a team, at most */
#define MI_FEATURE_GROUP 8     /* features that a member searches, or bundles whose bytes are read as one word */
#define MI_ROW_PIECE 32        /* bytes of a row's bins that are copied at a time, and so can be read behind the last */
#define MI_ROW_ALIGNMENT 64    /* bytes: the histogram kernel reads no row across more cache lines than it must */

/* How trees are grown: options that are plain numbers, checked. */
typedef struct mi_growth_params
{
	uint32_t num_leaves;
	uint32_t max_depth; /* 0: none */
	double min_data_in_leaf;
	double min_sum_hessian_in_leaf;
	double min_gain_to_split;
	double lambda_l1;
	double lambda_l2;
	double max_delta_step; /* 0: none */
	double cat_smooth;
	double cat_l2;
	uint32_t max_cat_threshold;
	uint32_t max_cat_to_onehot;
	double min_data_per_group;
	double feature_fraction;
	double feature_fraction_bynode;
	double bagging_fraction;
	uint32_t bagging_freq;
	bool quantized;
	uint64_t seed;
} mi_growth_params;

/* A way to part the rows of a leaf; gradients and hessians in the units of the histograms. */
typedef struct mi_split
{
	double gain; /* above that of not splitting; <= 0: there is no split */
	uint32_t feature;
	uint32_t bin; /* numbers: bins up to it go left */
	bool category;
	bool default_left;
	double left_gradient;
	double left_hessian;
	double left_value; /* of the child as a leaf, in real units */
	double right_value;
	uint32_t set[MI_BINS_MAX / 32]; /* categories: bins that go left */
} mi_split;

static inline bool
mi_split_goes_left(const mi_split *split, const mi_bins *bins, uint32_t bin)
{
	if (split->category)
		return bin < bins->count && (split->set[bin / 32] >> bin % 32 & 1);
	return bin == bins->count ? split->default_left : bin <= split->bin;
}

/* At the start of the block. Offsets are bytes from there. */
typedef struct mi_boosting_block
{
	size_t size;
	uint64_t rows;
	uint32_t features;
	uint32_t groups; /* of MI_FEATURE_GROUP features */
	uint32_t outputs;
	uint32_t chunks;
	bool weighted;
	bool held_out;  /* some rows are */
	bool by_column; /* bins lie by column as well: a second copy, for speed */
	mi_growth_params growth;
	mi_objective objective;
	double learning_rate;
	uint32_t iterations;           /* asked for */
	uint32_t early_stopping_round; /* 0: never */
	bool boost_from_average;
	double base_scores[MI_FOREST_MAX_OUTPUTS];

	mi_spool_ticket spool; /* of the rows */
	uint64_t sample_rows;
	uint32_t max_bin;
	uint32_t min_data_in_bin;

	void *leader; /* the leader's own affairs: nobody else may look */
	bool stop;    /* said by the leader between two meetings */
	size_t at_bins;
	size_t at_monotone;
	size_t at_held_out;
	size_t at_spool_chunks;
	size_t at_targets;
	size_t at_weights;
	size_t at_scores;
	size_t at_gradients;
	size_t at_row_lists;
	size_t at_spare_lists;
	size_t at_losses;
	size_t at_scratch;
	size_t at_leaf_histograms;
	size_t at_leaf_rows;
	size_t at_leaf_sums;
	size_t at_leaf_values;

	/* What members tell each other. */
	struct
	{
		double largest_gradient;
		double largest_hessian;
		mi_split best[2];
	} told[MI_BOOSTING_MEMBERS];
} mi_boosting_block;

/* What is at an offset of the block. */
static inline void *
mi_boosting_at(mi_boosting_block *block, size_t offset)
{
	return (uint8_t *) block + offset;
}

/* A member's rows in a leaf: where they are in its part of the row lists, which begins at its first row. */
typedef struct mi_row_range
{
	uint32_t begin;
	uint32_t count;
} mi_row_range;

/* One member's pointers into the block. */
typedef struct mi_boosting_view
{
	mi_team *team;
	mi_boosting_block *block;
	mi_bins *bins;               /* by feature */
	int8_t *monotone;            /* by feature: -1, 0, 1 */
	mi_bundled_feature *bundled; /* by feature: where its bin is */
	uint32_t bundles;
	uint32_t stride;      /* bytes of bins a row: one for each bundle, filled up to whole groups */
	uint8_t *row_bins;    /* of the member's own rows, stride apart */
	uint8_t *column_bins; /* the same by column, column_stride apart; NULL when there are none */
	size_t column_stride;
	int64_t *packed;  /* of the same rows: gradient in the high half, hessian in the low one */
	void *own_memory; /* that these are in; the rest is in the block */
	mi_row_chunk *spool_chunks;
	double *targets;          /* by row */
	float *weights;           /* by row; NULL when all are 1 */
	uint8_t *held_out;        /* by row */
	double *scores;           /* outputs × rows, without base scores */
	mi_gradient *gradients;   /* outputs × rows */
	uint32_t *row_lists;      /* each member's rows, leaf by leaf */
	uint32_t *spare_lists;    /* for the parting */
	uint32_t *leaf_of;        /* by row, in the same place: its leaf, when the tree is grown */
	uint8_t *sampled;         /* by row: bins are found from it; ends with the first parting */
	double *losses;           /* by chunk: of training rows; then of rows held out */
	uint8_t *scratch;         /* by member: a histogram */
	uint8_t *leaf_histograms; /* by leaf */
	mi_row_range *leaf_rows;  /* by member and leaf */
	int64_t *leaf_sums;       /* by member and leaf: gradient, hessian, in fixed point */
	double *leaf_values;      /* by leaf */
	size_t histogram_size;
	uint64_t first_row; /* of the member's own */
	uint64_t end_row;
	uint32_t first_group; /* of features that the member searches */
	uint32_t end_group;
} mi_boosting_view;

/* What a block for so many rows and a team of up to so many takes. */
extern size_t mi_boosting_block_layout(mi_boosting_block *block, unsigned members);

/* And what members have beside it, at most. */
extern size_t mi_boosting_own_size(const mi_boosting_block *block, uint64_t rows);

/* A bundle's bytes, of the member's own rows, where they lie by column. */
static inline uint8_t *
mi_column_of_bins(const mi_boosting_view *view, uint32_t bundle)
{
	return view->column_bins + bundle * view->column_stride;
}

extern mi_boosting_view mi_boosting_view_of(mi_team *team);
extern void mi_boosting_view_allocate(mi_boosting_view *view); /* its own memory, when bins have been found */
extern void mi_boosting_view_release(mi_boosting_view *view);

#endif
