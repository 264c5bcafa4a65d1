/*
 * Theil's index by groups against sums over groups numbered beforehand; names of every kind; made-up bytes.
 */
#include "unit.h"

#include "core/metrics/theil_groups.h"
#include "random_input.h"

#define NO_LIMIT ((size_t) 1 << 30)

/* What a caller does: the old piece of memory is his to release. */
static mi_theil_groups *
add(mi_theil_groups *groups, const char *name, size_t length, double exposure)
{
	mi_exposure_sums sums = {0};
	mi_error error = {0};
	mi_theil_groups *grown;

	mi_exposure_sums_add(&sums, exposure);
	grown = mi_theil_groups_add(groups, (mi_group_name){name, (uint32_t) length}, &sums, NO_LIMIT, &error);
	if (grown != groups)
		mi_release(groups);
	if (mi_theil_groups_check(grown, mi_theil_groups_length(grown), &error) != MI_OK)
		CHECK_STR_EQ(error.message, "");
	return grown;
}

MI_TEST(random_groups_agree_with_sums_by_number)
{
	static const size_t sizes[] = {1, 2, 7, 60, 3000};
	test_random random = random_seeded("groups");

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
	{
		mi_exposure_sums *by_number = mi_allocate_zeroed(sizes[s] * sizeof(mi_exposure_sums));
		mi_exposure_sums all = {0};
		mi_theil_groups *parts[2] = {mi_theil_groups_create(), mi_theil_groups_create()};
		mi_theil_groups *groups;
		mi_error error = {0};
		double expected_between = 0.0;
		double expected_within = 0.0;
		double theil;
		double result;

		for (int i = 0; i < 5000; i++)
		{
			size_t number = random_below(&random, sizes[s]);
			size_t part = random_below(&random, 2);
			double exposure = random_below(&random, 3) == 0 ? 0.0 : exp(3.0 * random_number(&random));
			char name[80];
			int length = snprintf(name, sizeof(name), "%zu%.*s", number, (int) (number % 50),
								  "--------------------------------------------------");

			parts[part] = add(parts[part], name, (size_t) length, exposure);
			mi_exposure_sums_add(&by_number[number], exposure);
			mi_exposure_sums_add(&all, exposure);
		}
		groups = mi_theil_groups_combine(parts[0], parts[1], NO_LIMIT, &error);
		for (size_t i = 0; i < sizes[s]; i++)
		{
			double share = by_number[i].total.hi / all.total.hi;

			if (share == 0.0)
				continue;
			mi_theil(&by_number[i], &theil);
			expected_within += share * theil;
			expected_between += share * log(share / (by_number[i].count / all.count));
		}
		CHECK(mi_theil_between(groups, &result));
		CHECK(fabs(result - expected_between) < 1e-13);
		CHECK(mi_theil_within(groups, &result));
		CHECK(fabs(result - expected_within) < 1e-13);
		CHECK(mi_theil(&all, &theil));
		CHECK(fabs(expected_between + expected_within - theil) < 1e-13);
		if (groups != parts[0])
			mi_release(groups);
		mi_release(parts[0]);
		mi_release(parts[1]);
		mi_release(by_number);
	}
}

/* No name, an empty one, and names that differ in their last byte only are groups of their own. */
MI_TEST(names_are_told_apart)
{
	mi_theil_groups *groups = mi_theil_groups_create();
	double result;

	for (int round = 0; round < 2; round++)
	{
		groups = add(groups, NULL, 0, 1.0);
		groups = add(groups, "", 0, 2.0);
		groups = add(groups, "a\0b", 3, 4.0);
		groups = add(groups, "a\0c", 3, 8.0);
		groups = add(groups, "a", 1, 16.0);
	}
	CHECK_INT_EQ(groups->group_count, 5);
	CHECK(mi_theil_within(groups, &result) && result == 0.0);
	CHECK(mi_theil_between(groups, &result) && result > 0.3);
	mi_release(groups);
}

MI_TEST(nothing_to_share_has_no_index)
{
	mi_theil_groups *groups = mi_theil_groups_create();
	double result;

	CHECK(!mi_theil_between(groups, &result));
	groups = add(groups, "a", 1, 0.0);
	CHECK(!mi_theil_between(groups, &result));
	CHECK(!mi_theil_within(groups, &result));
	mi_release(groups);
}

MI_TEST(memory_has_a_limit)
{
	mi_theil_groups *groups = mi_theil_groups_create();
	mi_exposure_sums sums = {0};
	mi_error error = {0};

	mi_exposure_sums_add(&sums, 1.0);
	for (int i = 0; i < 1000 && error.status == MI_OK; i++)
	{
		char name[20];
		mi_group_name given = {name, (uint32_t) snprintf(name, sizeof(name), "group %d", i)};
		mi_theil_groups *grown = mi_theil_groups_add(groups, given, &sums, 65536, &error);

		if (grown == NULL)
			break;
		if (grown != groups)
			mi_release(groups);
		groups = grown;
	}
	CHECK_INT_EQ(error.status, MI_BUDGET_EXCEEDED);
	CHECK_STR_EQ(error.message, "groups of an aggregate take more than the limit of 64 kB of memory");
	CHECK(mi_theil_groups_length(groups) <= 65536);
	mi_release(groups);
}

/* Whatever a bit is changed to, nothing is read or written outside (the sanitizers watch), and every call returns. */
MI_TEST(made_up_bytes_do_no_harm)
{
	test_random random = random_seeded("made-up groups");
	mi_theil_groups *sound = mi_theil_groups_create();
	size_t length;

	for (int i = 0; i < 20; i++)
		sound = add(sound, "abcdefghijklmnopqrstuvwxyz" + i, (size_t) (26 - i), i);
	length = mi_theil_groups_length(sound);
	for (int trial = 0; trial < 20000; trial++)
	{
		uint8_t *bytes = mi_allocate(length);
		mi_theil_groups *groups = (mi_theil_groups *) bytes;
		mi_exposure_sums sums = {.count = 1.0, .total = {1.0, 0.0}};
		mi_error error = {0};
		double result;

		memcpy(bytes, sound, length);
		for (size_t changes = 1 + random_below(&random, 3); changes > 0; changes--)
			bytes[random_below(&random, trial % 2 == 0 ? sizeof(mi_theil_groups) : length)] ^=
				(uint8_t) (1 << random_below(&random, 8));
		if (mi_theil_groups_check(bytes, length, &error) == MI_OK)
		{
			mi_theil_groups *grown = mi_theil_groups_add(groups, (mi_group_name){"new", 3}, &sums, 1 << 20, &error);

			mi_theil_between(groups, &result);
			mi_theil_within(groups, &result);
			if (grown != NULL && grown != groups)
				mi_release(grown);
			grown = mi_theil_groups_combine(sound, groups, 1 << 20, &error);
			if (grown != NULL && grown != sound)
				mi_release(grown);
		}
		mi_release(bytes);
	}
	mi_release(sound);
}
