/*
 * Teams by the installed host, and the leader alone where it has no workers to give; see team.h.
 */
#include "team.h"

#include <stdint.h>
#include <string.h>

#include "host.h"

#define BLOCK_ALIGNMENT 64               /* a line of the cache */
#define ZEROS_AT_ONCE (16 * 1024 * 1024) /* bytes; some milliseconds */

/* What lies before a block of the leader's own. */
typedef struct private_block
{
	void *allocation; /* what the host gave */
} private_block;

/* In pieces: a block may have gigabytes, which take longer to fill than a user who cancels should wait. */
static void
fill_with_zeros(char *bytes, size_t size)
{
	for (size_t at = 0; at < size; at += ZEROS_AT_ONCE)
	{
		mi_check_interrupts();
		memset(bytes + at, 0, size - at < ZEROS_AT_ONCE ? size - at : ZEROS_AT_ONCE);
	}
}

static void *
allocate_private(size_t size)
{
	void *allocation = mi_allocate(sizeof(private_block) + BLOCK_ALIGNMENT + size);
	uintptr_t after = (uintptr_t) allocation + sizeof(private_block) + BLOCK_ALIGNMENT - 1;
	char *shared = (char *) allocation + (after - after % BLOCK_ALIGNMENT - (uintptr_t) allocation);

	memcpy(shared - sizeof(private_block), &(private_block){allocation}, sizeof(private_block));
	fill_with_zeros(shared, size);
	return shared;
}

static void
release_private(void *shared)
{
	private_block block;

	memcpy(&block, (char *) shared - sizeof(block), sizeof(block));
	mi_release(block.allocation);
}

unsigned
mi_team_limit(int workers)
{
	const mi_host *host = mi_host_installed();

	return workers != 0 && host->team_limit != NULL ? host->team_limit(workers) : 1;
}

mi_team_session
mi_team_begin(int workers, size_t shared_size)
{
	const mi_host *host = mi_host_installed();
	mi_team_session session = {0};

	if (workers != 0 && host->team_begin != NULL)
		session = host->team_begin(workers, shared_size);
	if (session.shared == NULL)
		session = (mi_team_session){.shared = allocate_private(shared_size)};
	return session;
}

unsigned
mi_team_run(mi_team_session *session, mi_team_task task)
{
	mi_team alone = {.size = 1, .shared = session->shared};

	if (session->host != NULL)
		return mi_host_installed()->team_run(session, task);
	mi_team_function_of(task)(&alone);
	return 1;
}

void
mi_team_end(mi_team_session *session)
{
	if (session->shared == NULL)
		return;
	if (session->host != NULL)
		mi_host_installed()->team_end(session);
	else
		release_private(session->shared);
	*session = (mi_team_session){0};
}

void
mi_team_meet(mi_team *team)
{
	if (team->size == 1)
		mi_check_interrupts();
	else
		mi_host_installed()->team_meet(team);
}
