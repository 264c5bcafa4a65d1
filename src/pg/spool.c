/*
 * The server's spools: temporary files, in temp_tablespaces and within temp_file_limit, that the resource owner of the
 * query closes and the server removes; see core/base/spool.h.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/buffile.h"

#include "pg/spool.h"

/* Bytes between two looks at interrupts: a slow disk writes so much in a few milliseconds. */
#define PIECE (1024 * 1024)

struct mi_spool
{
	BufFile *file;
};

mi_spool *
mi_server_spool_create(void)
{
	mi_spool *spool = palloc(sizeof(mi_spool));

	spool->file = BufFileCreateTemp(false);
	return spool;
}

static void
write_piece(BufFile *file, const char *bytes, size_t length)
{
#if PG_VERSION_NUM >= 160000
	BufFileWrite(file, bytes, length);
#else
	BufFileWrite(file, unconstify(char *, bytes), length);
#endif
}

static void
read_piece(BufFile *file, char *bytes, size_t length)
{
#if PG_VERSION_NUM >= 160000
	BufFileReadExact(file, bytes, length);
#else
	size_t read = BufFileRead(file, bytes, length);

	if (read != length)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not read from temporary file: read only %zu of %zu bytes", read, length)));
#endif
}

void
mi_server_spool_write(mi_spool *spool, const void *bytes, size_t length)
{
	for (size_t at = 0; at < length; at += PIECE)
	{
		CHECK_FOR_INTERRUPTS();
		write_piece(spool->file, (const char *) bytes + at, Min(length - at, PIECE));
	}
}

void
mi_server_spool_read(mi_spool *spool, void *bytes, size_t length)
{
	for (size_t at = 0; at < length; at += PIECE)
	{
		CHECK_FOR_INTERRUPTS();
		read_piece(spool->file, (char *) bytes + at, Min(length - at, PIECE));
	}
}

void
mi_server_spool_rewind(mi_spool *spool)
{
	if (BufFileSeek(spool->file, 0, 0, SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not rewind temporary file: %m")));
}

void
mi_server_spool_release(mi_spool *spool)
{
	BufFileClose(spool->file);
	pfree(spool);
}
