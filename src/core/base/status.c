/*
 * Writing of errors; see status.h.
 */
#include "status.h"

#include <stdarg.h>
#include <stdio.h>

mi_status
mi_fail(mi_error *error, mi_status status, const char *format, ...)
{
	va_list arguments;

	error->status = status;
	error->hint[0] = '\0';
	va_start(arguments, format);
	vsnprintf(error->message, sizeof(error->message), format, arguments);
	va_end(arguments);
	return status;
}

mi_status
mi_hint(mi_error *error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error->hint, sizeof(error->hint), format, arguments);
	va_end(arguments);
	return error->status;
}
