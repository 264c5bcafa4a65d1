/*
 * Double-double arithmetic against a wider format: 113 bits hold every product of two doubles, and are enough to see an
 * error of 2^-104.
 */
#include "unit.h"

#include <float.h>

#include "core/base/double_double.h"
#include "random_input.h"

#if defined(__SIZEOF_FLOAT128__)
typedef __float128 wide;
#define HAVE_WIDE true
#else
typedef long double wide;
#define HAVE_WIDE (LDBL_MANT_DIG >= 113)
#endif

#define ROUNDS 200000
#define UNIT 0x1p-104

static wide
wide_of(mi_dd value)
{
	return (wide) value.hi + (wide) value.lo;
}

static wide
magnitude(wide value)
{
	return value < 0 ? -value : value;
}

/* A normalised pair of either sign, between 2^-30 and 2^30. */
static mi_dd
random_pair(test_random *random)
{
	double hi = ldexp(random_number(random), (int) random_below(random, 60) - 30);

	return mi_dd_quick_two_sum(hi, hi * 0x1p-53 * random_number(random));
}

/* The largest error of one operation so far, in units of 2^-104 of the magnitudes that went in. */
typedef struct worst
{
	const char *operation;
	double units;
	long not_normalised;
} worst;

static void
note_error(worst *seen, mi_dd got, wide exact, wide scale)
{
	double units = (double) (magnitude(wide_of(got) - exact) / (scale * (wide) UNIT));

	seen->units = fmax(seen->units, units);
	seen->not_normalised += got.hi + got.lo != got.hi;
}

static void
check_worst(const worst *seen, double allowed)
{
	printf("%-13s worst error %.2f * 2^-104\n", seen->operation, seen->units);
	CHECK(seen->units <= allowed);
	CHECK_INT_EQ(seen->not_normalised, 0);
}

MI_TEST(sums_and_products_of_doubles_are_exact)
{
	test_random random = random_seeded(__func__);
	long wrong = 0;

	if (!HAVE_WIDE)
	{
		printf("skipped: no type of 113 bits here\n");
		return;
	}
	for (int i = 0; i < ROUNDS; i++)
	{
		double a = ldexp(random_number(&random), (int) random_below(&random, 40) - 20);
		double b = ldexp(random_number(&random), (int) random_below(&random, 40) - 20);

		wrong += wide_of(mi_dd_two_sum(a, b)) != (wide) a + (wide) b;
		wrong += wide_of(mi_dd_two_product(a, b)) != (wide) a * (wide) b;
		if (fabs(a) >= fabs(b))
			wrong += wide_of(mi_dd_quick_two_sum(a, b)) != (wide) a + (wide) b;
	}
	CHECK_INT_EQ(wrong, 0);
}

/* Of a sum, the error is small beside the terms; after cancellation the sum may be small beside them. */
MI_TEST(operations_are_off_by_a_few_units_at_most)
{
	test_random random = random_seeded(__func__);
	worst add = {.operation = "add"};
	worst subtract = {.operation = "subtract"};
	worst multiply = {.operation = "multiply"};
	worst multiply_add = {.operation = "multiply_add"};
	worst divide = {.operation = "divide"};
	worst square_root = {.operation = "square_root"};

	if (!HAVE_WIDE)
		return;
	for (int i = 0; i < ROUNDS; i++)
	{
		mi_dd a = random_pair(&random);
		mi_dd b = random_pair(&random);
		mi_dd c = random_pair(&random);
		wide wa = wide_of(a);
		wide wb = wide_of(b);
		wide wc = wide_of(c);
		mi_dd root;

		note_error(&add, mi_dd_add(a, b), wa + wb, magnitude(wa) + magnitude(wb));
		note_error(&subtract, mi_dd_subtract(a, b), wa - wb, magnitude(wa) + magnitude(wb));
		note_error(&multiply, mi_dd_multiply(a, b), wa * wb, magnitude(wa * wb));
		note_error(&multiply_add, mi_dd_multiply_add(a, b, c), wa + wb * wc, magnitude(wa) + magnitude(wb * wc));
		note_error(&divide, mi_dd_divide(a, b), wa / wb, magnitude(wa / wb));
		if (a.hi < 0.0)
			a = mi_dd_negate(a);
		/* root² is off by twice the relative error of root */
		root = mi_dd_square_root(a);
		note_error(&square_root, root, (wide_of(root) + wide_of(a) / wide_of(root)) / 2, wide_of(root));
	}
	check_worst(&add, 1.0);
	check_worst(&subtract, 1.0);
	check_worst(&multiply, 4.0);
	check_worst(&multiply_add, 4.0);
	check_worst(&divide, 8.0);
	check_worst(&square_root, 8.0);
}

MI_TEST(roots_of_nothing_and_signs_are_as_expected)
{
	CHECK_NEAR(mi_dd_square_root(mi_dd_from(0.0)).hi, 0.0, 0.0);
	CHECK_NEAR(mi_dd_square_root(mi_dd_from(9.0)).hi, 3.0, 0.0);
	CHECK_NEAR(mi_dd_value(mi_dd_negate((mi_dd){1.0, 0x1p-60})), -1.0, 0.0);
	CHECK(isnan(mi_dd_value(mi_dd_add(mi_dd_from(NAN), mi_dd_from(1.0)))));
}
