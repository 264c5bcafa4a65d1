/*
 * Area under the ROC curve and precision at a share, against definitions counted out pair by pair and order by order.
 */
#include "unit.h"

#include "core/base/sort.h"
#include "core/metrics/ranking_metrics.h"
#include "random_input.h"

static mi_scores
sorted(const double *values, size_t count)
{
	return (mi_scores){mi_sorted_copy(values, count), count};
}

static void
release(mi_scores scores)
{
	mi_release((double *) scores.sorted);
}

static double
auc_by_pairs(mi_scores positives, mi_scores negatives)
{
	double wins = 0.0;

	for (size_t i = 0; i < positives.count; i++)
		for (size_t j = 0; j < negatives.count; j++)
			wins += positives.sorted[i] > negatives.sorted[j]    ? 1.0
					: positives.sorted[i] == negatives.sorted[j] ? 0.5
																 : 0.0;
	return wins / ((double) positives.count * (double) negatives.count);
}

/* A score above the threshold is a hit for sure; of equal ones, each has the chance that random order gives it. */
static double
precision_by_chance(mi_scores positives, mi_scores negatives, size_t top)
{
	double hits = 0.0;

	for (size_t i = 0; i < positives.count; i++)
	{
		double above = 0.0;
		double tied = 0.0;

		for (size_t j = 0; j < positives.count; j++)
		{
			above += positives.sorted[j] > positives.sorted[i];
			tied += positives.sorted[j] == positives.sorted[i];
		}
		for (size_t j = 0; j < negatives.count; j++)
		{
			above += negatives.sorted[j] > positives.sorted[i];
			tied += negatives.sorted[j] == positives.sorted[i];
		}
		hits += fmin(1.0, fmax(0.0, ((double) top - above) / tied));
	}
	return hits / (double) top;
}

/* From all scores equal to hardly any tie; counts of integers, so exact. */
MI_TEST(random_scores_agree_with_counting)
{
	static const size_t distinct[] = {1, 2, 5, 30, 100000};
	test_random random = random_seeded("auc and precision");

	for (int trial = 0; trial < 200; trial++)
	{
		double values[2][60];
		size_t counts[2] = {1 + random_below(&random, 60), 1 + random_below(&random, 60)};
		size_t rows = counts[0] + counts[1];
		size_t top = 1 + random_below(&random, rows);
		mi_scores positives;
		mi_scores negatives;
		double result;

		for (int outcome = 0; outcome < 2; outcome++)
			for (size_t i = 0; i < counts[outcome]; i++)
				values[outcome][i] = (double) random_below(&random, distinct[trial % 5]) - 2.0;
		positives = sorted(values[0], counts[0]);
		negatives = sorted(values[1], counts[1]);
		CHECK(mi_auc(positives, negatives, &result));
		CHECK_NEAR(result, auc_by_pairs(positives, negatives), 0.0);
		CHECK(mi_precision_at(positives, negatives, (double) top / (double) rows, &result));
		CHECK_NEAR(result, precision_by_chance(positives, negatives, top), 1e-14);
		release(positives);
		release(negatives);
	}
}

MI_TEST(extremes)
{
	const double low[] = {-INFINITY, 1.0};
	const double high[] = {2.0, INFINITY};
	const double zeros[] = {-0.0, 0.0};
	const mi_scores none = {low, 0};
	double result;

	CHECK(mi_auc((mi_scores){high, 2}, (mi_scores){low, 2}, &result) && result == 1.0);
	CHECK(mi_auc((mi_scores){low, 2}, (mi_scores){high, 2}, &result) && result == 0.0);
	CHECK(mi_auc((mi_scores){zeros, 1}, (mi_scores){zeros + 1, 1}, &result) && result == 0.5);
	CHECK(!mi_auc((mi_scores){low, 2}, none, &result));
	CHECK(!mi_auc(none, (mi_scores){low, 2}, &result));
	CHECK(!mi_auc(none, none, &result));
	CHECK(mi_precision_at((mi_scores){low, 2}, none, 1e-300, &result) && result == 1.0);
	CHECK(mi_precision_at(none, (mi_scores){low, 2}, 1.0, &result) && result == 0.0);
	CHECK(!mi_precision_at(none, none, 0.5, &result));
}

/* Of 100 rows with scores 1 … 100 the upper seven were yes: .07 is seven rows, though .07 * 100 is above 7. */
MI_TEST(a_share_is_rounded_up_but_not_for_rounding)
{
	double values[100];
	double result;

	for (int i = 0; i < 100; i++)
		values[i] = i + 1;
	CHECK(0.07 * 100 > 7.0);
	CHECK(mi_precision_at((mi_scores){values + 93, 7}, (mi_scores){values, 93}, 0.07, &result));
	CHECK_NEAR(result, 1.0, 0.0);
	CHECK(mi_precision_at((mi_scores){values + 93, 7}, (mi_scores){values, 93}, 0.0701, &result));
	CHECK_NEAR(result, 7.0 / 8.0, 1e-15);
}

MI_TEST(nan_scores_and_shares_out_of_range_are_refused)
{
	mi_error error = {0};

	CHECK_INT_EQ(mi_check_score(NAN, &error), MI_OUT_OF_RANGE);
	CHECK_STR_EQ(error.message, "score is NaN, which has no rank");
	CHECK_INT_EQ(mi_check_score(-INFINITY, &error), MI_OK);
	CHECK_INT_EQ(mi_check_share(0.0, &error), MI_INVALID_ARGUMENT);
	CHECK_INT_EQ(mi_check_share(1.5, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "share must be above 0 and at most 1, not 1.5");
	CHECK_INT_EQ(mi_check_share(NAN, &error), MI_INVALID_ARGUMENT);
	CHECK_INT_EQ(mi_check_share(1.0, &error), MI_OK);
}
