/*
 * Rows on their way to be binned, in a spool: features in float, where that loses nothing, else in double, and then
 * a few more numbers in double.
 */
#ifndef MI_ROW_SPOOL_H
#define MI_ROW_SPOOL_H

#include "../base/spool.h"

#include <stdint.h>

#define MI_ROW_EXTRAS 3 /* target, weight, and what the row is held out by */

typedef struct mi_row_spool
{
	mi_spool *spool; /* NULL after release */
	uint32_t features;
	uint64_t rows;   /* written */
	uint8_t *buffer; /* for one row */
} mi_row_spool;

extern mi_row_spool mi_row_spool_create(uint32_t features);

/* values: the features and then the extras. */
extern void mi_row_spool_write(mi_row_spool *spool, const double *values);
extern void mi_row_spool_rewind(mi_row_spool *spool);
extern void mi_row_spool_read(mi_row_spool *spool, double *values);
extern void mi_row_spool_release(mi_row_spool *spool);

#endif
