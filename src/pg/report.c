/*
 * Errors of the core to errors of the server; see report.h.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "pg/report.h"

static int
sqlstate_of(mi_status status)
{
	switch (status)
	{
		case MI_OK:
			break;
		case MI_INVALID_ARGUMENT:
			return ERRCODE_INVALID_PARAMETER_VALUE;
		case MI_OUT_OF_RANGE:
			return ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
		case MI_NOT_SUPPORTED:
		case MI_NEWER_FORMAT:
			return ERRCODE_FEATURE_NOT_SUPPORTED;
		case MI_CORRUPT:
			return ERRCODE_DATA_CORRUPTED;
		case MI_TOO_LARGE:
			return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		case MI_BUDGET_EXCEEDED:
			return ERRCODE_CONFIGURATION_LIMIT_EXCEEDED;
		case MI_NO_DATA:
		case MI_NUMERICAL_FAILURE:
			return ERRCODE_DATA_EXCEPTION;
		case MI_MALFORMED:
			return ERRCODE_INVALID_BINARY_REPRESENTATION;
	}
	return ERRCODE_INTERNAL_ERROR;
}

/* The core cuts text at the end of its buffers, and knows nothing of encodings. */
static const char *
whole_characters(const char *text)
{
	int length = (int) strlen(text);

	return pnstrdup(text, pg_mbcliplen(text, length, length));
}

void
mi_report(const mi_error *error)
{
	if (error->status == MI_OK)
		return;
	ereport(ERROR, (errcode(sqlstate_of(error->status)), errmsg("%s", whole_characters(error->message)),
					error->hint[0] != '\0' ? errhint("%s", whole_characters(error->hint)) : 0));
}
