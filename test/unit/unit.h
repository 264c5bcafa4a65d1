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
 * by name. The core's memory is malloc's, under the sanitizers; main() is here. Teams are threads, as many as are asked
 * for, and spools are in memory; CHECK is for the test's own thread.
 */
#ifndef MI_UNIT_H
#define MI_UNIT_H

#include <math.h>
#include <pthread.h>
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

/* ---- Teams of threads ---- */

#define UNIT_DEFAULT_WORKERS 2 /* where the core leaves their number to its host */

typedef struct unit_team
{
	unsigned size;
	mi_team_task task;
	pthread_barrier_t barrier;
} unit_team;

typedef struct unit_member
{
	pthread_t thread;
	mi_team team;
} unit_member;

static inline unsigned
unit_team_limit(int workers)
{
	return (unsigned) (workers < 0 ? UNIT_DEFAULT_WORKERS : workers) + 1;
}

/* The block has exactly the size asked for, as the sanitizer wants it. */
static inline mi_team_session
unit_team_begin(int workers, size_t shared_size)
{
	unit_team *team = unit_allocate(sizeof(unit_team));
	void *shared;

	if (posix_memalign(&shared, 64, shared_size > 0 ? shared_size : 1) != 0)
		abort();
	memset(shared, 0, shared_size);
	team->size = unit_team_limit(workers);
	return (mi_team_session){.shared = shared, .host = team};
}

static inline void *
unit_member_main(void *argument)
{
	mi_team *team = argument;
	const unit_team *host = team->host;

	mi_team_function_of(host->task)(team);
	return NULL;
}

static inline unsigned
unit_team_run(mi_team_session *session, mi_team_task task)
{
	unit_team *host = session->host;
	unsigned size = host->size;
	unit_member *members = unit_allocate(size * sizeof(unit_member));

	host->task = task;
	pthread_barrier_init(&host->barrier, NULL, size);
	for (unsigned rank = 0; rank < size; rank++)
		members[rank].team = (mi_team){.rank = rank, .size = size, .shared = session->shared, .host = host};
	for (unsigned rank = 1; rank < size; rank++)
		if (pthread_create(&members[rank].thread, NULL, unit_member_main, &members[rank].team) != 0)
			abort();
	unit_member_main(&members[0].team);
	for (unsigned rank = 1; rank < size; rank++)
		pthread_join(members[rank].thread, NULL);
	pthread_barrier_destroy(&host->barrier);
	free(members);
	return size;
}

static inline void
unit_team_meet(mi_team *team)
{
	unit_team *host = team->host;

	pthread_barrier_wait(&host->barrier);
}

static inline void
unit_team_end(mi_team_session *session)
{
	free(session->shared);
	free(session->host);
}

/* ---- Spools in files ---- */

/* A spool in memory: a ticket has the address of the one that was created. */
struct mi_spool
{
	mi_spool *created; /* itself, or the one that was opened */
	unsigned char *bytes;
	size_t length;
	size_t at;
};

static inline mi_spool *
unit_spool_create(void)
{
	mi_spool *spool = calloc(1, sizeof(mi_spool));

	if (spool == NULL)
		abort();
	spool->created = spool;
	return spool;
}

static inline void
unit_spool_write(mi_spool *spool, const void *bytes, size_t length)
{
	size_t room = spool->length + length;

	spool->bytes = realloc(spool->bytes, room > 0 ? room : 1);
	if (spool->bytes == NULL)
		abort();
	memcpy(spool->bytes + spool->length, bytes, length);
	spool->length += length;
	spool->at = spool->length;
}

static inline mi_spool_position
unit_spool_tell(mi_spool *spool)
{
	return (mi_spool_position){.offset = (int64_t) spool->at};
}

static inline mi_spool_ticket
unit_spool_publish(mi_spool *spool)
{
	mi_spool_ticket ticket = {{0}};

	ticket.words[0] = (uintptr_t) spool;
	return ticket;
}

static inline mi_spool *
unit_spool_open(const mi_spool_ticket *ticket)
{
	mi_spool *spool = unit_spool_create();

	spool->created = (mi_spool *) (uintptr_t) ticket->words[0];
	return spool;
}

static inline void
unit_spool_seek(mi_spool *spool, mi_spool_position position, size_t beyond)
{
	spool->at = (size_t) position.offset + beyond;
}

static inline void
unit_spool_read(mi_spool *spool, void *bytes, size_t length)
{
	if (length > spool->created->length - spool->at)
	{
		fprintf(stderr, "spool read beyond its end\n");
		abort();
	}
	if (length > 0)
		memcpy(bytes, spool->created->bytes + spool->at, length);
	spool->at += length;
}

static inline void
unit_spool_release(mi_spool *spool)
{
	free(spool->bytes);
	free(spool);
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
		.team_limit = unit_team_limit,
		.team_begin = unit_team_begin,
		.team_run = unit_team_run,
		.team_meet = unit_team_meet,
		.team_end = unit_team_end,
		.spool_create = unit_spool_create,
		.spool_write = unit_spool_write,
		.spool_tell = unit_spool_tell,
		.spool_publish = unit_spool_publish,
		.spool_open = unit_spool_open,
		.spool_seek = unit_spool_seek,
		.spool_read = unit_spool_read,
		.spool_release = unit_spool_release,
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
