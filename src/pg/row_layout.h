/*
 * Where the columns of a row are in its bytes: for who reads many rows of one type, in less time than
 * heap_deform_tuple() takes for them.
 *
 * As long as columns are of fixed length, rows with the same NULLs have the same places: they are kept from row to row.
 */
#ifndef MI_PG_ROW_LAYOUT_H
#define MI_PG_ROW_LAYOUT_H

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "access/tupmacs.h"

#define MI_PLACE_NULL (-1)
#define MI_PLACE_ABSENT (-2) /* the row is older than the column */

typedef struct mi_row_layout
{
	TupleDesc columns;
	int column_count; /* the first of them, which are looked at */
	bool fixed;       /* all of fixed length */
	bool known;       /* places are those of the last row, and nulls its bitmap */
	bool has_nulls;
	bits8 *nulls;
	int32 *places; /* by column: bytes from the start of the data, or one of the above */
	uint8 *widths; /* by column: bytes of its value; 0 when it is not passed by value */
} mi_row_layout;

/* Of the first columns, which must outlive it. Allocates in the current memory context. */
extern mi_row_layout mi_row_layout_new(TupleDesc columns, int column_count);

/* Fills in the places of a row that has these columns. */
extern void mi_row_layout_find(mi_row_layout *layout, HeapTupleHeader row);

/*
 * The values of all columns, in the row's own bytes, as heap_deform_tuple() would have them. False, and nothing done,
 * where it would not be faster: a column is of no fixed length, or the row is older than one.
 */
extern bool mi_row_layout_deform(mi_row_layout *layout, HeapTupleHeader row, Datum *values, bool *nulls);

/* A column's value, in the row's own bytes, after mi_row_layout_find(). */
static inline Datum
mi_row_layout_value(const mi_row_layout *layout, HeapTupleHeader row, int column, bool *is_null)
{
	int32 place = layout->places[column];
	Form_pg_attribute attribute = TupleDescAttr(layout->columns, column);

	*is_null = place == MI_PLACE_NULL;
	if (place >= 0)
		return fetchatt(attribute, (char *) row + row->t_hoff + place);
	return place == MI_PLACE_ABSENT ? getmissingattr(layout->columns, column + 1, is_null) : (Datum) 0;
}

#endif
