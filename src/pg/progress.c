/*
 * Progress counters; see progress.h.
 *
 * Every backend has a slot of 20 integers in shared memory for the progress views (pg_stat_progress_*). This uses it
 * with a command number of its own, which those views ignore: no shared memory of ours, so nothing to preload, and
 * the server clears it when a transaction aborts.
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "commands/progress.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/backend_progress.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"

#include "core/base/host.h"
#include "pg/progress.h"

/* Far from the server's own commands, which count up from 0. */
#define PROGRESS_COMMAND ((ProgressCommandType) 0x6D69)

enum
{
	SLOT_PHASE,
	SLOT_DONE,
	SLOT_TOTAL,
	SLOT_WORK,  /* 8 bytes of text in one integer */
	SLOT_MODEL, /* NAMEDATALEN bytes in the integers from here */
};

#define MODEL_SLOTS (NAMEDATALEN / (int) sizeof(int64))

StaticAssertDecl(SLOT_MODEL + MODEL_SLOTS <= PGSTAT_NUM_PROGRESS_PARAM, "a name fits the progress counters");

void
mi_progress_start(const char *work, const char *label)
{
	char padded[NAMEDATALEN] = {0};
	int64 word;

	pgstat_progress_start_command(PROGRESS_COMMAND, InvalidOid);
	strlcpy(padded, work, sizeof(word) + 1);
	memcpy(&word, padded, sizeof(word));
	pgstat_progress_update_param(SLOT_WORK, word);

	memset(padded, 0, sizeof(padded));
	memcpy(padded, label, pg_mbcliplen(label, strlen(label), NAMEDATALEN - 1));
	for (int i = 0; i < MODEL_SLOTS; i++)
	{
		memcpy(&word, padded + i * sizeof(word), sizeof(word));
		pgstat_progress_update_param(SLOT_MODEL + i, word);
	}
}

void
mi_progress_update(int phase, uint64 done, uint64 total)
{
	const int index[] = {SLOT_PHASE, SLOT_DONE, SLOT_TOTAL};
	const int64 values[] = {phase, (int64) done, (int64) total};

	/* An aggregate has no progress of its own, and must not write into that of a command it runs under. */
	if (MyBEEntry != NULL && MyBEEntry->st_progress_command == PROGRESS_COMMAND)
		pgstat_progress_update_multi_param(lengthof(index), index, values);
}

void
mi_progress_end(void)
{
	pgstat_progress_end_command();
}

static void
put_row(ReturnSetInfo *result, const PgBackendStatus *backend)
{
	char work[sizeof(int64) + 1] = {0};
	char model[NAMEDATALEN] = {0};
	Datum values[8];
	bool nulls[8] = {0};
	const int64 *slots = backend->st_progress_param;

	memcpy(work, &slots[SLOT_WORK], sizeof(int64));
	memcpy(model, &slots[SLOT_MODEL], NAMEDATALEN - 1);
	values[0] = Int32GetDatum(backend->st_procpid);
	values[1] = ObjectIdGetDatum(backend->st_databaseid);
	values[2] = ObjectIdGetDatum(backend->st_userid);
	values[3] = CStringGetTextDatum(work);
	values[4] = CStringGetTextDatum(model);
	values[5] = CStringGetTextDatum(mi_phase_name((int) slots[SLOT_PHASE]));
	values[6] = Int64GetDatum(slots[SLOT_DONE]);
	values[7] = Int64GetDatum(slots[SLOT_TOTAL]);
	nulls[7] = slots[SLOT_TOTAL] == 0;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(progress_of_backends);

/* One row for each backend that trains or scores and whose activity the caller may see. */
Datum
progress_of_backends(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool sees_all = has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 1; i <= pgstat_fetch_stat_numbackends(); i++)
	{
#if PG_VERSION_NUM >= 160000
		const PgBackendStatus *backend = &pgstat_get_local_beentry_by_index(i)->backendStatus;
#else
		const PgBackendStatus *backend = &pgstat_fetch_stat_local_beentry(i)->backendStatus;
#endif

		if (backend->st_progress_command == PROGRESS_COMMAND &&
			(sees_all || has_privs_of_role(GetUserId(), backend->st_userid)))
			put_row(result, backend);
	}
	return (Datum) 0;
}
