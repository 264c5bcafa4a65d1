/*
 * Places of columns in rows; see row_layout.h.
 */
#include "postgres.h"

#include "pg/row_layout.h"

mi_row_layout
mi_row_layout_new(TupleDesc columns, int column_count)
{
	mi_row_layout layout = {
		.columns = columns,
		.column_count = column_count,
		.fixed = true,
		.nulls = palloc0(BITMAPLEN(column_count)),
		.places = palloc(column_count * sizeof(int32)),
		.widths = palloc(column_count),
	};

	for (int i = 0; i < column_count; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		layout.fixed &= column->attlen > 0;
		layout.widths[i] = column->attbyval ? (uint8) column->attlen : 0;
	}
	return layout;
}

/* Whether the places that are known are this row's. */
static bool
is_like_the_last(const mi_row_layout *layout, HeapTupleHeader row)
{
	bool has_nulls = (row->t_infomask & HEAP_HASNULL) != 0;

	return layout->known && has_nulls == layout->has_nulls && HeapTupleHeaderGetNatts(row) >= layout->column_count &&
		   (!has_nulls || memcmp(row->t_bits, layout->nulls, BITMAPLEN(layout->column_count)) == 0);
}

static void
note_nulls(mi_row_layout *layout, HeapTupleHeader row)
{
	layout->has_nulls = (row->t_infomask & HEAP_HASNULL) != 0;
	layout->known = layout->fixed && HeapTupleHeaderGetNatts(row) >= layout->column_count;
	if (layout->known && layout->has_nulls)
		memcpy(layout->nulls, row->t_bits, BITMAPLEN(layout->column_count));
}

void
mi_row_layout_find(mi_row_layout *layout, HeapTupleHeader row)
{
	char *data = (char *) row + row->t_hoff;
	int stored = HeapTupleHeaderGetNatts(row);
	uint32 place = 0;

	if (is_like_the_last(layout, row))
		return;
	note_nulls(layout, row);
	for (int i = 0; i < layout->column_count; i++)
	{
		Form_pg_attribute column = TupleDescAttr(layout->columns, i);

		layout->places[i] = i < stored ? MI_PLACE_NULL : MI_PLACE_ABSENT;
		if (i >= stored || (layout->has_nulls && att_isnull(i, row->t_bits)))
			continue;
		place = att_align_pointer(place, column->attalign, column->attlen, data + place);
		layout->places[i] = (int32) place;
		place = att_addlength_pointer(place, column->attlen, data + place);
	}
}

/* What fetchatt() does, its usual case first. */
static inline Datum
fetch(const char *at, uint8 width)
{
	if (likely(width == sizeof(Datum)))
		return *(const Datum *) at;
	return fetch_att(at, width > 0, width);
}

bool
mi_row_layout_deform(mi_row_layout *layout, HeapTupleHeader row, Datum *values, bool *nulls)
{
	const char *data = (const char *) row + row->t_hoff;

	if (!layout->fixed || HeapTupleHeaderGetNatts(row) < layout->column_count)
		return false;
	mi_row_layout_find(layout, row);
	for (int i = 0; i < layout->column_count; i++)
	{
		int32 place = layout->places[i];

		nulls[i] = place < 0;
		values[i] = place < 0 ? (Datum) 0 : fetch(data + place, layout->widths[i]);
	}
	return true;
}
