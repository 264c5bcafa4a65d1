/*
 * The server's side of src/core/base/host.h: memory from palloc, interrupts, progress counters.
 */
#ifndef MI_PG_HOST_H
#define MI_PG_HOST_H

/* Call once, when the library is loaded. */
extern void mi_install_server_host(void);

#endif
