/*
 * Models by name: what train() stores and what predict(name, …) finds, under the caller's own rights and snapshot.
 */
#ifndef MI_PG_REGISTRY_H
#define MI_PG_REGISTRY_H

#include "utils/snapshot.h"

#include "core/model/model.h"

/*
 * Tells whether a name may stand for another version than it did: compared, never dereferenced. What committed
 * elsewhere shows in the snapshot; what this transaction did, in the command; what it undid, only in the
 * subtransaction. Whose model a name stands for depends on who asks, and a SECURITY DEFINER function changes that
 * within a command.
 */
typedef struct mi_snapshot_identity
{
	LocalTransactionId transaction;
	SubTransactionId subtransaction;
	TransactionId xmin;
	TransactionId xmax;
	uint32 running;    /* transactions in progress in it */
	int32 running_sub; /* subtransactions; on a standby, all in progress are here */
	CommandId command; /* of our own transaction */
	Oid user;
	bool row_security;
} mi_snapshot_identity;

extern mi_snapshot_identity mi_snapshot_identity_now(void);
extern bool mi_snapshot_identity_equal(const mi_snapshot_identity *a, const mi_snapshot_identity *b);

/* The current version of a model, opened, in the current memory context. Raises an ERROR when none is to be seen. */
extern mi_model mi_registry_find(const char *name);

#endif
