/*
 * The few things the algorithms need from whatever program they run in.
 *
 * The server installs palloc, CHECK_FOR_INTERRUPTS and its progress counters once, when the library is loaded
 * (src/pg/module.c); a unit test installs malloc's (test/unit/unit.h). Nothing in src/core knows which it is.
 */
#ifndef MI_HOST_H
#define MI_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "spool.h"
#include "status.h"
#include "team.h"

typedef struct mi_host
{
	void *(*allocate)(size_t size); /* never NULL; zero bytes allowed; in the server it may not return (ERROR) */
	void *(*reallocate)(void *memory, size_t size);
	void (*release)(void *memory);                                     /* NULL allowed */
	void (*check_interrupts)(void);                                    /* in the server it may not return (cancel) */
	void (*report_progress)(int phase, uint64_t done, uint64_t total); /* total 0: not known */

	void (*notice)(const char *message); /* to whoever asked for the work; NULL: nobody listens */

	/* See team.h. All NULL for a host without workers; a session without a block is one that it cannot give. */
	unsigned (*team_limit)(int workers);
	mi_team_session (*team_begin)(int workers, size_t shared_size); /* workers is not 0 */
	unsigned (*team_run)(mi_team_session *session, mi_team_task task);
	void (*team_meet)(mi_team *team); /* of at least two members */
	void (*team_end)(mi_team_session *session);

	/* See spool.h. NULL for a host without files. */
	mi_spool *(*spool_create)(void);
	void (*spool_write)(mi_spool *spool, const void *bytes, size_t length);
	mi_spool_position (*spool_tell)(mi_spool *spool);
	mi_spool_ticket (*spool_publish)(mi_spool *spool);
	mi_spool *(*spool_open)(const mi_spool_ticket *ticket);
	void (*spool_seek)(mi_spool *spool, mi_spool_position position, size_t beyond);
	void (*spool_read)(mi_spool *spool, void *bytes, size_t length);
	void (*spool_release)(mi_spool *spool);
} mi_host;

/* Phases of long work, shown by name in the view musicintel.progress. */
enum mi_phase
{
	MI_PHASE_NONE,
	MI_PHASE_READING,      /* rows read from the query */
	MI_PHASE_SOLVING,      /* columns solved */
	MI_PHASE_SECOND_PASS,  /* rows passed over again, for robust errors */
	MI_PHASE_SCORING,      /* rows scored by evaluate() */
	MI_PHASE_SIMULATING,   /* rows made up by simulate_catalogue() */
	MI_PHASE_BINNING,      /* rows binned */
	MI_PHASE_BOOSTING,     /* trees grown */
	MI_PHASE_FINDING_BINS, /* features */
	MI_PHASE_COUNT
};

extern void mi_host_install(const mi_host *host);
extern const mi_host *mi_host_installed(void);

extern void *mi_allocate(size_t size);
extern void *mi_allocate_zeroed(size_t size);
extern void *mi_reallocate(void *memory, size_t size); /* NULL allowed */
extern void mi_release(void *memory);
extern void mi_check_interrupts(void);
extern void mi_report_progress(int phase, uint64_t done, uint64_t total);

/* Says what is no error but should be known. By the one who asked for the work, never by a member of a team. */
extern void mi_notice(const char *format, ...) MI_PRINTF(1, 2);

extern const char *mi_phase_name(int phase);

#endif
