/*
 * What a team does to see that it works: rounds of sums, in which a member that comes too early or late is found out.
 */
#ifndef MI_TEAM_SELF_TEST_H
#define MI_TEAM_SELF_TEST_H

#include <stdint.h>

#include "team.h"

#define MI_SELF_TEST_MEMBERS 64
#define MI_SELF_TEST_LINE 8 /* uint64: what members write lies 64 bytes apart */

/* The whole block. */
typedef struct mi_team_self_test
{
	uint64_t rounds;                                          /* by the leader, before the others start */
	uint64_t parts[MI_SELF_TEST_MEMBERS * MI_SELF_TEST_LINE]; /* of each member: what it adds in this round */
	uint64_t wrong[MI_SELF_TEST_MEMBERS * MI_SELF_TEST_LINE]; /* of each member: sums that were not as they must be */
	uint64_t met[MI_SELF_TEST_MEMBERS * MI_SELF_TEST_LINE];   /* of each member: rounds that it has done */
} mi_team_self_test;

extern void mi_team_self_test_main(mi_team *team);

/* What all members found wrong, one that has not done all rounds included. */
extern uint64_t mi_team_self_test_wrong(const mi_team_self_test *test, unsigned size);

#endif
