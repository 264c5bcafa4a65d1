/*
 * Bytes written once from beginning to end, and then read again from the beginning, as often as needed: rows that would
 * take too much memory. In the server a temporary file, whose pages the operating system keeps while it can.
 */
#ifndef MI_SPOOL_H
#define MI_SPOOL_H

#include <stddef.h>

typedef struct mi_spool mi_spool;

/* Belongs to the memory context that it is created in; an ERROR leaves no file behind. */
extern mi_spool *mi_spool_create(void);
extern void mi_spool_write(mi_spool *spool, const void *bytes, size_t length);
extern void mi_spool_rewind(mi_spool *spool);
extern void mi_spool_read(mi_spool *spool, void *bytes, size_t length); /* all of it, which must be there */
extern void mi_spool_release(mi_spool *spool);

#endif
