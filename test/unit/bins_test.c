/*
 * Bins: every value is where its bounds say, shares are even, what is missing or rare is apart.
 */
#include <stdlib.h>

#include "core/boosting/bins.h"
#include "random_input.h"
#include "unit.h"

static void
find_bins(mi_bins *bins, const double *sample, size_t count, bool any_missing, uint32_t max_bins,
		  uint32_t min_data_in_bin)
{
	mi_value_buckets *buckets = mi_value_buckets_new(count);
	double *input = mi_value_buckets_input(buckets);
	size_t held = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(sample[i]))
			input[held++] = sample[i] + 0.0;
	mi_value_buckets_fill(buckets, held);
	mi_bins_find_numbers(bins, buckets, any_missing, max_bins, min_data_in_bin);
	mi_value_buckets_release(buckets);
}

static bool
same_bounds(const mi_bins *bins, const double *expected, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bins->map.upper_bounds[i] != expected[i])
			return false;
	return bins->count == count;
}

MI_TEST(few_values_have_a_bin_each_cut_halfway)
{
	double sample[] = {3.0, 1.0, 2.0, 1.0, 2.0, 3.0, 1.0, 7.0};
	double expected[] = {1.5, 2.5, 5.0, INFINITY};
	mi_bins bins;

	find_bins(&bins, sample, 8, false, 255, 1);
	CHECK(same_bounds(&bins, expected, 4));
	CHECK_INT_EQ(mi_bin_of(&bins, 1.5), 0);
	CHECK_INT_EQ(mi_bin_of(&bins, nextafter(1.5, 2.0)), 1);
	CHECK_INT_EQ(mi_bin_of(&bins, -1e300), 0);
	CHECK_INT_EQ(mi_bin_of(&bins, 1e300), 3);
}

MI_TEST(small_bins_are_joined)
{
	double sample[] = {1.0, 2.0, 2.0, 2.0, 3.0, 4.0, 4.0, 4.0, 4.0};
	double expected[] = {2.5, INFINITY};
	mi_bins bins;

	find_bins(&bins, sample, 9, false, 255, 4);
	CHECK(same_bounds(&bins, expected, 2));
}

MI_TEST(neighbouring_doubles_are_told_apart)
{
	double low = 1.0;
	double high = nextafter(1.0, 2.0);
	double sample[] = {low, high, low, high};
	mi_bins bins;

	find_bins(&bins, sample, 4, false, 255, 1);
	CHECK_INT_EQ(bins.count, 2);
	CHECK_INT_EQ(mi_bin_of(&bins, low), 0);
	CHECK_INT_EQ(mi_bin_of(&bins, high), 1);
}

MI_TEST(zeros_of_both_signs_are_one_value)
{
	double sample[] = {-0.0, 0.0, 1.0, -1.0};
	mi_bins bins;

	find_bins(&bins, sample, 4, false, 255, 1);
	CHECK_INT_EQ(bins.count, 3);
	CHECK_INT_EQ(mi_bin_of(&bins, -0.0), mi_bin_of(&bins, 0.0));
}

MI_TEST(nothing_known_is_one_bin_and_that_of_the_missing)
{
	double sample[] = {NAN, NAN};
	mi_bins bins;

	find_bins(&bins, sample, 2, true, 255, 3);
	CHECK_INT_EQ(bins.count, 1);
	CHECK(bins.has_missing);
	CHECK_INT_EQ(mi_bin_of(&bins, NAN), 1);
	CHECK_INT_EQ(mi_bin_of(&bins, 5.0), 0);
}

/* Whatever the values: bins are never more than asked, and each value lies between the bounds of its bin. */
MI_TEST(any_sample_is_binned_in_order)
{
	test_random random = random_seeded("any_sample_is_binned_in_order");
	double sample[3000];
	double values[3000];

	for (int trial = 0; trial < 200; trial++)
	{
		size_t count = 1 + random_below(&random, 3000);
		uint32_t max_bins = 2 + (uint32_t) random_below(&random, 254);
		double coarseness = pow(10.0, 3.0 * random_number(&random));
		bool missing = random_below(&random, 2) == 0;
		uint32_t wrong = 0;
		uint8_t column[3000];
		mi_bins bins;

		for (size_t i = 0; i < count; i++)
		{
			double value = random_number(&random);

			values[i] = floor(value * value * value * coarseness) / coarseness;
			if (missing && random_below(&random, 4) == 0)
				values[i] = NAN;
			sample[i] = values[i];
		}
		find_bins(&bins, sample, count, missing, max_bins, 1 + (uint32_t) random_below(&random, 5));
		CHECK(bins.count + (missing && max_bins > 2) <= max_bins);
		for (uint32_t b = 1; b < bins.count; b++)
			wrong += !(bins.map.upper_bounds[b - 1] < bins.map.upper_bounds[b]);
		mi_bins_of_column(&bins, values, count, column);
		for (size_t i = 0; i < count; i++)
		{
			uint32_t bin = mi_bin_of(&bins, values[i]);

			wrong += column[i] != bin;
			if (isnan(values[i]))
				wrong += bin != bins.count;
			else
				wrong += !(values[i] <= bins.map.upper_bounds[bin]) ||
						 (bin > 0 && !(values[i] > bins.map.upper_bounds[bin - 1]));
		}
		CHECK_INT_EQ(wrong, 0);
	}
}

MI_TEST(many_values_are_shared_out_evenly)
{
	test_random random = random_seeded("many_values_are_shared_out_evenly");
	double sample[20000];
	double values[20000];
	uint32_t held[MI_BINS_MAX] = {0};
	mi_bins bins;

	for (size_t i = 0; i < 20000; i++)
		sample[i] = values[i] = i % 4 == 0 ? 0.25 : exp(3.0 * random_number(&random)); /* a quarter is one value */
	find_bins(&bins, sample, 20000, false, 100, 3);
	for (size_t i = 0; i < 20000; i++)
		held[mi_bin_of(&bins, values[i])]++;
	CHECK(bins.count >= 95 && bins.count <= 100);
	for (uint32_t b = 0; b < bins.count; b++)
		if (b == mi_bin_of(&bins, 0.25))
			CHECK(held[b] >= 5000 && held[b] < 5300);
		else
			CHECK(held[b] > 50 && held[b] < 310);
}

MI_TEST(frequent_categories_have_bins_and_rare_ones_share_that_of_the_missing)
{
	uint64_t counts[] = {5, 0, 100, 50, 7};
	uint8_t column[4];
	mi_bins bins;

	mi_bins_find_categories(&bins, counts, 5, false, 3);
	CHECK_INT_EQ(bins.count, 2);
	CHECK(bins.has_missing);
	CHECK_INT_EQ(mi_bin_of(&bins, 2.0), 0);
	CHECK_INT_EQ(mi_bin_of(&bins, 3.0), 1);
	CHECK_INT_EQ(mi_bin_of(&bins, 4.0), 2);
	mi_bins_of_column(&bins, (double[]){3.0, NAN, 2.0, 4.0}, 4, column);
	CHECK(column[0] == 1 && column[1] == 2 && column[2] == 0 && column[3] == 2);
	CHECK_INT_EQ(mi_bin_of(&bins, 0.0), 2);
	CHECK_INT_EQ(mi_bin_of(&bins, NAN), 2);

	mi_bins_find_categories(&bins, counts, 5, false, 5);
	CHECK_INT_EQ(bins.count, 5);
	CHECK(!bins.has_missing);
	mi_bins_find_categories(&bins, counts, 5, true, 5);
	CHECK_INT_EQ(bins.count, 4);
	CHECK_INT_EQ(mi_bin_of(&bins, 1.0), 4);
}

/* Places in the sorted sample behind which the rule of shares cuts, by nothing but the rule; answers how many. */
static uint32_t
plain_cuts(const double *sorted, size_t count, uint32_t max_bins, size_t *cuts)
{
	double share = (double) count / max_bins;
	double rest = (double) count;
	double rest_bins = max_bins;
	double rest_share;
	double held = 0.0;
	uint32_t found = 0;
	size_t next;

	for (size_t i = 0; i < count; i = next)
	{
		for (next = i; next < count && sorted[next] == sorted[i]; next++)
			;
		if ((double) (next - i) < share)
			continue;
		rest -= (double) (next - i);
		rest_bins--;
	}
	rest_share = rest / rest_bins;
	for (size_t i = 0; i < count && found + 1 < max_bins; i = next)
	{
		size_t after;
		bool large;

		for (next = i; next < count && sorted[next] == sorted[i]; next++)
			;
		if (next == count)
			break;
		for (after = next; after < count && sorted[after] == sorted[next]; after++)
			;
		large = (double) (next - i) >= share;
		held += (double) (next - i);
		rest -= large ? 0.0 : (double) (next - i);
		if (!large && held < rest_share && ((double) (after - next) < share || held < rest_share / 2.0))
			continue;
		cuts[found++] = next - 1;
		held = 0.0;
		if (!large)
			rest_share = rest / --rest_bins;
	}
	return found;
}

/* Samples of which only a part is sorted: with values that fill bins, or are many times the same, or lie in steps. */
MI_TEST(large_samples_are_cut_as_if_they_were_sorted)
{
	test_random random = random_seeded("large_samples_are_cut_as_if_they_were_sorted");
	const size_t most = 60000;
	double *sample = mi_allocate(most * sizeof(double));
	size_t cuts[MI_BINS_MAX];

	for (int trial = 0; trial < 80; trial++)
	{
		size_t count = 10000 + random_below(&random, most - 10000);
		uint32_t max_bins = 2 + (uint32_t) random_below(&random, 254);
		double steps = pow(10.0, 2.0 + 2.0 * fabs(random_number(&random)));
		size_t spikes = 20 + random_below(&random, 100);
		unsigned kind = (unsigned) random_below(&random, 5);
		uint32_t wrong = 0;
		uint32_t expected;
		mi_bins bins;

		/* Spikes of 1.1 shares, and .6 of a share between them, which get a bin each as long as there are any. */
		if (kind == 4)
			max_bins = (uint32_t) (1.7 * (double) spikes);
		for (size_t i = 0; i < count; i++)
		{
			double value = tan(1.5 * random_number(&random));

			if (kind == 1 || (kind == 2 && random_below(&random, 3) == 0))
				value = floor(value * steps) / steps;
			if (kind == 3 && random_below(&random, 4) == 0)
				value = (double) random_below(&random, 5);
			if (kind == 4)
				value = (double) random_below(&random, spikes) +
						(random_below(&random, 17) < 11 ? 0.0 : 0.5 + 0.2 * random_number(&random));
			sample[i] = value;
		}
		find_bins(&bins, sample, count, false, max_bins, 1);
		qsort(sample, count, sizeof(double), ascending);
		expected = plain_cuts(sample, count, max_bins, cuts);
		if (!CHECK_INT_EQ(bins.count, expected + 1))
			continue;
		for (uint32_t b = 0; b < expected; b++)
			wrong += !(bins.map.upper_bounds[b] >= sample[cuts[b]] && bins.map.upper_bounds[b] < sample[cuts[b] + 1]);
		CHECK_INT_EQ(wrong, 0);
	}
	mi_release(sample);
}
