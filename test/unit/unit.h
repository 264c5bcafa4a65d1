/*
 * The unit test harness. A test program is one file, <topic>_test.c, that includes this header and holds any number of
 *
 *     MI_TEST(what_is_true)
 *     {
 *         CHECK(mi_thing_size(thing) == 3);
 *         CHECK_NEAR(mi_thing_mean(thing), 2.5, 1e-14);
 *     }
 *
 * They run in the order they are written in. A check that fails says where and what, is counted, and the test goes on.
 * The last line is 'N passed, N failed', counting checks; the exit status is 0 when none failed. Arguments select tests
 * by name. The core's memory is malloc's, under the sanitizers; main() is here.
 */
#ifndef MI_UNIT_H
#define MI_UNIT_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/host.h"

typedef struct unit_test
{
	const char *name;
	void (*run)(void);
	struct unit_test *next;
} unit_test;

static unit_test *unit_first;
static unit_test **unit_end = &unit_first;
static long unit_passed;
static long unit_failed;

/* Constructors of one file run in the order of their definitions: each test appends itself to the list. */
#define MI_TEST(test_name) \
	static void test_name(void); \
	__attribute__((constructor)) static void test_name##_register(void) \
	{ \
		static unit_test test = {#test_name, test_name, NULL}; \
		*unit_end = &test; \
		unit_end = &test.next; \
	} \
	static void test_name(void)

/* All checks answer whether they passed: if (!CHECK(p != NULL)) return; */
#define CHECK(condition) unit_check((condition), __FILE__, __LINE__, "%s", #condition)

#define CHECK_INT_EQ(actual, expected) unit_check_int(actual, expected, #actual, __FILE__, __LINE__)
#define CHECK_STR_EQ(actual, expected) unit_check_str(actual, expected, #actual, __FILE__, __LINE__)
#define CHECK_BYTES_EQ(actual, expected, size) \
	unit_check(memcmp(actual, expected, size) == 0, __FILE__, __LINE__, "bytes of %s", #actual)

/* Relative error at most tolerance; absolute where expected is 0. NaN is near NaN, an infinity near itself. */
#define CHECK_NEAR(actual, expected, tolerance) \
	unit_check_near(actual, expected, tolerance, #actual, __FILE__, __LINE__)

/* At least so many correct digits, as NIST counts them. */
#define CHECK_LRE(actual, certified, digits) unit_check_lre(actual, certified, digits, #actual, __FILE__, __LINE__)

static inline bool __attribute__((format(printf, 4, 5)))
unit_check(bool passed, const char *file, int line, const char *format, ...)
{
	if (passed)
		unit_passed++;
	else
	{
		va_list arguments;

		unit_failed++;
		printf("%s:%d: failed: ", file, line);
		va_start(arguments, format);
		vprintf(format, arguments);
		va_end(arguments);
		putchar('\n');
	}
	return passed;
}

static inline bool
unit_check_int(intmax_t actual, intmax_t expected, const char *what, const char *file, int line)
{
	return unit_check(actual == expected, file, line, "%s is %jd, not %jd", what, actual, expected);
}

static inline bool
unit_check_str(const char *actual, const char *expected, const char *what, const char *file, int line)
{
	return unit_check(actual != NULL && strcmp(actual, expected) == 0, file, line, "%s is \"%s\", not \"%s\"", what,
					  actual != NULL ? actual : "(null)", expected);
}

static inline bool
unit_check_near(double actual, double expected, double tolerance, const char *what, const char *file, int line)
{
	double scale = expected != 0.0 ? fabs(expected) : 1.0;
	bool same = actual == expected || (isnan(actual) && isnan(expected));

	return unit_check(same || fabs(actual - expected) <= tolerance * scale, file, line,
					  "%s is %.17g, not %.17g (off by %.3g, allowed %.3g)", what, actual, expected,
					  fabs(actual - expected) / scale, tolerance);
}

/*
 * The log relative error, -log10(|actual - certified| / |certified|): the number of correct significant digits
 * (B. D. McCullough, "Assessing the reliability of statistical software", The American Statistician 52 (1998)).
 * Certified values have 15 digits, so more than 15 cannot be told; the absolute error serves where the value is 0.
 */
static inline double
unit_lre(double actual, double certified)
{
	double error = fabs(actual - certified) / (certified != 0.0 ? fabs(certified) : 1.0);

	if (isnan(error))
		return 0.0;
	return error < 1e-15 ? 15.0 : fmax(0.0, -log10(error));
}

static inline bool
unit_check_lre(double actual, double certified, double digits, const char *what, const char *file, int line)
{
	return unit_check(unit_lre(actual, certified) >= digits, file, line,
					  "%s is %.17g, certified %.17g (%.1f correct digits, %.1f wanted)", what, actual, certified,
					  unit_lre(actual, certified), digits);
}

/* Opens a file of the development data (MUSICINTEL_DATA), or says plainly that it is absent and answers NULL. */
static inline FILE *
unit_open_data(const char *name)
{
	const char *directory = getenv("MUSICINTEL_DATA");
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory != NULL ? directory : "../shared/data", name);
	file = fopen(path, "r");
	if (file == NULL)
		printf("skipped: no file %s (set MUSICINTEL_DATA)\n", path);
	return file;
}

/* Never NULL, as the core may rely on, and of exactly the size asked for: the sanitizer sees every overrun. */
static inline void *
unit_reallocate(void *memory, size_t size)
{
	memory = realloc(memory, size > 0 ? size : 1);
	if (memory == NULL)
	{
		fprintf(stderr, "out of memory: %zu bytes\n", size);
		abort();
	}
	return memory;
}

static inline void *
unit_allocate(size_t size)
{
	return unit_reallocate(NULL, size);
}

static inline void
unit_check_interrupts(void)
{
}

static inline void
unit_report_progress(int phase, uint64_t done, uint64_t total)
{
	(void) phase;
	(void) done;
	(void) total;
}

static inline bool
unit_selected(const unit_test *test, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(test->name, argv[i]) == 0)
			return true;
	return argc == 1;
}

int
main(int argc, char **argv)
{
	static const mi_host host = {
		.allocate = unit_allocate,
		.reallocate = unit_reallocate,
		.release = free,
		.check_interrupts = unit_check_interrupts,
		.report_progress = unit_report_progress,
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	mi_host_install(&host);
	for (const unit_test *test = unit_first; test != NULL; test = test->next)
		if (unit_selected(test, argc, argv))
			test->run();
	printf("%ld passed, %ld failed\n", unit_passed, unit_failed);
	return unit_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
