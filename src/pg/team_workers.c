/*
 * Teams of parallel workers; see team_workers.h.
 *
 * The block is a segment of dynamic shared memory of its own, made by begin. Workers live only while run does, like
 * those of a parallel query: PostgreSQL ends them when an ERROR jumps out of the leader, and raises theirs in it. They
 * are told the segment and the task, and nothing else.
 */
#include "postgres.h"

#include <dlfcn.h>
#include <sched.h>
#include <unistd.h>

#include "access/parallel.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "portability/instr_time.h"
#include "storage/condition_variable.h"
#include "storage/dsm.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/wait_event.h"

#include "pg/settings.h"
#include "pg/team_workers.h"

/*
 * How long a member looks for the others before it sleeps: about twice what it takes to sleep and be woken. More gains
 * little on an idle machine, and on a busy one takes time away from the very members that are waited for.
 */
#define SPIN_MICROSECONDS 20
#define SPINS_PER_LOOK 16 /* pauses between two looks at the clock, which costs as much as a few of them */

#define KEY_INVITATION 1

/* A number with a line of the cache for itself. */
typedef union lone_number
{
	pg_atomic_uint32 value;
	char line[64];
} lone_number;

/* At the beginning of the segment; the block follows. */
typedef struct team_board
{
	lone_number arrived;       /* in this round */
	lone_number round;         /* times that all have met */
	lone_number members;       /* 0 until all who come are there */
	ConditionVariable changed; /* round or members */
	uint32 spin_microseconds;
} team_board;

#define BOARD_SIZE TYPEALIGN(64, sizeof(team_board))
#define BLOCK_OF(board) ((void *) ((char *) (board) + BOARD_SIZE))

/* What workers are told. */
typedef struct invitation
{
	dsm_handle segment;
	mi_team_task task;
} invitation;

/* mi_team_session.host */
typedef struct server_session
{
	dsm_segment *segment;
	int workers; /* to ask for */
} server_session;

extern PGDLLEXPORT void mi_team_worker_main(dsm_segment *segment, shm_toc *toc);

/* ---- Meeting ---- */

static bool
spin_while(const team_board *board, lone_number *number, uint32 old)
{
	instr_time begin;
	instr_time now;

	INSTR_TIME_SET_CURRENT(begin);
	do
	{
		for (int i = 0; i < SPINS_PER_LOOK; i++)
		{
			if (pg_atomic_read_u32(&number->value) != old)
				return true;
			SPIN_DELAY();
		}
		INSTR_TIME_SET_CURRENT(now);
		INSTR_TIME_SUBTRACT(now, begin);
	} while (INSTR_TIME_GET_MICROSEC(now) < board->spin_microseconds);
	return false;
}

/* Waits for another number. A sleep ends with an ERROR when the query is cancelled or another member failed. */
static void
wait_while(team_board *board, lone_number *number, uint32 old)
{
	if (board->spin_microseconds == 0 || !spin_while(board, number, old))
	{
		ConditionVariablePrepareToSleep(&board->changed);
		while (pg_atomic_read_u32(&number->value) == old)
			ConditionVariableSleep(&board->changed, PG_WAIT_EXTENSION);
		ConditionVariableCancelSleep();
	}
	pg_memory_barrier();
}

void
mi_server_team_meet(mi_team *team)
{
	team_board *board = team->host;
	uint32 round = pg_atomic_read_u32(&board->round.value);

	CHECK_FOR_INTERRUPTS();
	/* Both additions are full barriers. Nobody arrives for the next round before the round has changed. */
	if (pg_atomic_fetch_add_u32(&board->arrived.value, 1) + 1 < team->size)
		wait_while(board, &board->round, round);
	else
	{
		pg_atomic_write_u32(&board->arrived.value, 0);
		pg_atomic_fetch_add_u32(&board->round.value, 1);
		ConditionVariableBroadcast(&board->changed);
	}
}

/* ---- The segment ---- */

/* The processors that this process may run on. */
static int
processors(void)
{
#ifdef CPU_COUNT
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return CPU_COUNT(&set);
#endif
	return (int) sysconf(_SC_NPROCESSORS_ONLN);
}

/* Not in a worker, nor in the leader of a parallel query, nor in a server of a single process. */
static bool
may_have_workers(void)
{
	return IsUnderPostmaster && !IsInParallelMode() && ActiveSnapshotSet();
}

static int
workers_to_ask_for(int workers)
{
	if (!may_have_workers())
		return 0;
	if (workers < 0)
		workers = Min(max_parallel_maintenance_workers, processors() - 1);
	workers = Min(workers, Min(max_parallel_workers, max_worker_processes));
	return Max(workers, 0);
}

unsigned
mi_server_team_limit(int workers)
{
	return workers_to_ask_for(workers) + 1;
}

/*
 * Makes a segment, or answers false when there is no room: in /dev/shm of a container, for instance. The server raises
 * an ERROR then. It can be caught without a subtransaction, because all that may have been left behind is a descriptor
 * that belongs to the resource owner, and that one is made for this alone. The segment is left without an owner.
 */
static bool
try_to_share(void (*make)(void *), void *argument, dsm_segment *const *segment)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner parent = CurrentResourceOwner;
	ResourceOwner owner = ResourceOwnerCreate(parent, "musicintel shared memory");

	CurrentResourceOwner = owner;
	PG_TRY();
	{
		make(argument);
		if (*segment != NULL)
			dsm_pin_mapping(*segment);
	}
	PG_CATCH();
	{
		CurrentResourceOwner = parent;
		MemoryContextSwitchTo(context);
		if (*segment != NULL || ERRCODE_TO_CATEGORY(geterrcode()) != ERRCODE_INSUFFICIENT_RESOURCES)
			PG_RE_THROW();
		FlushErrorState();
	}
	PG_END_TRY();

	CurrentResourceOwner = parent;
	ResourceOwnerRelease(owner, RESOURCE_RELEASE_BEFORE_LOCKS, false, false);
	ResourceOwnerRelease(owner, RESOURCE_RELEASE_LOCKS, *segment != NULL, false);
	ResourceOwnerRelease(owner, RESOURCE_RELEASE_AFTER_LOCKS, false, false);
	ResourceOwnerDelete(owner);
	return *segment != NULL;
}

typedef struct segment_request
{
	Size size;
	dsm_segment *segment;
} segment_request;

static void
make_segment(void *argument)
{
	segment_request *request = argument;

	request->segment = dsm_create(request->size, DSM_CREATE_NULL_IF_MAXSEGMENTS);
}

dsm_segment *
mi_segment_create(Size size)
{
	segment_request request = {.size = size};

	return try_to_share(make_segment, &request, &request.segment) ? request.segment : NULL;
}

mi_team_session
mi_server_team_begin(int workers, size_t shared_size)
{
	Size size = add_size(BOARD_SIZE, shared_size);
	dsm_segment *segment;
	server_session *session;
	team_board *board;

	workers = workers_to_ask_for(workers);
	if (workers == 0)
		return (mi_team_session){0};
	segment = mi_segment_create(size);
	if (segment == NULL)
	{
		ereport(mi_report_steps ? INFO : DEBUG1, (errmsg("no shared memory of %zu bytes for parallel workers", size)));
		return (mi_team_session){0};
	}
	dsm_unpin_mapping(segment);

	board = dsm_segment_address(segment);
	/* The operating system gives zeros; the part of main memory that this setting reserves has been used before. */
	if (min_dynamic_shared_memory > 0)
		memset(board, 0, size);
	session = palloc(sizeof(server_session));
	*session = (server_session){.segment = segment, .workers = workers};
	return (mi_team_session){.shared = BLOCK_OF(board), .host = session};
}

void
mi_server_team_end(mi_team_session *session)
{
	server_session *server = session->host;

	dsm_detach(server->segment);
	pfree(server);
}

/* ---- Running ---- */

/*
 * The file that this code is in. By its name alone a worker would not find it everywhere: only "$libdir/musicintel" is
 * looked for in extension_destdir, only "musicintel" in a dynamic_library_path.
 */
const char *
mi_this_library(void)
{
	Dl_info info;

	if (dladdr((void *) mi_team_worker_main, &info) == 0 || info.dli_fname == NULL)
		elog(ERROR, "cannot find the library that parallel workers run");
	return info.dli_fname;
}

static void
make_context(void *argument)
{
	ParallelContext *context = argument;

	InitializeParallelDSM(context);
}

/* How many have come: those who fail to start raise an ERROR, those for whom there is no place are not waited for. */
static int
start_workers(ParallelContext *context, const server_session *session, mi_team_task task)
{
	invitation *invited;

	shm_toc_estimate_chunk(&context->estimator, sizeof(invitation));
	shm_toc_estimate_keys(&context->estimator, 1);
	if (!try_to_share(make_context, context, &context->seg))
		return 0;
	dsm_unpin_mapping(context->seg);

	invited = shm_toc_allocate(context->toc, sizeof(invitation));
	*invited = (invitation){.segment = dsm_segment_handle(session->segment), .task = task};
	shm_toc_insert(context->toc, KEY_INVITATION, invited);
	LaunchParallelWorkers(context);
	WaitForParallelWorkersToAttach(context);
	return context->nworkers_launched;
}

static void
prepare_board(team_board *board)
{
	ConditionVariableInit(&board->changed);
	pg_atomic_init_u32(&board->members.value, 0);
	pg_atomic_init_u32(&board->arrived.value, 0);
	pg_atomic_init_u32(&board->round.value, 0);
}

static void
open_meeting(team_board *board, int members)
{
	/* Where members take turns on a processor, one that spins only keeps out the one it waits for. */
	board->spin_microseconds = members <= processors() ? SPIN_MICROSECONDS : 0;
	pg_write_barrier();
	pg_atomic_write_u32(&board->members.value, members);
	ConditionVariableBroadcast(&board->changed);
}

unsigned
mi_server_team_run(mi_team_session *session, mi_team_task task)
{
	const server_session *server = session->host;
	team_board *board = dsm_segment_address(server->segment);
	mi_team team = {.size = 1, .shared = session->shared, .host = board};
	ParallelContext *context;

	if (!may_have_workers())
	{
		mi_team_function_of(task)(&team);
		return team.size;
	}
	prepare_board(board);
	EnterParallelMode();
	context = CreateParallelContext(mi_this_library(), "mi_team_worker_main", server->workers);
	team.size += start_workers(context, server, task);
	open_meeting(board, team.size);
	mi_team_function_of(task)(&team);
	WaitForParallelWorkersToFinish(context);
	DestroyParallelContext(context);
	ExitParallelMode();
	return team.size;
}

/* What a worker runs: named in mi_server_team_run. */
void
mi_team_worker_main(dsm_segment *segment, shm_toc *toc)
{
	const invitation *invited = shm_toc_lookup(toc, KEY_INVITATION, false);
	dsm_segment *shared = dsm_attach(invited->segment);
	team_board *board;
	mi_team team;

	if (shared == NULL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the team that this worker is for has ended")));
	board = dsm_segment_address(shared);
	wait_while(board, &board->members, 0);
	team = (mi_team){
		.rank = ParallelWorkerNumber + 1,
		.size = pg_atomic_read_u32(&board->members.value),
		.shared = BLOCK_OF(board),
		.host = board,
	};
	mi_team_function_of(invited->task)(&team);
	dsm_detach(shared);
}
