/*
 * The server's side of src/core/base/team.h: parallel workers, and a segment of dynamic shared memory.
 */
#ifndef MI_PG_TEAM_WORKERS_H
#define MI_PG_TEAM_WORKERS_H

#include "core/base/team.h"
#include "storage/dsm.h"

/*
 * workers < 0: max_parallel_maintenance_workers, as for the building of an index, but no more than there are other
 * processors than the leader's. Never more than max_parallel_workers. Gives no block, and so the leader works alone,
 * where no worker can be had: none is allowed, the query itself is parallel, or there is no shared memory.
 */
extern unsigned mi_server_team_limit(int workers);
extern mi_team_session mi_server_team_begin(int workers, size_t shared_size);
extern unsigned mi_server_team_run(mi_team_session *session, mi_team_task task);
extern void mi_server_team_meet(mi_team *team);
extern void mi_server_team_end(mi_team_session *session);

/* A segment that lives until it is detached from, whatever becomes of the query; NULL when there is no room for it. */
extern dsm_segment *mi_segment_create(Size size);

/* The file that this code is in, for other processes to find. */
extern const char *mi_this_library(void);

#endif
