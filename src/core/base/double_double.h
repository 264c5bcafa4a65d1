/*
 * Numbers of 106 bits as the unevaluated sum of two doubles, hi + lo with |lo| <= ulp(hi)/2.
 *
 * Why not long double: it is 64 bits wide on x86-64, 113 bits in slow software on arm64 and 53 bits elsewhere, has no
 * vector form, and its bytes mean nothing to another machine. A pair of doubles is the same everywhere, vectorises, and
 * is stored as it is. The error of one operation is below 2^-103 of its terms.
 *
 * T. J. Dekker, "A floating-point technique for extending the available precision", Numer. Math. 18 (1971);
 * D. E. Knuth, TAOCP vol. 2, 4.2.2, theorem B (two_sum); Y. Hida, X. S. Li, D. H. Bailey, ARITH-15 (2001).
 * The library is compiled with -ffp-contract=off: a fused operation where none is written would break these.
 */
#ifndef MI_DOUBLE_DOUBLE_H
#define MI_DOUBLE_DOUBLE_H

#include <math.h>

typedef struct mi_dd
{
	double hi;
	double lo;
} mi_dd;

static inline mi_dd
mi_dd_from(double value)
{
	return (mi_dd){value, 0.0};
}

/* a + b exactly, when |a| >= |b| or a = 0. */
static inline mi_dd
mi_dd_quick_two_sum(double a, double b)
{
	double sum = a + b;

	return (mi_dd){sum, b - (sum - a)};
}

/* a + b exactly. */
static inline mi_dd
mi_dd_two_sum(double a, double b)
{
	double sum = a + b;
	double b_part = sum - a;

	return (mi_dd){sum, (a - (sum - b_part)) + (b - b_part)};
}

/* a * b exactly, short of underflow. */
static inline mi_dd
mi_dd_two_product(double a, double b)
{
	double product = a * b;

	return (mi_dd){product, fma(a, b, -product)};
}

static inline mi_dd
mi_dd_negate(mi_dd a)
{
	return (mi_dd){-a.hi, -a.lo};
}

static inline mi_dd
mi_dd_add(mi_dd a, mi_dd b)
{
	mi_dd sum = mi_dd_two_sum(a.hi, b.hi);

	return mi_dd_quick_two_sum(sum.hi, sum.lo + (a.lo + b.lo));
}

static inline mi_dd
mi_dd_subtract(mi_dd a, mi_dd b)
{
	return mi_dd_add(a, mi_dd_negate(b));
}

static inline mi_dd
mi_dd_multiply(mi_dd a, mi_dd b)
{
	mi_dd product = mi_dd_two_product(a.hi, b.hi);

	return mi_dd_quick_two_sum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

/* a + b * c, normalised once. */
static inline mi_dd
mi_dd_multiply_add(mi_dd a, mi_dd b, mi_dd c)
{
	mi_dd product = mi_dd_two_product(b.hi, c.hi);
	mi_dd sum = mi_dd_two_sum(a.hi, product.hi);

	return mi_dd_quick_two_sum(sum.hi, sum.lo + (a.lo + (product.lo + (b.hi * c.lo + b.lo * c.hi))));
}

/* Two steps of long division; b not zero. */
static inline mi_dd
mi_dd_divide(mi_dd a, mi_dd b)
{
	double first = a.hi / b.hi;
	mi_dd rest = mi_dd_multiply_add(a, mi_dd_from(-first), b);
	double second = rest.hi / b.hi;

	rest = mi_dd_multiply_add(rest, mi_dd_from(-second), b);
	return mi_dd_add(mi_dd_quick_two_sum(first, second), mi_dd_from(rest.hi / b.hi));
}

/* One Newton step from the double root; a >= 0. */
static inline mi_dd
mi_dd_square_root(mi_dd a)
{
	double root = sqrt(a.hi);
	mi_dd rest;

	if (root == 0.0)
		return mi_dd_from(0.0);
	rest = mi_dd_subtract(a, mi_dd_two_product(root, root));
	return mi_dd_quick_two_sum(root, rest.hi / (2.0 * root));
}

static inline double
mi_dd_value(mi_dd a)
{
	return a.hi + a.lo;
}

#endif
