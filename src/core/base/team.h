/*
 * A team: several members that run the same function, each knowing its rank, over one block of memory that all see, and
 * meet at a barrier.
 *
 * In the server they are parallel workers and the backend that asked for them (src/pg/team_workers.c), in a unit test
 * threads, and where there are no workers to be had it is the backend alone. Members are other processes: what they
 * share is the block, in which there are no pointers, and what they run is a row of a table.
 */
#ifndef MI_TEAM_H
#define MI_TEAM_H

#include <stddef.h>

typedef struct mi_team
{
	unsigned rank; /* 0: the leader */
	unsigned size; /* members, at least 1 */
	void *shared;  /* the block, aligned to 64 bytes, at another address in each member */
	void *host;    /* the host's own */
} mi_team;

/* What a team can run. */
typedef enum mi_team_task
{
	MI_TEAM_TASK_SELF_TEST, /* team_self_test.h */
	MI_TEAM_TASK_BOOSTING,
	MI_TEAM_TASK_COUNT
} mi_team_task;

typedef void (*mi_team_function)(mi_team *team);

/* The table of tasks, in src/core/boosting/team_tasks.c: what is below does not know what is above. */
extern mi_team_function mi_team_function_of(mi_team_task task);

/*
 * Every member waits here for all others; what they wrote before is seen by all after. Checks for interrupts while it
 * waits: in the server it does not return when the query is cancelled or a member has died.
 */
extern void mi_team_meet(mi_team *team);

/* A team to be: the leader fills the block before the others start. */
typedef struct mi_team_session
{
	void *shared; /* zeroed */
	void *host;
} mi_team_session;

/* How many members there can be at most with so many workers asked for. < 0: as many as the host thinks right. */
extern unsigned mi_team_limit(int workers);

/*
 * A block of so many bytes, and workers beside the leader, if they can be had, else fewer or none. In the server,
 * memory is released and workers are ended when an ERROR jumps out. Workers start with mi_team_run: until then the
 * leader may do what it likes, and the block costs nothing but its memory.
 */
extern mi_team_session mi_team_begin(int workers, size_t shared_size);

/* Runs the task with all members, the caller as the leader, and returns when all have finished: how many there were. */
extern unsigned mi_team_run(mi_team_session *session, mi_team_task task);
extern void mi_team_end(mi_team_session *session);

#endif
