/*
 * Rows in a spool come back as they went in, column by column, whether floats can hold them or not.
 */
#include "core/boosting/row_spool.h"
#include "random_input.h"
#include "unit.h"

enum
{
	ROWS = 2 * MI_SPOOL_ROWS + 77,
	FEATURES = 7
};

static double features[ROWS][FEATURES];
static double extras[ROWS][MI_ROW_EXTRAS];

/* The first chunk is of floats, with some missing; the second is too, but for one; the third has other doubles. */
static double
some_number(test_random *random, int row, int feature)
{
	if (random_below(random, 8) == 0)
		return NAN;
	if (row == MI_SPOOL_ROWS + 5 && feature == 3)
		return 16777217.0;
	if (row < 2 * MI_SPOOL_ROWS)
		return (float) random_number(random);
	return feature == 1 ? 1e300 : feature == 2 ? -1e-300 : random_number(random);
}

static void
write_rows(mi_row_spool *spool, test_random *random)
{
	for (int i = 0; i < ROWS; i++)
	{
		bool full;

		for (int j = 0; j < FEATURES; j++)
			features[i][j] = some_number(random, i, j);
		for (int j = 0; j < MI_ROW_EXTRAS; j++)
			extras[i][j] = random_number(random);
		full = mi_row_spool_add(spool, features[i], extras[i]);
		CHECK(full == ((i + 1) % MI_SPOOL_ROWS == 0));
		if (full)
		{
			CHECK_INT_EQ(spool->pending_rows, MI_SPOOL_ROWS);
			CHECK(mi_row_spool_column(spool, 4)[9] == features[i - MI_SPOOL_ROWS + 10][4] ||
				  isnan(features[i - MI_SPOOL_ROWS + 10][4]));
			mi_row_spool_write(spool);
			CHECK_INT_EQ(spool->pending_rows, 0);
		}
	}
	mi_row_spool_write(spool);
	mi_row_spool_write(spool); /* nothing is pending */
	CHECK_INT_EQ(spool->rows, ROWS);
	CHECK_INT_EQ(spool->chunk_count, 3);
}

/* Numbers that are not what was written. */
static int
count_wrong(mi_row_reader *reader)
{
	int wrong = 0;

	for (int chunk = 2; chunk >= 0; chunk--)
	{
		uint32_t count = mi_row_reader_count(reader, (size_t) chunk);
		int first = chunk * MI_SPOOL_ROWS;

		wrong += count != (chunk < 2 ? MI_SPOOL_ROWS : ROWS % MI_SPOOL_ROWS);
		for (int j = FEATURES - 1; j >= 0; j--)
		{
			const double *column = mi_row_reader_feature(reader, (size_t) chunk, (uint32_t) j);

			for (uint32_t i = 0; i < count; i++)
				wrong +=
					isnan(features[first + (int) i][j]) ? !isnan(column[i]) : column[i] != features[first + (int) i][j];
		}
		for (int j = 0; j < MI_ROW_EXTRAS; j++)
		{
			const double *column = mi_row_reader_extra(reader, (size_t) chunk, (enum mi_row_extra) j);

			for (uint32_t i = 0; i < count; i++)
				wrong += column[i] != extras[first + (int) i][j];
		}
	}
	return wrong;
}

MI_TEST(rows_come_back_to_the_last_bit_to_every_member)
{
	test_random random = random_seeded("rows_come_back_to_the_last_bit_to_every_member");
	mi_row_spool spool = mi_row_spool_create(FEATURES);
	mi_spool_ticket ticket;
	mi_spool *opened;

	write_rows(&spool, &random);
	CHECK(!spool.chunks[0].wide);
	CHECK(spool.chunks[1].wide);
	CHECK(spool.chunks[2].wide);
	ticket = mi_spool_publish(spool.spool);
	opened = mi_spool_open(&ticket);
	for (int member = 0; member < 2; member++)
	{
		mi_row_reader reader = mi_row_reader_new(member == 0 ? spool.spool : opened, spool.chunks, spool.rows);

		CHECK_INT_EQ(count_wrong(&reader), 0);
		mi_row_reader_release(&reader);
	}
	mi_spool_release(opened);
	mi_row_spool_release(&spool);
	mi_row_spool_release(&spool); /* nothing is left to release */
}
