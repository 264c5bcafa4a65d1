/*
 * Configuration parameters; see settings.h.
 */
#include "postgres.h"

#include <limits.h>

#include "miscadmin.h"
#include "utils/guc.h"

#include "pg/settings.h"

bool mi_report_steps = false;

static int training_memory_kb = -1;

void
mi_define_settings(void)
{
	DefineCustomIntVariable("musicintel.training_memory", "Sets the memory that the rows of one training run may take.",
							"-1 means to use maintenance_work_mem.", &training_memory_kb, -1, -1, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomBoolVariable("musicintel.report_steps", "Reports the steps of long work as INFO messages.", NULL,
							 &mi_report_steps, false, PGC_USERSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("musicintel");
}

Size
mi_training_memory_bytes(void)
{
	return (Size) (training_memory_kb < 0 ? maintenance_work_mem : training_memory_kb) * 1024;
}
