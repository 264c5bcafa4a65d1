/*
 * The team's test of itself; see team_self_test.h.
 */
#include "team_self_test.h"

#include <stdbool.h>

/* No number is added twice: in round r, member m of n adds r · n + m. */
static uint64_t
expected_sum(uint64_t round, unsigned size)
{
	return round * size * size + (uint64_t) size * (size - 1) / 2;
}

void
mi_team_self_test_main(mi_team *team)
{
	mi_team_self_test *test = team->shared;
	unsigned size = team->size < MI_SELF_TEST_MEMBERS ? team->size : MI_SELF_TEST_MEMBERS;
	bool takes_part = team->rank < size;

	for (uint64_t round = 0; round < test->rounds; round++)
	{
		uint64_t sum = 0;

		if (takes_part)
			test->parts[team->rank * MI_SELF_TEST_LINE] = round * size + team->rank;
		mi_team_meet(team);
		for (unsigned member = 0; member < size; member++)
			sum += test->parts[member * MI_SELF_TEST_LINE];
		if (takes_part)
		{
			test->wrong[team->rank * MI_SELF_TEST_LINE] += sum != expected_sum(round, size);
			test->met[team->rank * MI_SELF_TEST_LINE]++;
		}
		mi_team_meet(team);
	}
}

uint64_t
mi_team_self_test_wrong(const mi_team_self_test *test, unsigned size)
{
	uint64_t wrong = 0;

	for (unsigned member = 0; member < size && member < MI_SELF_TEST_MEMBERS; member++)
		wrong += test->wrong[member * MI_SELF_TEST_LINE] + (test->met[member * MI_SELF_TEST_LINE] != test->rounds);
	return wrong;
}
