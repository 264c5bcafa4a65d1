/*
 * Spools: what was written is read, as often as one likes, in pieces of other sizes, from anywhere, by others too.
 */
#include "unit.h"

#include "core/base/spool.h"
#include "random_input.h"

enum
{
	LENGTH = 100000
};

static void
write_in_pieces(mi_spool *spool, const unsigned char *bytes, test_random *random)
{
	size_t piece;

	for (size_t at = 0; at < LENGTH; at += piece)
	{
		piece = random_below(random, 3000);
		if (piece > LENGTH - at)
			piece = LENGTH - at;
		mi_spool_write(spool, bytes + at, piece);
	}
}

MI_TEST(bytes_come_back_in_other_pieces_from_anywhere)
{
	test_random random = random_seeded("spool");
	unsigned char *written = mi_allocate(LENGTH);
	unsigned char *read = mi_allocate(LENGTH);
	mi_spool *spool = mi_spool_create();
	mi_spool_position middle;
	mi_spool_ticket ticket;
	mi_spool *readers[2] = {spool};

	for (size_t i = 0; i < LENGTH; i++)
		written[i] = (unsigned char) random_below(&random, 256);
	write_in_pieces(spool, written, &random);
	middle = mi_spool_tell(spool);
	write_in_pieces(spool, written, &random);
	ticket = mi_spool_publish(spool);
	readers[1] = mi_spool_open(&ticket);
	for (int pass = 0; pass < 6; pass++)
	{
		size_t from = random_below(&random, LENGTH);
		mi_spool *reader = readers[pass % 2];
		size_t piece;

		mi_spool_seek(reader, pass < 3 ? middle : (mi_spool_position){0}, from);
		for (size_t at = from; at < LENGTH; at += piece)
		{
			piece = random_below(&random, 5000);
			if (piece > LENGTH - at)
				piece = LENGTH - at;
			mi_spool_read(reader, read + at, piece);
		}
		CHECK_BYTES_EQ(read + from, written + from, LENGTH - from);
	}
	mi_spool_release(readers[1]);
	mi_spool_release(spool);
	mi_release(read);
	mi_release(written);
}

MI_TEST(a_spool_may_be_left_half_read_or_empty)
{
	mi_spool *spool = mi_spool_create();
	double number = 0.0;

	mi_spool_publish(spool);
	mi_spool_seek(spool, (mi_spool_position){0}, 0);
	mi_spool_read(spool, &number, 0);
	mi_spool_release(spool);

	spool = mi_spool_create();
	mi_spool_write(spool, (double[]){1.5, 2.5}, 2 * sizeof(double));
	mi_spool_publish(spool);
	mi_spool_seek(spool, (mi_spool_position){0}, 8);
	mi_spool_read(spool, &number, sizeof(number));
	CHECK_NEAR(number, 2.5, 0.0);
	mi_spool_release(spool);
	mi_spool_release(NULL);
}
