/*
 * The server as host of the core; see host.h.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/base/host.h"
#include "pg/host.h"
#include "pg/progress.h"

/* Sizes are bounded by the core's own limits and the user's memory budget, both beyond palloc's 1 GB. */
static void *
server_allocate(size_t size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, size);
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

void
mi_install_server_host(void)
{
	static const mi_host host = {
		.allocate = server_allocate,
		.reallocate = server_reallocate,
		.release = server_release,
		.check_interrupts = server_check_interrupts,
		.report_progress = mi_progress_update,
	};

	mi_host_install(&host);
}
