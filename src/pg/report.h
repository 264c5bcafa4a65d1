/*
 * A core function's answer as an ERROR with SQLSTATE and hint.
 */
#ifndef MI_PG_REPORT_H
#define MI_PG_REPORT_H

#include "core/base/status.h"

/* Raises an ERROR unless the status is MI_OK. */
extern void mi_report(const mi_error *error);

#endif
