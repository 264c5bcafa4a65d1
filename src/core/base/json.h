/*
 * Writing JSON text: objects, arrays and scalars in the order they are called, commas placed by the writer.
 */
#ifndef MI_JSON_H
#define MI_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"

typedef struct mi_json
{
	mi_writer text;   /* not terminated until mi_json_finish */
	bool needs_comma; /* the next value is not the first of its container */
} mi_json;

extern void mi_json_begin_object(mi_json *json, const char *key); /* key NULL: an element, or the document itself */
extern void mi_json_end_object(mi_json *json);
extern void mi_json_begin_array(mi_json *json, const char *key);
extern void mi_json_end_array(mi_json *json);
extern void mi_json_string(mi_json *json, const char *key, const char *value);
extern void mi_json_number(mi_json *json, const char *key, double value); /* NaN, infinity: null, since JSON has none */
extern void mi_json_integer(mi_json *json, const char *key, uint64_t value);
extern void mi_json_boolean(mi_json *json, const char *key, bool value);
extern const char *mi_json_finish(mi_json *json); /* the terminated text, owned by the writer */

/* The shortest decimal form that reads back as the same double, into text[32]. */
extern void mi_format_double(double value, char text[32]);

#endif
