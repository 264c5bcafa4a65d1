/*
 * Bytes written once from beginning to end, and then read, from wherever one likes and by every member of a team: rows
 * that would take too much memory. In the server a temporary file, whose pages the operating system keeps while it can.
 */
#ifndef MI_SPOOL_H
#define MI_SPOOL_H

#include <stddef.h>
#include <stdint.h>

typedef struct mi_spool mi_spool;

/* A place in a spool, as its host counts. All zeros is the beginning. */
typedef struct mi_spool_position
{
	int64_t offset;
	int32_t file;
} mi_spool_position;

/* What another member of a team opens a spool by; may be in shared memory. */
typedef struct mi_spool_ticket
{
	uint64_t words[8];
} mi_spool_ticket;

/* Belongs to the memory context that it is created in; an ERROR leaves no file behind. */
extern mi_spool *mi_spool_create(void);
extern void mi_spool_write(mi_spool *spool, const void *bytes, size_t length);
extern mi_spool_position mi_spool_tell(mi_spool *spool); /* where the next byte is written or read */

/* Ends the writing; the ticket is good until the spool is released. */
extern mi_spool_ticket mi_spool_publish(mi_spool *spool);
extern mi_spool *mi_spool_open(const mi_spool_ticket *ticket);

/* So many bytes beyond a position; and then read, all of it, which must be there. */
extern void mi_spool_seek(mi_spool *spool, mi_spool_position position, size_t beyond);
extern void mi_spool_read(mi_spool *spool, void *bytes, size_t length);

/* The bytes go when it is released by who has created it. */
extern void mi_spool_release(mi_spool *spool);

#endif
