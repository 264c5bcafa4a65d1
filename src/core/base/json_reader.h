/*
 * JSON text (RFC 8259) from outside: checked once from end to end, and then walked where it lies. Nothing is made of it
 * but what the caller asks for, and no function calls itself, so that neither depth nor length of a text can hurt.
 *
 * Stricter than the standard in what nobody writes in good faith: the document is an object or an array, without \u0000
 * or half surrogate pairs, and with at most MI_JSON_MAX_DEPTH containers in each other.
 */
#ifndef MI_JSON_READER_H
#define MI_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "status.h"

#define MI_JSON_MAX_DEPTH 100
#define MI_NUMBER_MAX_LENGTH 400 /* bytes of a number: the longest double, written out in full, has some 330 */

typedef enum mi_json_kind
{
	MI_JSON_NOTHING, /* no such member */
	MI_JSON_NULL,
	MI_JSON_BOOLEAN,
	MI_JSON_NUMBER,
	MI_JSON_NOT_FINITE, /* NaN, Infinity, -Infinity */
	MI_JSON_STRING,
	MI_JSON_ARRAY,
	MI_JSON_OBJECT
} mi_json_kind;

/* A value in a checked text. */
typedef struct mi_json_value
{
	mi_json_kind kind;
	const char *text; /* its first byte; NULL for MI_JSON_NOTHING */
} mi_json_value;

/* What is left of an array. */
typedef struct mi_json_items
{
	const char *at; /* behind the bracket or the last item */
} mi_json_items;

/* How a text is to be read. */
enum
{
	MI_JSON_UNICODE = 1,         /* it is in UTF-8: escapes can be of any character; otherwise only of ASCII */
	MI_JSON_WITH_NOT_FINITE = 2, /* NaN and Infinity are let pass, as many programs write them */
};

/*
 * Checks the text, which need not be terminated: MI_MALFORMED with the place of what is wrong, MI_NOT_SUPPORTED for an
 * escape that the encoding cannot hold. Bytes beyond ASCII are not looked at.
 */
extern mi_status mi_json_open(mi_json_value *document, const char *text, size_t length, unsigned how, mi_error *error);

/* The members of these names, or MI_JSON_NOTHING, in one pass; all are nothing when the value is no object. */
extern void mi_json_members(mi_json_value object, const char *const *names, size_t count, mi_json_value *members);
extern mi_json_value mi_json_member(mi_json_value object, const char *name);

/* Walking over an array; of anything else there are no items. */
extern mi_json_items mi_json_items_of(mi_json_value array);
extern bool mi_json_next(mi_json_items *items, mi_json_value *item);
extern size_t mi_json_count(mi_json_value array);

/*
 * The value as a number, one that is not finite, a boolean, or an integer from low to high; false when it is none, or
 * no double can hold it.
 */
extern bool mi_json_is_number(mi_json_value value, double *number);
extern bool mi_json_is_not_finite(mi_json_value value, double *number);
extern bool mi_json_is_boolean(mi_json_value value, bool *boolean);
extern bool mi_json_is_integer(mi_json_value value, long low, long high, long *integer);

/* A string without its quotes and escapes, allocated; NULL when the value is none. */
extern char *mi_json_string_of(mi_json_value value);
extern bool mi_json_is_string(mi_json_value value, const char *text);

/* A number as JSON writes it, of exactly so many bytes; false when it is none, or too large for a double. */
extern bool mi_parse_number(const char *text, size_t length, double *number);

#endif
