/*
 * Teams: nobody leaves a meeting before everybody is there, and what was written before it is seen after it.
 */
#include "unit.h"

#include "core/base/team.h"
#include "core/base/team_self_test.h"

static void
check_team(int workers, unsigned expected_size, uint64_t rounds)
{
	mi_team_session session = mi_team_begin(workers, sizeof(mi_team_self_test));
	mi_team_self_test *test = session.shared;

	CHECK(mi_team_limit(workers) >= expected_size);
	CHECK_INT_EQ((uintptr_t) session.shared % 64, 0);
	test->rounds = rounds;
	CHECK_INT_EQ(mi_team_run(&session, MI_TEAM_TASK_SELF_TEST), expected_size);
	CHECK_INT_EQ(mi_team_self_test_wrong(test, expected_size), 0);
	CHECK_INT_EQ(test->met[0], rounds);
	mi_team_end(&session);
	CHECK(session.shared == NULL && session.host == NULL);
}

MI_TEST(members_meet)
{
	for (int workers = 0; workers < 8; workers++)
		check_team(workers, (unsigned) workers + 1, 500);
}

MI_TEST(the_host_chooses_the_number_of_workers)
{
	check_team(-1, UNIT_DEFAULT_WORKERS + 1, 100);
}

/* Work comes back in another session, and more than once in the same. */
MI_TEST(a_session_runs_again_on_the_same_block)
{
	mi_team_session session = mi_team_begin(3, sizeof(mi_team_self_test));
	mi_team_self_test *test = session.shared;

	for (uint64_t run = 1; run <= 3; run++)
	{
		test->rounds = 10;
		CHECK_INT_EQ(mi_team_run(&session, MI_TEAM_TASK_SELF_TEST), 4);
		CHECK_INT_EQ(test->met[3 * MI_SELF_TEST_LINE], 10 * run);
	}
	mi_team_end(&session);
	mi_team_end(&session);
}

MI_TEST(a_self_test_that_fails_says_so)
{
	mi_team_session session = mi_team_begin(0, sizeof(mi_team_self_test));
	mi_team_self_test *test = session.shared;

	test->rounds = 4;
	test->wrong[0] = 1;
	mi_team_run(&session, MI_TEAM_TASK_SELF_TEST);
	CHECK_INT_EQ(mi_team_self_test_wrong(test, 1), 1);
	CHECK_INT_EQ(mi_team_self_test_wrong(test, 2), 2); /* the second has not done its rounds */
	mi_team_end(&session);
}

/* The leader's own block: aligned, zeroed, of any size, and released as it was allocated. */
MI_TEST(the_block_of_a_leader_alone)
{
	static const size_t sizes[] = {0, 1, 63, 64, 65, 100000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
	{
		mi_team_session session = mi_team_begin(0, sizes[i]);
		unsigned char *bytes = session.shared;
		unsigned sum = 0;

		CHECK_INT_EQ((uintptr_t) bytes % 64, 0);
		for (size_t at = 0; at < sizes[i]; at++)
			sum += bytes[at];
		CHECK_INT_EQ(sum, 0);
		memset(bytes, 0xff, sizes[i]);
		mi_team_end(&session);
	}
}

/* A host without workers, such as the fuzzers', or one that has none to give at the moment. */
static mi_team_session
gives_none(int workers, size_t shared_size)
{
	(void) workers;
	(void) shared_size;
	return (mi_team_session){0};
}

MI_TEST(hosts_without_workers)
{
	const mi_host *usual = mi_host_installed();
	mi_host host = *usual;

	host.team_begin = NULL;
	host.team_limit = NULL;
	mi_host_install(&host);
	CHECK_INT_EQ(mi_team_limit(4), 1);
	check_team(4, 1, 10);
	host.team_begin = gives_none;
	check_team(4, 1, 10);
	mi_host_install(usual);
}
