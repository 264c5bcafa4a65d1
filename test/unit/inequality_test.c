/*
 * Inequality against definitions: pairwise differences, entropy, squared shares, a curve drawn person by person.
 */
#include "unit.h"

#include "core/base/sort.h"
#include "core/metrics/inequality.h"
#include "core/metrics/lorenz.h"
#include "random_input.h"

#define MANY 200

/* Exposures with ties and zeros; a few large ones. */
static size_t
draw_exposures(test_random *random, double *exposures)
{
	size_t count = 1 + random_below(random, MANY);

	for (size_t i = 0; i < count; i++)
		exposures[i] = random_below(random, 4) == 0    ? 0.0
					   : random_below(random, 10) == 0 ? 1e6 * fabs(random_number(random))
													   : (double) random_below(random, 50);
	exposures[0] += 1.0;
	return count;
}

static mi_exposure_sums
sums_of(const double *exposures, size_t count)
{
	mi_exposure_sums sums = {0};

	for (size_t i = 0; i < count; i++)
		mi_exposure_sums_add(&sums, exposures[i]);
	return sums;
}

static double
gini_by_pairs(const double *x, size_t count, double total)
{
	double differences = 0.0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			differences += fabs(x[i] - x[j]);
	return differences / (2.0 * (double) count * total);
}

/* What the poorest so many thousandths hold, of everybody cut into a thousand slices. */
static double
share_by_slices(const double *sorted, size_t count, size_t slices, double total)
{
	double sum = 0.0;

	for (size_t i = 0; i < slices * count; i++)
		sum += sorted[i / 1000] / 1000.0;
	return sum / total;
}

MI_TEST(random_exposures_agree_with_the_definitions)
{
	test_random random = random_seeded("inequality");

	for (int trial = 0; trial < 100; trial++)
	{
		double x[MANY];
		size_t count = draw_exposures(&random, x);
		mi_exposure_sums sums = sums_of(x, count);
		double *sorted = mi_sorted_copy(x, count);
		double total = 0.0;
		double theil = 0.0;
		double squares = 0.0;
		double result;
		double opposite;

		for (size_t i = 0; i < count; i++)
			total += x[i];
		for (size_t i = 0; i < count; i++)
		{
			double relative = x[i] / (total / (double) count);

			theil += relative > 0.0 ? relative * log(relative) / (double) count : 0.0;
			squares += x[i] / total * (x[i] / total);
		}
		CHECK(mi_theil(&sums, &result));
		CHECK(fabs(result - theil) < 1e-13);
		CHECK(mi_herfindahl(&sums, &result));
		CHECK_NEAR(result, squares, 1e-13);
		CHECK(mi_gini(sorted, count, &result));
		CHECK(fabs(result - gini_by_pairs(x, count, total)) < 1e-13);
		CHECK(mi_lorenz_share(sorted, count, 0.25, &result));
		CHECK(fabs(result - share_by_slices(sorted, count, 250, total)) < 1e-11);
		CHECK(mi_top_share(sorted, count, 0.75, &opposite));
		CHECK(fabs(result + opposite - 1.0) < 1e-14);
		mi_release(sorted);
	}
}

/* The Gini index is one less twice the area under the curve: by trapezoids, exact where the curve bends at points. */
MI_TEST(the_area_under_the_curve_is_what_gini_says)
{
	test_random random = random_seeded("Lorenz curve");
	double x[MANY];
	double shares[MANY * 3 + 1];
	size_t count = draw_exposures(&random, x);
	double *sorted = mi_sorted_copy(x, count);
	double area = 0.0;
	double gini;

	CHECK(mi_lorenz_curve(sorted, count, 3 * count, shares));
	CHECK(shares[0] == 0.0 && shares[3 * count] == 1.0);
	for (size_t i = 0; i < 3 * count; i++)
		area += (shares[i] + shares[i + 1]) / 2.0 / (3.0 * (double) count);
	CHECK(mi_gini(sorted, count, &gini));
	CHECK(fabs(gini - (1.0 - 2.0 * area)) < 1e-13);
	mi_release(sorted);
}

MI_TEST(extremes)
{
	const double equal[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
	const double one_has_all[] = {0.0, 0.0, 0.0, 5.0};
	const double zeros[] = {0.0, 0.0};
	mi_exposure_sums sums = sums_of(equal, 7);
	double result;

	CHECK(mi_gini(equal, 7, &result) && result == 0.0);
	CHECK(mi_theil(&sums, &result) && result < 1e-15);
	CHECK(mi_herfindahl(&sums, &result));
	CHECK_NEAR(result, 1.0 / 7.0, 1e-15);
	CHECK(mi_lorenz_share(equal, 7, 0.3, &result));
	CHECK_NEAR(result, 0.3, 1e-15);

	sums = sums_of(one_has_all, 4);
	CHECK(mi_gini(one_has_all, 4, &result) && result == 0.75);
	CHECK(mi_theil(&sums, &result));
	CHECK_NEAR(result, log(4.0), 1e-15);
	CHECK(mi_herfindahl(&sums, &result) && result == 1.0);
	CHECK(mi_top_share(one_has_all, 4, 0.125, &result) && result == 0.5);
	CHECK(mi_lorenz_share(one_has_all, 4, 0.0, &result) && result == 0.0);
	CHECK(mi_lorenz_share(one_has_all, 4, 1.0, &result) && result == 1.0);
	CHECK(mi_top_share(one_has_all, 4, 0.0, &result) && result == 0.0);
	CHECK(mi_top_share(one_has_all, 4, 1.0, &result) && result == 1.0);

	sums = sums_of(one_has_all + 3, 1);
	CHECK(mi_gini(one_has_all + 3, 1, &result) && result == 0.0);
	CHECK(mi_theil(&sums, &result) && result == 0.0);

	sums = sums_of(zeros, 2);
	CHECK(!mi_gini(zeros, 2, &result));
	CHECK(!mi_theil(&sums, &result));
	CHECK(!mi_herfindahl(&sums, &result));
	CHECK(!mi_lorenz_share(zeros, 2, 0.5, &result));
	CHECK(!mi_top_share(zeros, 2, 0.5, &result));
	CHECK(!mi_gini(zeros, 0, &result));
}

/* Neither the order of rows nor how they are spread over partial sums shows in the result. */
MI_TEST(partial_sums_combine_to_the_same_result)
{
	test_random random = random_seeded("partial sums");
	mi_exposure_sums forwards = {0};
	mi_exposure_sums parts[3] = {0};
	double all;
	double combined;

	for (int i = 0; i < 10000; i++)
	{
		double exposure = exp(10.0 * random_number(&random));

		mi_exposure_sums_add(&forwards, exposure);
		mi_exposure_sums_add(&parts[random_below(&random, 3)], exposure);
	}
	mi_exposure_sums_combine(&parts[2], &parts[0]);
	mi_exposure_sums_combine(&parts[2], &parts[1]);
	CHECK(mi_theil(&forwards, &all) && mi_theil(&parts[2], &combined));
	CHECK_NEAR(combined, all, 0.0);
	CHECK(mi_herfindahl(&forwards, &all) && mi_herfindahl(&parts[2], &combined));
	CHECK_NEAR(combined, all, 0.0);
}

MI_TEST(what_cannot_be_an_exposure_is_refused)
{
	const double tiny[] = {1e-200, 2e-200};
	mi_exposure_sums sums = sums_of(tiny, 2);
	mi_error error = {0};

	CHECK_INT_EQ(mi_check_exposure(-0.5, &error), MI_OUT_OF_RANGE);
	CHECK_STR_EQ(error.message, "exposure must not be negative, but one is -0.5");
	CHECK_INT_EQ(mi_check_exposure(NAN, &error), MI_OUT_OF_RANGE);
	CHECK_INT_EQ(mi_check_exposure(INFINITY, &error), MI_OUT_OF_RANGE);
	CHECK_STR_EQ(error.message, "exposure must be a number up to 1e+140, but one is inf");
	CHECK_INT_EQ(mi_check_exposure(-0.0, &error), MI_OK);
	CHECK_INT_EQ(mi_check_squares(&sums, &error), MI_OUT_OF_RANGE);
	CHECK_INT_EQ(mi_check_fraction(1.25, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "fraction must be between 0 and 1, not 1.25");
	CHECK_INT_EQ(mi_check_fraction(NAN, &error), MI_INVALID_ARGUMENT);
}
