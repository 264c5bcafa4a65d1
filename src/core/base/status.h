/*
 * What a core function answers: a status, and when it is not MI_OK a message and perhaps a hint for a person.
 *
 * src/pg/report.c turns these into ereport with a SQLSTATE; nothing else does.
 */
#ifndef MI_STATUS_H
#define MI_STATUS_H

#include <stddef.h>

typedef enum mi_status
{
	MI_OK,
	MI_INVALID_ARGUMENT, /* the caller asked for something that cannot be */
	MI_OUT_OF_RANGE,     /* a number is NaN, infinite or too large */
	MI_NOT_SUPPORTED,    /* this algorithm does not offer that */
	MI_CORRUPT,          /* bytes that are not a model */
	MI_MALFORMED,        /* bytes that are not a file of the kind expected */
	MI_NEWER_FORMAT,     /* bytes from a later version of this library */
	MI_TOO_LARGE,        /* beyond a fixed limit of the implementation */
	MI_BUDGET_EXCEEDED,  /* more memory than the user allows */
	MI_NO_DATA,          /* nothing to learn from */
	MI_NUMERICAL_FAILURE /* an iteration did not converge */
} mi_status;

/* The caller hands in a zeroed one: its status is MI_OK until something fails. */
typedef struct mi_error
{
	mi_status status;
	char message[512]; /* lower case, no full stop: the style of PostgreSQL's primary messages */
	char hint[1024];   /* whole sentences; empty when there is none */
} mi_error;

#if defined(__GNUC__)
#define MI_PRINTF(format_at, arguments_at) __attribute__((format(printf, format_at, arguments_at)))
#else
#define MI_PRINTF(format_at, arguments_at)
#endif

/* Fill in *error and return its status, so that "return mi_fail(error, …)" is the whole error path. */
extern mi_status mi_fail(mi_error *error, mi_status status, const char *format, ...) MI_PRINTF(3, 4);

/* Add the hint and return the status that is already there. */
extern mi_status mi_hint(mi_error *error, const char *format, ...) MI_PRINTF(2, 3);

#endif
