/*
 * What a team can run; see base/team.h. Workers are told the number of a task, and find its function here.
 */
#include "../base/team_self_test.h"
#include "boosting_team.h"

mi_team_function
mi_team_function_of(mi_team_task task)
{
	static const mi_team_function functions[MI_TEAM_TASK_COUNT] = {
		[MI_TEAM_TASK_SELF_TEST] = mi_team_self_test_main,
		[MI_TEAM_TASK_BOOSTING] = mi_boosting_team_main,
	};

	return functions[task];
}
