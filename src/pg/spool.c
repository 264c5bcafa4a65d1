/*
 * The server's spools: temporary files, in temp_tablespaces and within temp_file_limit; see core/base/spool.h.
 *
 * A spool is the only file of a file set, which other processes may open by its name. The file has two owners, and the
 * first of them to go takes it along: the memory context that the spool is in, as at the end of a query, and the
 * resource owner, as after an ERROR.
 */
#include "postgres.h"

#include <fcntl.h>

#include "access/xact.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "storage/fileset.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "pg/file_keeper.h"
#include "pg/spool.h"

/* Bytes between two looks at interrupts: a slow disk writes so much in a few milliseconds. */
#define PIECE (1024 * 1024)

#define FILE_NAME "spool"

/* Bytes that take noticeably long to be deleted: some 25 ms. */
#define LARGE (UINT64CONST(128) * 1024 * 1024)

struct mi_spool
{
	FileSet files;
	bool is_creator; /* and so the one who deletes them */
	uint64 written;
	mi_file_keeper *keeper; /* of a large one; NULL: none is there */
	BufFile *file;          /* NULL: closed */
	ResourceOwner owner;    /* of the file */
	dlist_node node;        /* in spools */
	MemoryContextCallback at_reset;
};

StaticAssertDecl(sizeof(FileSet) <= sizeof(mi_spool_ticket), "a ticket holds a file set");

static dlist_head spools = DLIST_STATIC_INIT(spools); /* of this process */

static void
delete_files(mi_spool *spool)
{
	if (spool->is_creator && (spool->keeper == NULL || !mi_file_keeper_take(spool->keeper)))
		FileSetDeleteAll(&spool->files);
	spool->is_creator = false;
}

/* The owner closes the file by itself. */
static void
forget_files_of_owner(ResourceReleasePhase phase, bool is_commit, bool is_top_level, void *argument)
{
	dlist_iter at;

	if (phase != RESOURCE_RELEASE_AFTER_LOCKS)
		return;
	dlist_foreach (at, &spools)
	{
		mi_spool *spool = dlist_container(mi_spool, node, at.cur);

		if (spool->owner == CurrentResourceOwner)
		{
			spool->file = NULL;
			delete_files(spool);
		}
	}
}

static void
close_file(mi_spool *spool)
{
	BufFile *file = spool->file;

	spool->file = NULL;
	if (file != NULL)
		BufFileClose(file);
}

/* Closing may write what is still in the buffer, and fail: while a transaction is aborted, it is left to the owner. */
static void
leave_memory(void *argument)
{
	mi_spool *spool = argument;

	dlist_delete(&spool->node);
	if (IsTransactionState())
		close_file(spool);
	delete_files(spool);
}

static mi_spool *
new_spool(void)
{
	static bool registered = false;
	mi_spool *spool = palloc0(sizeof(mi_spool));

	if (!registered)
		RegisterResourceReleaseCallback(forget_files_of_owner, NULL);
	registered = true;
	spool->owner = CurrentResourceOwner;
	spool->at_reset = (MemoryContextCallback){.func = leave_memory, .arg = spool};
	dlist_push_head(&spools, &spool->node);
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &spool->at_reset);
	return spool;
}

mi_spool *
mi_server_spool_create(void)
{
	mi_spool *spool = new_spool();

	FileSetInit(&spool->files);
	spool->is_creator = true;
	spool->file = BufFileCreateFileSet(&spool->files, FILE_NAME);
	return spool;
}

mi_spool_ticket
mi_server_spool_publish(mi_spool *spool)
{
	mi_spool_ticket ticket = {0};

	BufFileExportFileSet(spool->file);
	memcpy(&ticket, &spool->files, sizeof(FileSet));
	return ticket;
}

mi_spool *
mi_server_spool_open(const mi_spool_ticket *ticket)
{
	mi_spool *spool = new_spool();

	memcpy(&spool->files, ticket, sizeof(FileSet));
	spool->file = BufFileOpenFileSet(&spool->files, FILE_NAME, O_RDONLY, false);
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

static void
start_keeper(mi_spool *spool)
{
	MemoryContext caller = MemoryContextSwitchTo(GetMemoryChunkContext(spool));

	spool->keeper = mi_file_keeper_start(&spool->files);
	MemoryContextSwitchTo(caller);
}

void
mi_server_spool_write(mi_spool *spool, const void *bytes, size_t length)
{
	if (spool->written < LARGE && spool->written + length >= LARGE)
		start_keeper(spool);
	spool->written += length;
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

mi_spool_position
mi_server_spool_tell(mi_spool *spool)
{
	int file;
	off_t offset;

	BufFileTell(spool->file, &file, &offset);
	return (mi_spool_position){.offset = offset, .file = file};
}

void
mi_server_spool_seek(mi_spool *spool, mi_spool_position position, size_t beyond)
{
	if (BufFileSeek(spool->file, position.file, (off_t) (position.offset + beyond), SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not seek in temporary file: %m")));
}

/* The rest of it goes with its memory context, which calls back. */
void
mi_server_spool_release(mi_spool *spool)
{
	close_file(spool);
	delete_files(spool);
}
