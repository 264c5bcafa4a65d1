/*
 * Pieces of SQL; see sql_text.h.
 */
#include "sql_text.h"

#include <string.h>

#include "json.h"

void
mi_sql(mi_writer *text, const char *sql)
{
	mi_write(text, sql, strlen(sql));
}

/* The string with every such character written twice. */
static void
put_doubling(mi_writer *text, const char *string, const char *doubled)
{
	for (;;)
	{
		size_t ordinary = strcspn(string, doubled);

		mi_write(text, string, ordinary);
		string += ordinary;
		if (*string == '\0')
			return;
		mi_write_u8(text, (uint8_t) *string);
		mi_write_u8(text, (uint8_t) *string++);
	}
}

void
mi_sql_name(mi_writer *text, const char *name)
{
	mi_sql(text, "\"");
	put_doubling(text, name, "\"");
	mi_sql(text, "\"");
}

void
mi_sql_string(mi_writer *text, const char *string)
{
	mi_sql(text, strchr(string, '\\') != NULL ? "E'" : "'");
	put_doubling(text, string, "'\\");
	mi_sql(text, "'");
}

void
mi_sql_number(mi_writer *text, double number)
{
	char digits[32];

	mi_format_double(number, digits);
	mi_sql(text, "'");
	mi_sql(text, digits);
	mi_sql(text, "'::float8");
}
