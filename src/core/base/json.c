/*
 * JSON text; see json.h. Strings are escaped as RFC 8259 section 7 asks.
 */
#include "json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put(mi_json *json, const char *text)
{
	mi_write(&json->text, text, strlen(text));
}

static void
put_quoted(mi_json *json, const char *value)
{
	put(json, "\"");
	for (const unsigned char *at = (const unsigned char *) value; *at != '\0'; at++)
	{
		char escaped[8] = {(char) *at};

		if (*at == '"' || *at == '\\')
			snprintf(escaped, sizeof(escaped), "\\%c", *at);
		else if (*at < 0x20)
			snprintf(escaped, sizeof(escaped), "\\u%04x", *at);
		put(json, escaped);
	}
	put(json, "\"");
}

static void
begin_value(mi_json *json, const char *key)
{
	if (json->needs_comma)
		put(json, ", ");
	json->needs_comma = true;
	if (key != NULL)
	{
		put_quoted(json, key);
		put(json, ": ");
	}
}

static void
begin_container(mi_json *json, const char *key, const char *bracket)
{
	begin_value(json, key);
	put(json, bracket);
	json->needs_comma = false;
}

static void
end_container(mi_json *json, const char *bracket)
{
	put(json, bracket);
	json->needs_comma = true;
}

void
mi_json_begin_object(mi_json *json, const char *key)
{
	begin_container(json, key, "{");
}

void
mi_json_end_object(mi_json *json)
{
	end_container(json, "}");
}

void
mi_json_begin_array(mi_json *json, const char *key)
{
	begin_container(json, key, "[");
}

void
mi_json_end_array(mi_json *json)
{
	end_container(json, "]");
}

void
mi_json_string(mi_json *json, const char *key, const char *value)
{
	begin_value(json, key);
	put_quoted(json, value);
}

void
mi_json_number(mi_json *json, const char *key, double value)
{
	char text[32] = "null";

	if (isfinite(value))
		mi_format_double(value, text);
	begin_value(json, key);
	put(json, text);
}

void
mi_json_integer(mi_json *json, const char *key, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	begin_value(json, key);
	put(json, text);
}

void
mi_json_boolean(mi_json *json, const char *key, bool value)
{
	begin_value(json, key);
	put(json, value ? "true" : "false");
}

const char *
mi_json_finish(mi_json *json)
{
	mi_write_u8(&json->text, '\0');
	return (const char *) json->text.bytes;
}

void
mi_format_double(double value, char text[32])
{
	for (int digits = 15; digits <= 17; digits++)
	{
		snprintf(text, 32, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			return;
	}
}
