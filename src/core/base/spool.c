/*
 * Spools by the installed host; see spool.h.
 */
#include "spool.h"

#include "host.h"

mi_spool *
mi_spool_create(void)
{
	return mi_host_installed()->spool_create();
}

void
mi_spool_write(mi_spool *spool, const void *bytes, size_t length)
{
	mi_host_installed()->spool_write(spool, bytes, length);
}

mi_spool_position
mi_spool_tell(mi_spool *spool)
{
	return mi_host_installed()->spool_tell(spool);
}

mi_spool_ticket
mi_spool_publish(mi_spool *spool)
{
	return mi_host_installed()->spool_publish(spool);
}

mi_spool *
mi_spool_open(const mi_spool_ticket *ticket)
{
	return mi_host_installed()->spool_open(ticket);
}

void
mi_spool_seek(mi_spool *spool, mi_spool_position position, size_t beyond)
{
	mi_host_installed()->spool_seek(spool, position, beyond);
}

void
mi_spool_read(mi_spool *spool, void *bytes, size_t length)
{
	mi_host_installed()->spool_read(spool, bytes, length);
}

void
mi_spool_release(mi_spool *spool)
{
	if (spool != NULL)
		mi_host_installed()->spool_release(spool);
}
