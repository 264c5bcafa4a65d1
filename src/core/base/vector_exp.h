/*
 * exp() of a number that is not above 0, in arithmetic that the compiler vectorises: the same bits wherever it runs.
 *
 * x = k ln 2 + r, |r| <= ln 2 / 2; exp(r) by its Taylor polynomial of degree 13, whose error there is below 1e-17;
 * times 2^k. Relative error below 4e-16; 0 below -708.
 */
#ifndef MI_VECTOR_EXP_H
#define MI_VECTOR_EXP_H

#include <stdint.h>
#include <string.h>

#include "vector.h"

MI_ALWAYS_INLINE double
mi_exp_of_negative(double x)
{
	const double rounder =
		0x1.8p52; /* added and taken away again: rounds to a whole number, which is in its low bits */
	double clamped = x > -708.0 ? x : -708.0;
	double shifted = clamped * 1.44269504088896340736 + rounder;
	double k = shifted - rounder;
	double r = (clamped - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33; /* ln 2 in two parts */
	double power = 1.0 / 6227020800.0;
	uint64_t bits;
	double scale;

	power = power * r + 1.0 / 479001600.0;
	power = power * r + 1.0 / 39916800.0;
	power = power * r + 1.0 / 3628800.0;
	power = power * r + 1.0 / 362880.0;
	power = power * r + 1.0 / 40320.0;
	power = power * r + 1.0 / 5040.0;
	power = power * r + 1.0 / 720.0;
	power = power * r + 1.0 / 120.0;
	power = power * r + 1.0 / 24.0;
	power = power * r + 1.0 / 6.0;
	power = power * r + 0.5;
	power = power * r + 1.0;
	power = power * r + 1.0;
	memcpy(&bits, &shifted, sizeof(bits));
	bits = (bits + 1023) << 52;
	memcpy(&scale, &bits, sizeof(scale));
	return x > -708.0 ? power * scale : 0.0;
}

#endif
