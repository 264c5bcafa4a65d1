/*
 * Keepers: background workers that delete a file set in somebody's place. The system takes .2 ms a megabyte to give its
 * pages back, half a second for the rows of a large training, which nobody who cancels should wait for.
 */
#ifndef MI_PG_FILE_KEEPER_H
#define MI_PG_FILE_KEEPER_H

#include "storage/fileset.h"

typedef struct mi_file_keeper mi_file_keeper;

/* Starts one, in the current memory context. NULL when there is no worker to be had: then one deletes by oneself. */
extern mi_file_keeper *mi_file_keeper_start(const FileSet *files);

/*
 * Leaves the files to it, and is done with it; false when it is not ready, and the files are still the caller's. May be
 * called while a transaction is aborted.
 */
extern bool mi_file_keeper_take(mi_file_keeper *keeper);

#endif
