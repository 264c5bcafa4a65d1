/*
 * Histograms: what is built from rows, by bundles of features, is for every feature what adding up row by row gives.
 */
#include "core/boosting/histogram.h"
#include "random_input.h"
#include "unit.h"

#define MOST_FEATURES 150
#define MOST_ROWS 3000
#define MEMBERS 2

/* Rows made up of bins, and a team of two over them. */
typedef struct made_up
{
	mi_boosting_block block;
	mi_bins bins[MOST_FEATURES];
	uint8_t bin_of[MOST_ROWS][MOST_FEATURES];
	mi_gradient gradients[MOST_ROWS];
	uint32_t lists[MOST_ROWS];
	mi_row_list list[MEMBERS];
	mi_team team[MEMBERS];
	mi_boosting_view view[MEMBERS];
	uint8_t *scratch;
	uint8_t *leaf;
} made_up;

/* Bins with a row of a feature, missing ones included: mostly few, sometimes as many as there can be. */
static uint32_t
make_up_bins(test_random *random, mi_bins *bins)
{
	static const uint32_t most[] = {1, 2, 3, 8, 17, 130, MI_BINS_MAX};
	uint32_t all = 1 + (uint32_t) random_below(random, most[random_below(random, sizeof(most) / sizeof(*most))]);

	*bins = (mi_bins){.has_missing = all > 1 && random_below(random, 2) == 0};
	bins->count = all - bins->has_missing;
	return all;
}

static void
share_out(made_up *made, unsigned member)
{
	mi_boosting_view *view = &made->view[member];

	made->team[member] = (mi_team){.rank = member, .size = MEMBERS};
	*view = (mi_boosting_view){
		.team = &made->team[member],
		.block = &made->block,
		.bins = made->bins,
		.scratch = made->scratch,
		.histogram_size = (size_t) made->block.groups * MI_FEATURE_GROUP * MI_BINS_MAX * 2 * sizeof(int64_t),
		.first_row = made->block.rows * member / MEMBERS,
		.end_row = made->block.rows * (member + 1) / MEMBERS,
		.first_group = made->block.groups * member / MEMBERS,
		.end_group = made->block.groups * (member + 1) / MEMBERS,
	};
	mi_boosting_view_allocate(view);
}

static void
put_row(made_up *made, unsigned member, uint64_t row)
{
	mi_boosting_view *view = &made->view[member];
	uint64_t own = row - view->first_row;

	memset(view->row_bins + own * view->stride, 0, view->stride);
	for (uint32_t bundle = 0; view->column_bins != NULL && bundle < view->stride; bundle++)
		mi_column_of_bins(view, bundle)[own] = 0;
	for (uint32_t i = 0; i < made->block.features; i++)
	{
		mi_bundled_feature feature = view->bundled[i];
		uint8_t share = (uint8_t) (made->bin_of[row][i] * feature.weight);

		view->row_bins[own * view->stride + feature.bundle] += share;
		if (view->column_bins != NULL)
			mi_column_of_bins(view, feature.bundle)[own] += share;
	}
	if (made->block.growth.quantized)
		view->packed[own] = (int64_t) ((uint64_t) (int64_t) made->gradients[row].gradient << 32) +
							(int64_t) made->gradients[row].hessian;
}

/* All of a member's rows, or some. */
static void
list_rows(made_up *made, test_random *random, unsigned member)
{
	bool all = random_below(random, 2) == 0;
	mi_row_list *list = &made->list[member];

	*list = (mi_row_list){.rows = made->lists + made->view[member].first_row};
	for (uint64_t row = made->view[member].first_row; row < made->view[member].end_row; row++)
		if (all || random_below(random, 3) == 0)
			list->rows[list->count++] = (uint32_t) row;
}

static made_up *
make_up(test_random *random)
{
	made_up *made = calloc(1, sizeof(*made));
	mi_boosting_block *block = &made->block;
	size_t size;

	block->features = 1 + (uint32_t) random_below(random, MOST_FEATURES);
	block->groups = (block->features + MI_FEATURE_GROUP - 1) / MI_FEATURE_GROUP;
	block->rows = 2 + random_below(random, MOST_ROWS - 1);
	block->by_column = random_below(random, 2) == 0;
	block->growth.quantized = random_below(random, 2) == 0;
	for (uint32_t i = 0; i < block->features; i++)
	{
		uint32_t bins = make_up_bins(random, &made->bins[i]);

		for (uint64_t row = 0; row < block->rows; row++)
			made->bin_of[row][i] = (uint8_t) random_below(random, bins);
	}
	for (uint64_t row = 0; row < block->rows; row++)
		made->gradients[row] =
			(mi_gradient){(float) random_below(random, 2001) - 1000.0F, (float) random_below(random, 1000)};
	size = (size_t) block->groups * MI_FEATURE_GROUP * MI_BINS_MAX * 2 * sizeof(int64_t);
	made->scratch = malloc(MEMBERS * size);
	made->leaf = calloc(1, size);
	for (unsigned member = 0; member < MEMBERS; member++)
	{
		share_out(made, member);
		for (uint64_t row = made->view[member].first_row; row < made->view[member].end_row; row++)
			put_row(made, member, row);
		list_rows(made, random, member);
	}
	return made;
}

static void
throw_away(made_up *made)
{
	for (unsigned member = 0; member < MEMBERS; member++)
		mi_boosting_view_release(&made->view[member]);
	free(made->scratch);
	free(made->leaf);
	free(made);
}

static void
build(made_up *made)
{
	for (unsigned member = 0; member < MEMBERS; member++)
	{
		const mi_boosting_view *view = &made->view[member];
		void *scratch = mi_scratch_histogram(view, member);

		mi_histogram_clear(view, scratch);
		mi_histogram_build(view, made->gradients, 1.0, 1.0, made->list[member], scratch);
	}
	for (unsigned member = 0; member < MEMBERS; member++)
		mi_histogram_reduce(&made->view[member], made->leaf);
}

static bool
as_added_up(const made_up *made, uint32_t feature)
{
	int64_t gradients[MI_BINS_MAX] = {0};
	int64_t hessians[MI_BINS_MAX] = {0};
	const int64_t *found =
		(const int64_t *) made->leaf + (size_t) feature * MI_BINS_MAX * (made->block.growth.quantized ? 1 : 2);

	for (unsigned member = 0; member < MEMBERS; member++)
		for (uint32_t i = 0; i < made->list[member].count; i++)
		{
			uint32_t row = made->list[member].rows[i];

			gradients[made->bin_of[row][feature]] += (int64_t) made->gradients[row].gradient;
			hessians[made->bin_of[row][feature]] += (int64_t) made->gradients[row].hessian;
		}
	for (uint32_t bin = 0; bin < MI_BINS_MAX; bin++)
		if (made->block.growth.quantized ? found[bin] != (int64_t) ((uint64_t) gradients[bin] << 32) + hessians[bin]
										 : found[2 * bin] != gradients[bin] || found[2 * bin + 1] != hessians[bin])
			return false;
	return true;
}

MI_TEST(every_feature_has_its_sums)
{
	test_random random = random_seeded("every_feature_has_its_sums");
	uint32_t shared = 0;

	for (int trial = 0; trial < 60; trial++)
	{
		made_up *made = make_up(&random);
		uint32_t right = 0;

		build(made);
		for (uint32_t i = 0; i < made->block.features; i++)
		{
			right += as_added_up(made, i);
			shared += !made->view[0].bundled[i].alone;
		}
		CHECK_INT_EQ(right, made->block.features);
		throw_away(made);
	}
	CHECK(shared > 100);
}

MI_TEST(a_byte_says_the_bins_of_its_features)
{
	test_random random = random_seeded("a_byte_says_the_bins_of_its_features");
	static mi_bins bins[MOST_FEATURES];
	static mi_bundled_feature features[MOST_FEATURES];
	static uint32_t combinations[MOST_FEATURES];

	for (int trial = 0; trial < 200; trial++)
	{
		uint32_t count = 1 + (uint32_t) random_below(&random, MOST_FEATURES);
		uint32_t bundles;
		uint32_t right = 0;
		uint32_t byte[MOST_FEATURES] = {0};
		uint32_t bin[MOST_FEATURES];

		for (uint32_t i = 0; i < count; i++)
			make_up_bins(&random, &bins[i]);
		bundles = mi_bundle_features(bins, count, features);
		for (uint32_t i = 0; i < bundles; i++)
			combinations[i] = 1;
		for (uint32_t i = 0; i < count; i++)
		{
			CHECK(features[i].bundle < bundles && features[i].bins == bins[i].count + bins[i].has_missing);
			combinations[features[i].bundle] *= features[i].bins;
			bin[i] = (uint32_t) random_below(&random, features[i].bins);
			byte[features[i].bundle] += bin[i] * features[i].weight;
		}
		for (uint32_t i = 0; i < count; i++)
		{
			CHECK(combinations[features[i].bundle] <= MI_BINS_MAX && byte[features[i].bundle] < MI_BINS_MAX);
			right += mi_bundled_bin(features[i], byte[features[i].bundle]) == bin[i];
		}
		CHECK_INT_EQ(right, count);
	}
}

MI_TEST(flags_share_a_byte_by_eights)
{
	mi_bins bins[17];
	mi_bundled_feature features[17];

	for (int i = 0; i < 17; i++)
		bins[i] = (mi_bins){.count = 2};
	CHECK_INT_EQ(mi_bundle_features(bins, 16, features), 2);
	CHECK_INT_EQ(mi_bundle_features(bins, 17, features), 3);
	CHECK(features[16].alone && !features[15].alone);
	bins[0].count = 1;
	bins[1] = (mi_bins){.count = MI_BINS_MAX - 1, .has_missing = true};
	CHECK_INT_EQ(mi_bundle_features(bins, 2, features), 1);
	CHECK_INT_EQ(features[0].weight, MI_BINS_MAX);
}
