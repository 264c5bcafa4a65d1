/*
 * Keepers of file sets; see file_keeper.h.
 *
 * A keeper waits until it is asked to end, by whoever has started it or by a server that shuts down, and then deletes
 * the files. It says in shared memory when it has understood what to delete: until then it may still fail.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/atomics.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/dsm.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/wait_event.h"

#include "pg/file_keeper.h"
#include "pg/team_workers.h"

/* Where there are fewer workers, none is taken away from those who compute. */
#define FEW_WORKERS 4

/* What both look at. */
typedef struct keeper_board
{
	FileSet files;
	pg_atomic_uint32 ready;
} keeper_board;

struct mi_file_keeper
{
	BackgroundWorkerHandle *handle;
	dsm_segment *segment;
};

extern PGDLLEXPORT void mi_file_keeper_main(Datum segment);

static bool
describe(BackgroundWorker *worker, dsm_segment *segment)
{
	const char *library = mi_this_library();

	*worker = (BackgroundWorker){.bgw_flags = BGWORKER_SHMEM_ACCESS,
								 .bgw_start_time = BgWorkerStart_ConsistentState,
								 .bgw_restart_time = BGW_NEVER_RESTART,
								 .bgw_main_arg = UInt32GetDatum(dsm_segment_handle(segment))};
	strlcpy(worker->bgw_name, "musicintel file keeper", sizeof(worker->bgw_name));
	strlcpy(worker->bgw_type, "musicintel file keeper", sizeof(worker->bgw_type));
	strlcpy(worker->bgw_function_name, "mi_file_keeper_main", sizeof(worker->bgw_function_name));
	return strlcpy(worker->bgw_library_name, library, sizeof(worker->bgw_library_name)) <
		   sizeof(worker->bgw_library_name);
}

mi_file_keeper *
mi_file_keeper_start(const FileSet *files)
{
	dsm_segment *segment;
	keeper_board *board;
	BackgroundWorker worker;
	mi_file_keeper *keeper = palloc(sizeof(mi_file_keeper));

	if (!IsUnderPostmaster || max_worker_processes < FEW_WORKERS ||
		(segment = mi_segment_create(sizeof(keeper_board))) == NULL)
		return NULL;
	board = dsm_segment_address(segment);
	board->files = *files;
	pg_atomic_init_u32(&board->ready, 0);
	if (!describe(&worker, segment) || !RegisterDynamicBackgroundWorker(&worker, &keeper->handle))
	{
		dsm_detach(segment);
		return NULL;
	}
	keeper->segment = segment;
	return keeper;
}

bool
mi_file_keeper_take(mi_file_keeper *keeper)
{
	keeper_board *board = dsm_segment_address(keeper->segment);
	pid_t pid;
	bool takes = pg_atomic_read_u32(&board->ready) != 0 && GetBackgroundWorkerPid(keeper->handle, &pid) == BGWH_STARTED;

	/* One that has not started yet never will; should it just now, it deletes as well, which does no harm. */
	TerminateBackgroundWorker(keeper->handle);
	dsm_detach(keeper->segment);
	return takes;
}

/* What a keeper runs: named in describe(). */
void
mi_file_keeper_main(Datum handle)
{
	dsm_segment *segment;
	keeper_board *board;
	FileSet files;

	pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
	BackgroundWorkerUnblockSignals();
	segment = dsm_attach(DatumGetUInt32(handle));
	if (segment == NULL)
		return;
	board = dsm_segment_address(segment);
	files = board->files;
	pg_atomic_write_u32(&board->ready, 1);
	dsm_detach(segment);
	while (!ShutdownRequestPending)
	{
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH, -1, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	FileSetDeleteAll(&files);
}
