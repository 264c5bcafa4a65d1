/*
 * Sorting against qsort, on random numbers of every kind.
 */
#include "unit.h"

#include "core/base/sort.h"
#include "random_input.h"

/* Equal as numbers, in every place: bytes may differ, 0 and -0 being equal to qsort. */
static bool
sorts_as_qsort(double *values, size_t count)
{
	double *sorted = mi_sorted_copy(values, count);
	bool same = true;

	if (count > 0)
		qsort(values, count, sizeof(double), ascending);
	for (size_t i = 0; i < count; i++)
		same = same && sorted[i] == values[i];
	mi_release(sorted);
	return same;
}

/* Sizes on both sides of where the method changes; any bits, few distinct values, integers of both signs. */
MI_TEST(random_numbers_are_sorted_as_by_qsort)
{
	static const size_t sizes[] = {0, 1, 2, 3, 63, 64, 65, 66, 1000, 70000};
	test_random random = random_seeded("sort");
	double *values = mi_allocate(70000 * sizeof(double));

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		for (int kind = 0; kind < 4; kind++)
		{
			for (size_t i = 0; i < sizes[s]; i++)
				do
					values[i] = kind == 0   ? random_double_bits(&random)
								: kind == 1 ? (double) random_below(&random, 3) - 1.0
								: kind == 2
									? 1.0 + (double) random_below(&random, 60000) * 0x1p-50 /* the same high half */
									: floor(1e6 * random_number(&random));
				while (isnan(values[i]));
			CHECK(sorts_as_qsort(values, sizes[s]));
		}
	mi_release(values);
}

/* Every place of an array, cut into pieces. */
MI_TEST(ranks_are_those_of_the_sorted_numbers)
{
	test_random random = random_seeded("ranks");
	double values[100];
	const double *pieces[] = {values, values + 30, values + 60, values + 90};

	for (int kind = 0; kind < 3; kind++)
	{
		double *sorted;
		int wrong = 0;

		for (int i = 0; i < 100; i++)
			do
				values[i] =
					kind == 0 ? random_double_bits(&random) : (double) random_below(&random, kind == 1 ? 3 : 300) - 1.0;
			while (isnan(values[i]));
		sorted = mi_sorted_copy(values, 100);
		for (size_t place = 0; place < 100; place++)
		{
			wrong += mi_nth_smallest_of_pieces(pieces, 30, 100, place) != sorted[place];
			wrong += mi_nth_smallest(values, 100, place) != sorted[place];
		}
		CHECK_INT_EQ(wrong, 0);
		CHECK(mi_median_of_pieces(pieces, 30, 100) == sorted[49] / 2.0 + sorted[50] / 2.0);
		CHECK(mi_median_of_pieces(pieces, 30, 99) == mi_nth_smallest(values, 99, 49));
		mi_release(sorted);
	}
}

MI_TEST(infinities_zeros_and_nan_have_their_places)
{
	const double values[] = {NAN, 0.0, INFINITY, -0.0, -INFINITY, 5e-324, -5e-324};
	const double expected[] = {-INFINITY, -5e-324, -0.0, 0.0, 5e-324, INFINITY};
	double *sorted = mi_sorted_copy(values, 7);

	CHECK_BYTES_EQ(sorted, expected, sizeof(expected));
	CHECK(isnan(sorted[6]));
	mi_release(sorted);
}

MI_TEST(the_input_is_left_alone)
{
	const double values[] = {3.0, 1.0, 2.0};
	double *sorted = mi_sorted_copy(values, 3);

	CHECK(values[0] == 3.0 && values[1] == 1.0 && values[2] == 2.0);
	CHECK(sorted[0] == 1.0 && sorted[1] == 2.0 && sorted[2] == 3.0);
	mi_release(sorted);
}
