/*
 * Options of an algorithm as a table: name, kind, place in its parameter struct, and a word on what is allowed.
 *
 * The glue walks a jsonb object and hands every pair to mi_options_set, which finds the row, checks the kind and stores
 * the value. Ranges are the business of the algorithm's check_params, which knows what depends on what.
 */
#ifndef MI_OPTIONS_H
#define MI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

typedef enum mi_option_kind
{
	MI_OPTION_BOOLEAN,        /* stored as bool */
	MI_OPTION_NUMBER,         /* stored as double */
	MI_OPTION_WORD,           /* stored as int: index into words */
	MI_OPTION_NUMBER_OR_WORD, /* stored as mi_number_or_word */
	MI_OPTION_NAMES,          /* stored as mi_names */
	MI_OPTION_TEXT,           /* stored as const char *; NULL when not given */
	MI_OPTION_NAMED_NUMBERS,  /* stored as mi_named_numbers */

	/* As a text, the name of a column of train()'s query that is no feature, but has of each row its */
	MI_OPTION_WEIGHT_COLUMN,
	MI_OPTION_GROUP_COLUMN,
	MI_OPTION_TIME_COLUMN
} mi_option_kind;

typedef struct mi_number_or_word
{
	double number;
	int word; /* index into words, or MI_NO_WORD when the number counts */
} mi_number_or_word;

#define MI_NO_WORD (-1)

typedef struct mi_names
{
	uint32_t count;
	const char *const *names;
} mi_names;

/* A JSON object of numbers. */
typedef struct mi_named_numbers
{
	uint32_t count;
	const char *const *names;
	const double *numbers;
} mi_named_numbers;

/* Where an option may be given. */
enum
{
	MI_OPTION_IN_AGGREGATE = 1,
	MI_OPTION_IN_TRAIN = 2,
	MI_OPTION_ANYWHERE = MI_OPTION_IN_AGGREGATE | MI_OPTION_IN_TRAIN
};

typedef struct mi_option
{
	const char *name; /* NULL ends the table */
	mi_option_kind kind;
	int where;
	size_t offset;            /* of the field in the parameter struct */
	const char *const *words; /* NULL-terminated; for the two kinds with words */
	const char *allowed;      /* for error messages: "a number >= 0, or \"auto\"" */
} mi_option;

/* A value as it came from the user, before it is checked. */
typedef struct mi_option_value
{
	enum
	{
		MI_VALUE_BOOLEAN,
		MI_VALUE_NUMBER,
		MI_VALUE_STRING,
		MI_VALUE_STRINGS,       /* an array with strings only */
		MI_VALUE_NAMED_NUMBERS, /* an object with numbers only */
		MI_VALUE_OTHER
	} kind;
	bool boolean;
	double number;
	const char *string;
	mi_names strings;
	mi_named_numbers named_numbers;
} mi_option_value;

/* MI_INVALID_ARGUMENT, with the allowed names or values in the hint, when the table has no such option or kind. */
extern mi_status mi_options_set(const mi_option *options, int where, void *params, const char *name,
								const mi_option_value *value, mi_error *error);

/* The first option of a kind, or NULL. */
extern const mi_option *mi_options_of_kind(const mi_option *options, mi_option_kind kind);

extern const mi_option *mi_options_find(const mi_option *options, const char *name);

/* Whether an option is stored as a text, and the value of one that is. */
extern bool mi_option_is_text(const mi_option *option);
extern const char *mi_option_text(const mi_option *option, const void *params);

/* The value of one that is stored as a number. */
extern double mi_option_number(const mi_option *option, const void *params);

#endif
