/*
 * Models by name; see registry.h. Resolving a name is the business of musicintel.get_model(), in SQL.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

#include "pg/registry.h"
#include "pg/report.h"

mi_snapshot_identity
mi_snapshot_identity_now(void)
{
	Snapshot snapshot = GetActiveSnapshot();

	return (mi_snapshot_identity)
	{
#if PG_VERSION_NUM >= 170000
		.transaction = MyProc->vxid.lxid,
#else
		.transaction = MyProc->lxid,
#endif
		.subtransaction = GetCurrentSubTransactionId(), .xmin = snapshot->xmin, .xmax = snapshot->xmax,
		.running = snapshot->xcnt, .running_sub = snapshot->subxcnt, .command = snapshot->curcid, .user = GetUserId(),
		.row_security = row_security,
	};
}

bool
mi_snapshot_identity_equal(const mi_snapshot_identity *a, const mi_snapshot_identity *b)
{
	return a->transaction == b->transaction && a->subtransaction == b->subtransaction && a->xmin == b->xmin &&
		   a->xmax == b->xmax && a->running == b->running && a->running_sub == b->running_sub &&
		   a->command == b->command && a->user == b->user && a->row_security == b->row_security;
}

mi_model
mi_registry_find(const char *name)
{
	MemoryContext caller = CurrentMemoryContext;
	Oid types[] = {TEXTOID};
	Datum arguments[] = {CStringGetTextDatum(name)};
	struct varlena *bytes;
	mi_model model;
	mi_error error = {0};
	bool is_null;
	Datum value;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args("SELECT musicintel.get_model($1)", 1, types, arguments, NULL, true, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "musicintel.get_model() failed");
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
	if (is_null)
		elog(ERROR, "musicintel.get_model() returned NULL");
	MemoryContextSwitchTo(caller);
	bytes = PG_DETOAST_DATUM_COPY(value);
	SPI_finish();

	mi_model_open(&model, (uint8 *) bytes, VARSIZE(bytes), &error);
	mi_report(&error);
	return model;
}
