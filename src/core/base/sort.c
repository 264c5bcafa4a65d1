/*
 * Sorting of numbers; see sort.h.
 */
#include "sort.h"

#include <stdint.h>
#include <string.h>

#include "host.h"

#define DIGITS 8                  /* of a number, each of a byte */
#define DIGIT_VALUES 256          /* of a byte */
#define INSERTION_SORT_MAXIMUM 64 /* below, counting bytes costs more than it saves */
#define INTERRUPT_EVERY 65536     /* numbers: well below a millisecond */

#define SIGN_BIT (UINT64_C(1) << 63)

/* The bits of a number are in an array of doubles as they are on their way through it. */
static inline uint64_t
bits_at(const double *array, size_t i)
{
	uint64_t bits;

	memcpy(&bits, &array[i], sizeof(bits));
	return bits;
}

static inline void
put_bits(double *array, size_t i, uint64_t bits)
{
	memcpy(&array[i], &bits, sizeof(bits));
}

static inline uint64_t
key_of(uint64_t bits)
{
	return bits & SIGN_BIT ? ~bits : bits | SIGN_BIT;
}

static inline uint64_t
bits_of(uint64_t key)
{
	return key & SIGN_BIT ? key & ~SIGN_BIT : ~key;
}

static inline unsigned
digit_of(uint64_t key, int digit)
{
	return (unsigned) (key >> (8 * digit)) & (DIGIT_VALUES - 1);
}

static size_t
block_end(size_t start, size_t count)
{
	mi_check_interrupts();
	return count - start > INTERRUPT_EVERY ? start + INTERRUPT_EVERY : count;
}

static void
sort_by_insertion(double *keys, size_t count)
{
	for (size_t i = 1; i < count; i++)
	{
		uint64_t key = bits_at(keys, i);
		size_t at = i;

		for (; at > 0 && bits_at(keys, at - 1) > key; at--)
			keys[at] = keys[at - 1];
		put_bits(keys, at, key);
	}
}

/* Keys of the values, and how often each value of each digit occurs among them. */
static void
make_keys(const double *values, size_t count, double *keys, size_t histogram[DIGITS][DIGIT_VALUES])
{
	for (size_t start = 0, end; start < count; start = end)
	{
		end = block_end(start, count);
		for (size_t i = start; i < end; i++)
		{
			uint64_t key = key_of(bits_at(values, i));

			put_bits(keys, i, key);
			for (int digit = 0; digit < DIGITS; digit++)
				histogram[digit][digit_of(key, digit)]++;
		}
	}
}

/* One pass: from one array to the other, in the order of one digit. */
static void
distribute(const double *from, double *to, size_t count, int digit, const size_t *occurrences)
{
	size_t next[DIGIT_VALUES];
	size_t sum = 0;

	for (int value = 0; value < DIGIT_VALUES; value++)
	{
		next[value] = sum;
		sum += occurrences[value];
	}
	for (size_t start = 0, end; start < count; start = end)
	{
		end = block_end(start, count);
		for (size_t i = start; i < end; i++)
		{
			uint64_t key = bits_at(from, i);

			put_bits(to, next[digit_of(key, digit)]++, key);
		}
	}
}

/* Sorts the keys; which of the two arrays they end in is the answer. The other is released. */
static double *
sort_by_digits(double *keys, size_t count, size_t histogram[DIGITS][DIGIT_VALUES])
{
	double *other = mi_allocate(count * sizeof(double));

	for (int digit = 0; digit < DIGITS; digit++)
	{
		double *sorted = other;

		if (histogram[digit][digit_of(bits_at(keys, 0), digit)] == count)
			continue; /* the same everywhere */
		distribute(keys, sorted, count, digit, histogram[digit]);
		other = keys;
		keys = sorted;
	}
	mi_release(other);
	return keys;
}

double *
mi_sorted_copy(const double *values, size_t count)
{
	size_t histogram[DIGITS][DIGIT_VALUES] = {{0}};
	double *keys = mi_allocate(count * sizeof(double));

	make_keys(values, count, keys, histogram);
	if (count <= INSERTION_SORT_MAXIMUM)
		sort_by_insertion(keys, count);
	else
		keys = sort_by_digits(keys, count, histogram);
	for (size_t start = 0, end; start < count; start = end)
	{
		end = block_end(start, count);
		for (size_t i = start; i < end; i++)
			put_bits(keys, i, bits_of(bits_at(keys, i)));
	}
	return keys;
}

/* How often each value of a digit occurs among the keys that begin like that. */
static void
count_digits(const double *const *pieces, size_t piece_length, size_t count, int digit, uint64_t prefix,
			 size_t occurrences[DIGIT_VALUES])
{
	uint64_t mask = digit == DIGITS - 1 ? 0 : ~UINT64_C(0) << (8 * (digit + 1));

	for (size_t piece = 0; piece * piece_length < count; piece++)
	{
		size_t left = count - piece * piece_length;
		size_t length = left < piece_length ? left : piece_length;

		for (size_t start = 0, end; start < length; start = end)
		{
			end = block_end(start, length);
			for (size_t i = start; i < end; i++)
			{
				uint64_t key = key_of(bits_at(pieces[piece], i));

				if ((key & mask) == prefix)
					occurrences[digit_of(key, digit)]++;
			}
		}
	}
}

double
mi_nth_smallest_of_pieces(const double *const *pieces, size_t piece_length, size_t count, size_t place)
{
	uint64_t prefix = 0; /* of its key, digit by digit */
	double result;

	for (int digit = DIGITS - 1; digit >= 0; digit--)
	{
		size_t occurrences[DIGIT_VALUES] = {0};
		uint64_t value = 0;

		count_digits(pieces, piece_length, count, digit, prefix, occurrences);
		while (place >= occurrences[value])
			place -= occurrences[value++];
		prefix |= value << (8 * digit);
	}
	put_bits(&result, 0, bits_of(prefix));
	return result;
}

double
mi_nth_smallest(const double *values, size_t count, size_t place)
{
	return mi_nth_smallest_of_pieces((const double *const[]){values}, count, count, place);
}

/* Halves are added, since the sum of two large numbers may not be one. */
double
mi_median_of_pieces(const double *const *pieces, size_t piece_length, size_t count)
{
	return mi_nth_smallest_of_pieces(pieces, piece_length, count, (count - 1) / 2) / 2.0 +
		   mi_nth_smallest_of_pieces(pieces, piece_length, count, count / 2) / 2.0;
}
