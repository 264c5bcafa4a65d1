/*
 * Pieces of SQL: names and constants that read back as what they were, whatever is in them.
 */
#ifndef MI_SQL_TEXT_H
#define MI_SQL_TEXT_H

#include "bytes.h"

extern void mi_sql(mi_writer *text, const char *sql); /* as it is */
extern void mi_sql_name(mi_writer *text, const char *name);
extern void mi_sql_string(mi_writer *text, const char *string); /* whatever standard_conforming_strings says */
extern void mi_sql_number(mi_writer *text, double number);      /* a double precision constant, to the last bit */

#endif
