/*
 * The server as host of the core; see host.h.
 */
#include "postgres.h"

#include <sys/mman.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/base/host.h"
#include "pg/host.h"
#include "pg/progress.h"
#include "pg/spool.h"
#include "pg/team_workers.h"

#define LARGE_PAGE (2 * 1024 * 1024)

/*
 * Rows that are read all over the place are found faster in large pages, which Linux gives to private memory, by
 * default where it is asked to. It is no more than a wish: nothing depends on it.
 */
static void
ask_for_large_pages(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
	char *begin = (char *) TYPEALIGN(LARGE_PAGE, memory);
	char *end = (char *) TYPEALIGN_DOWN(LARGE_PAGE, (char *) memory + size);

	if (begin < end)
		(void) madvise(begin, end - begin, MADV_HUGEPAGE);
#endif
}

/* Sizes are bounded by the core's own limits and the user's memory budget, both beyond palloc's 1 GB. */
static void *
server_allocate(size_t size)
{
	void *memory = MemoryContextAllocHuge(CurrentMemoryContext, size);

	if (size >= 2 * LARGE_PAGE)
		ask_for_large_pages(memory, size);
	return memory;
}

static void *
server_reallocate(void *memory, size_t size)
{
	return repalloc_huge(memory, size);
}

static void
server_release(void *memory)
{
	pfree(memory);
}

static void
server_check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

static void
server_notice(const char *message)
{
	ereport(NOTICE, (errmsg("%s", message)));
}

void
mi_install_server_host(void)
{
	static const mi_host host = {
		.allocate = server_allocate,
		.reallocate = server_reallocate,
		.release = server_release,
		.check_interrupts = server_check_interrupts,
		.report_progress = mi_progress_update, /* a worker has no progress of its own, and reports none */
		.notice = server_notice,
		.team_limit = mi_server_team_limit,
		.team_begin = mi_server_team_begin,
		.team_run = mi_server_team_run,
		.team_meet = mi_server_team_meet,
		.team_end = mi_server_team_end,
		.spool_create = mi_server_spool_create,
		.spool_write = mi_server_spool_write,
		.spool_tell = mi_server_spool_tell,
		.spool_publish = mi_server_spool_publish,
		.spool_open = mi_server_spool_open,
		.spool_seek = mi_server_spool_seek,
		.spool_read = mi_server_spool_read,
		.spool_release = mi_server_spool_release,
	};

	mi_host_install(&host);
}
