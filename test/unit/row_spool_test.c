/*
 * Rows in a spool come back as they went in, whether floats can hold them or not.
 */
#include "core/boosting/row_spool.h"
#include "random_input.h"
#include "unit.h"

MI_TEST(rows_come_back_to_the_last_bit)
{
	test_random random = random_seeded("rows_come_back_to_the_last_bit");
	enum
	{
		ROWS = 500,
		FEATURES = 7,
		NUMBERS = FEATURES + MI_ROW_EXTRAS
	};
	static double rows[ROWS][NUMBERS];
	mi_row_spool spool = mi_row_spool_create(FEATURES);

	for (int i = 0; i < ROWS; i++)
	{
		for (int j = 0; j < NUMBERS; j++)
			switch (i % 4)
			{
				case 0: /* floats */
					rows[i][j] = (float) random_number(&random);
					break;
				case 1:
					rows[i][j] = random_number(&random);
					break;
				case 2: /* floats, but for one */
					rows[i][j] = j == 3 ? 16777217.0 : (double) random_below(&random, 100);
					break;
				default: /* beyond the range of floats, and missing */
					rows[i][j] = j == 1 ? 1e300 : j == 2 ? -1e-300 : NAN;
			}
		if (i % 8 == 0)
			rows[i][2] = NAN;
		mi_row_spool_write(&spool, rows[i]);
	}
	CHECK_INT_EQ(spool.rows, ROWS);
	for (int pass = 0; pass < 2; pass++)
	{
		int wrong = 0;

		mi_row_spool_rewind(&spool);
		for (int i = 0; i < ROWS; i++)
		{
			double row[NUMBERS];

			mi_row_spool_read(&spool, row);
			for (int j = 0; j < NUMBERS; j++)
				wrong += isnan(rows[i][j]) ? !isnan(row[j]) : row[j] != rows[i][j];
		}
		CHECK_INT_EQ(wrong, 0);
	}
	mi_row_spool_release(&spool);
	mi_row_spool_release(&spool); /* nothing is left to release */
}
