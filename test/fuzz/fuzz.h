/*
 * What the fuzz targets share. libFuzzer calls LLVMFuzzerInitialize once and LLVMFuzzerTestOneInput with one input
 * after another; its own main() is linked in by clang -fsanitize=fuzzer.
 */
#ifndef MI_FUZZ_H
#define MI_FUZZ_H

#include <stdint.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "core/base/host.h"

extern int LLVMFuzzerInitialize(int *argc, char ***argv);
extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void *
fuzz_reallocate(void *memory, size_t size)
{
	memory = realloc(memory, size > 0 ? size : 1);
	if (memory == NULL)
		abort();
	return memory;
}

static void *
fuzz_allocate(size_t size)
{
	return fuzz_reallocate(NULL, size);
}

static void
fuzz_check_interrupts(void)
{
}

static void
fuzz_report_progress(int phase, uint64_t done, uint64_t total)
{
	(void) phase;
	(void) done;
	(void) total;
}

/* The host that src/pg/module.c would install: its memory, and GSL without its handler, which aborts. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const mi_host host = {
		.allocate = fuzz_allocate,
		.reallocate = fuzz_reallocate,
		.release = free,
		.check_interrupts = fuzz_check_interrupts,
		.report_progress = fuzz_report_progress,
	};

	(void) argc;
	(void) argv;
	mi_host_install(&host);
	gsl_set_error_handler_off();
	return 0;
}

#endif
