/*
 * Spools: what was written is read, as often as one likes, in pieces of other sizes.
 */
#include "unit.h"

#include "core/base/spool.h"
#include "random_input.h"

MI_TEST(bytes_come_back_in_other_pieces)
{
	enum
	{
		LENGTH = 100000
	};
	test_random random = random_seeded("spool");
	unsigned char *written = mi_allocate(LENGTH);
	unsigned char *read = mi_allocate(LENGTH);
	mi_spool *spool = mi_spool_create();
	size_t piece;

	for (size_t i = 0; i < LENGTH; i++)
		written[i] = (unsigned char) random_below(&random, 256);
	for (size_t at = 0; at < LENGTH; at += piece)
	{
		piece = random_below(&random, 3000);
		if (piece > LENGTH - at)
			piece = LENGTH - at;
		mi_spool_write(spool, written + at, piece);
	}
	for (int pass = 0; pass < 3; pass++)
	{
		mi_spool_rewind(spool);
		memset(read, 0, LENGTH);
		for (size_t at = 0; at < LENGTH; at += piece)
		{
			piece = random_below(&random, 5000);
			if (piece > LENGTH - at)
				piece = LENGTH - at;
			mi_spool_read(spool, read + at, piece);
		}
		CHECK_BYTES_EQ(read, written, LENGTH);
	}
	mi_spool_release(spool);
	mi_release(read);
	mi_release(written);
}

MI_TEST(a_spool_may_be_left_half_read_or_empty)
{
	mi_spool *spool = mi_spool_create();
	double number = 0.0;

	mi_spool_rewind(spool);
	mi_spool_read(spool, &number, 0);
	mi_spool_release(spool);

	spool = mi_spool_create();
	mi_spool_write(spool, (double[]){1.5, 2.5}, 2 * sizeof(double));
	mi_spool_rewind(spool);
	mi_spool_read(spool, &number, sizeof(number));
	CHECK_NEAR(number, 1.5, 0.0);
	mi_spool_rewind(spool);
	mi_spool_read(spool, &number, sizeof(number));
	CHECK_NEAR(number, 1.5, 0.0);
	mi_spool_release(spool);
	mi_spool_release(NULL);
}
