/*
 * The installed host; see host.h. Set once before anything else runs and constant from then on.
 */
#include "host.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const mi_host *installed_host;

void
mi_host_install(const mi_host *host)
{
	installed_host = host;
}

const mi_host *
mi_host_installed(void)
{
	return installed_host;
}

void *
mi_allocate(size_t size)
{
	return installed_host->allocate(size);
}

void *
mi_allocate_zeroed(size_t size)
{
	void *memory = installed_host->allocate(size);

	return size > 0 ? memset(memory, 0, size) : memory;
}

void *
mi_reallocate(void *memory, size_t size)
{
	return memory != NULL ? installed_host->reallocate(memory, size) : installed_host->allocate(size);
}

void
mi_release(void *memory)
{
	if (memory != NULL)
		installed_host->release(memory);
}

void
mi_check_interrupts(void)
{
	installed_host->check_interrupts();
}

void
mi_report_progress(int phase, uint64_t done, uint64_t total)
{
	installed_host->report_progress(phase, done, total);
}

void
mi_notice(const char *format, ...)
{
	char message[512];
	va_list arguments;

	if (installed_host->notice == NULL)
		return;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	installed_host->notice(message);
}

const char *
mi_phase_name(int phase)
{
	static const char *const names[MI_PHASE_COUNT] = {
		[MI_PHASE_NONE] = "starting",
		[MI_PHASE_READING] = "reading rows",
		[MI_PHASE_SOLVING] = "solving",
		[MI_PHASE_SECOND_PASS] = "second pass over rows",
		[MI_PHASE_SCORING] = "scoring rows",
		[MI_PHASE_SIMULATING] = "simulating rows",
		[MI_PHASE_BINNING] = "binning rows",
		[MI_PHASE_BOOSTING] = "growing trees",
		[MI_PHASE_FINDING_BINS] = "finding bins",
	};

	return phase >= 0 && phase < MI_PHASE_COUNT ? names[phase] : "unknown";
}
