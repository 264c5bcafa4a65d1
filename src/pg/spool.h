/*
 * The server's side of src/core/base/spool.h.
 */
#ifndef MI_PG_SPOOL_H
#define MI_PG_SPOOL_H

#include "core/base/spool.h"

extern mi_spool *mi_server_spool_create(void);
extern void mi_server_spool_write(mi_spool *spool, const void *bytes, size_t length);
extern mi_spool_position mi_server_spool_tell(mi_spool *spool);
extern mi_spool_ticket mi_server_spool_publish(mi_spool *spool);
extern mi_spool *mi_server_spool_open(const mi_spool_ticket *ticket);
extern void mi_server_spool_seek(mi_spool *spool, mi_spool_position position, size_t beyond);
extern void mi_server_spool_read(mi_spool *spool, void *bytes, size_t length);
extern void mi_server_spool_release(mi_spool *spool);

#endif
