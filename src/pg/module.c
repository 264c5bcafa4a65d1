/*
 * Loading of the library into a backend.
 */
#include "postgres.h"

#include <gsl/gsl_errno.h>

#include "fmgr.h"

#include "pg/host.h"
#include "pg/settings.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	/* GSL's default handler calls abort(), which would restart the whole cluster; every status is checked instead. */
	gsl_set_error_handler_off();
	mi_install_server_host();
	mi_define_settings();
}
