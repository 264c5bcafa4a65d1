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

void
mi_spool_rewind(mi_spool *spool)
{
	mi_host_installed()->spool_rewind(spool);
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
