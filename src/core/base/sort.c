/*
 * Sorting of numbers; see sort.h.
 */
#include "sort.h"

#include <stdint.h>
#include <string.h>

#include "host.h"

#define DIGITS 8                  /* of a number, each of a byte */
#define HALF 4                    /* of the digits */
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

static void
make_keys(const double *values, size_t count, double *keys)
{
	for (size_t start = 0, end; start < count; start = end)
	{
		end = block_end(start, count);
		for (size_t i = start; i < end; i++)
			put_bits(keys, i, key_of(bits_at(values, i)));
	}
}

/* How often each value of half of the digits, from the first one on, occurs. */
static void
count_half(const double *keys, size_t count, int first, size_t occurrences[HALF][DIGIT_VALUES])
{
	memset(occurrences, 0, HALF * sizeof(occurrences[0]));
	for (size_t start = 0, end; start < count; start = end)
	{
		end = block_end(start, count);
		for (size_t i = start; i < end; i++)
			for (int digit = 0; digit < HALF; digit++)
				occurrences[digit][digit_of(bits_at(keys, i), first + digit)]++;
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

/* Sorts by half of the digits, from the first one on; what is the same in them stays in order. Needs as much room. */
static void
sort_by_half(double *keys, double *room, size_t count, int first)
{
	size_t occurrences[HALF][DIGIT_VALUES];
	double *from = keys;
	double *to = room;

	count_half(keys, count, first, occurrences);
	for (int digit = 0; digit < HALF; digit++)
	{
		double *sorted = to;

		if (occurrences[digit][digit_of(bits_at(from, 0), first + digit)] == count)
			continue; /* the same everywhere */
		distribute(from, to, count, first + digit, occurrences[digit]);
		to = from;
		from = sorted;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof(double));
}

static void
sort_keys(double *keys, double *room, size_t count)
{
	size_t end;

	if (count <= INSERTION_SORT_MAXIMUM)
	{
		sort_by_insertion(keys, count);
		return;
	}
	sort_by_half(keys, room, count, HALF);
	for (size_t begin = 0; begin < count; begin = end)
	{
		for (end = begin + 1; end < count && bits_at(keys, end) >> 32 == bits_at(keys, begin) >> 32; end++)
			;
		if (end - begin <= INSERTION_SORT_MAXIMUM)
			sort_by_insertion(keys + begin, end - begin);
		else
			sort_by_half(keys + begin, room + begin, end - begin, 0);
	}
}

void
mi_sort(double *values, double *room, size_t count)
{
	make_keys(values, count, values);
	sort_keys(values, room, count);
	for (size_t start = 0, end; start < count; start = end)
	{
		end = block_end(start, count);
		for (size_t i = start; i < end; i++)
			put_bits(values, i, bits_of(bits_at(values, i)));
	}
}

double *
mi_sorted_copy(const double *values, size_t count)
{
	double *sorted = mi_allocate(count * sizeof(double));
	double *room = mi_allocate(count * sizeof(double));

	if (count > 0)
		memcpy(sorted, values, count * sizeof(double));
	mi_sort(sorted, room, count);
	mi_release(room);
	return sorted;
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
