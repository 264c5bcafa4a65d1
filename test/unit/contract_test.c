/*
 * Contracts: packed and read back, and everything that may be wrong with the packed bytes.
 */
#include "unit.h"

#include "models.h"
#include "random_input.h"

static const char *genres[] = {"folk", "pop", "rock"};

static mi_feature features[] = {
	{.name = "tempo", .kind = MI_FEATURE_NUMBER},
	{.name = "is explicit", .kind = MI_FEATURE_BOOLEAN},
	{.name = "\"genre\"", .kind = MI_FEATURE_CATEGORY, .level_count = 3, .levels = genres},
};

static const mi_contract sample = {.named = true, .target = "popularity", .feature_count = 3, .features = features};

static mi_writer
packed(const mi_contract *contract)
{
	mi_writer writer = {0};

	mi_contract_pack(contract, &writer);
	return writer;
}

static mi_status
unpack(const mi_writer *bytes)
{
	mi_contract contract;
	mi_error error = {0};

	if (mi_contract_unpack(&contract, bytes->bytes, bytes->length, &error) == MI_OK)
		mi_contract_release(&contract);
	return error.status;
}

MI_TEST(unpacking_gives_back_what_was_packed)
{
	mi_writer bytes = packed(&sample);
	mi_writer again = {0};
	mi_contract contract;
	mi_error error = {0};

	CHECK_INT_EQ(bytes.length % 8, 0);
	CHECK_INT_EQ(mi_contract_unpack(&contract, bytes.bytes, bytes.length, &error), MI_OK);
	CHECK(contract.named);
	CHECK_STR_EQ(contract.target, "popularity");
	CHECK_INT_EQ(contract.feature_count, 3);
	CHECK_STR_EQ(contract.features[1].name, "is explicit");
	CHECK_INT_EQ(contract.features[1].kind, MI_FEATURE_BOOLEAN);
	CHECK_STR_EQ(contract.features[2].levels[1], "pop");
	again = packed(&contract);
	if (CHECK_INT_EQ(again.length, bytes.length))
		CHECK_BYTES_EQ(again.bytes, bytes.bytes, bytes.length);
	mi_contract_release(&contract);
	mi_release(bytes.bytes);
	mi_release(again.bytes);
}

MI_TEST(elements_of_arrays_are_x1_x2_or_as_named)
{
	mi_contract plain = mi_contract_for_array(2000, NULL);
	mi_contract named = mi_contract_for_array(2, (const char *const[]){"tempo", "energy"});

	CHECK(!plain.named);
	CHECK_STR_EQ(plain.features[0].name, "x1");
	CHECK_STR_EQ(plain.features[1999].name, "x2000");
	CHECK_STR_EQ(named.features[1].name, "energy");
	mi_contract_release(&plain);
	mi_contract_release(&named);
}

MI_TEST(features_and_levels_are_found_by_name)
{
	CHECK_INT_EQ(mi_contract_find_feature(&sample, "is explicit"), 1);
	CHECK_INT_EQ(mi_contract_find_feature(&sample, "Tempo"), -1);
	CHECK_INT_EQ(mi_feature_find_level(&features[2], "folk"), 0);
	CHECK_INT_EQ(mi_feature_find_level(&features[2], "rock"), 2);
	CHECK_INT_EQ(mi_feature_find_level(&features[2], "roc"), -1);
	CHECK_INT_EQ(mi_feature_find_level(&features[2], ""), -1);
	CHECK_INT_EQ(mi_feature_find_level(&features[2], "zouk"), -1);
	CHECK(mi_contract_has_categories(&sample));
	CHECK(!mi_contract_has_categories(&(mi_contract){.feature_count = 2, .features = features}));
}

/* Any number of levels up to the limit, each found at its place, and what lies between them not found. */
MI_TEST(levels_are_found_among_any_number)
{
	static char texts[MI_MAX_LEVELS][8];
	static const char *levels[MI_MAX_LEVELS];
	mi_feature feature = {.name = "artist", .kind = MI_FEATURE_CATEGORY, .levels = levels};
	long wrong = 0;

	for (int i = 0; i < MI_MAX_LEVELS; i++)
	{
		snprintf(texts[i], sizeof(texts[i]), "%06d", 2 * i + 1);
		levels[i] = texts[i];
	}
	for (feature.level_count = 1; feature.level_count <= MI_MAX_LEVELS; feature.level_count += 37)
		for (int i = 0; i <= 2 * (int) feature.level_count; i++)
		{
			char text[8];

			snprintf(text, sizeof(text), "%06d", i);
			wrong += mi_feature_find_level(&feature, text) != (i % 2 == 1 ? i / 2 : -1);
		}
	CHECK_INT_EQ(wrong, 0);
}

MI_TEST(sorting_changes_the_copy_alone)
{
	const char *unsorted[] = {"b", "a", "ab", "B"};
	mi_feature feature = {.name = "f", .kind = MI_FEATURE_CATEGORY, .level_count = 4, .levels = unsorted};
	mi_contract contract = {.target = "", .feature_count = 1, .features = &feature};
	mi_contract sorted = mi_contract_sorted(&contract);

	CHECK_STR_EQ(sorted.features[0].levels[0], "B");
	CHECK_STR_EQ(sorted.features[0].levels[1], "a");
	CHECK_STR_EQ(sorted.features[0].levels[2], "ab");
	CHECK_STR_EQ(sorted.features[0].levels[3], "b");
	CHECK_STR_EQ(unsorted[0], "b");
	mi_contract_release(&sorted);
}

static mi_status
unpack_contract_with(mi_feature feature)
{
	mi_contract contract = {.target = "", .feature_count = 1, .features = &feature};
	mi_writer bytes = packed(&contract);
	mi_status status = unpack(&bytes);

	mi_release(bytes.bytes);
	return status;
}

MI_TEST(contracts_that_make_no_sense_are_refused)
{
	const char *descending[] = {"b", "a"};
	const char *twice[] = {"a", "a"};
	const char *fine[] = {"a", "b"};

	CHECK_INT_EQ(unpack_contract_with((mi_feature){"f", MI_FEATURE_CATEGORY, 2, fine}), MI_OK);
	CHECK_INT_EQ(unpack_contract_with((mi_feature){"f", MI_FEATURE_CATEGORY, 2, descending}), MI_CORRUPT);
	CHECK_INT_EQ(unpack_contract_with((mi_feature){"f", MI_FEATURE_CATEGORY, 2, twice}), MI_CORRUPT);
	CHECK_INT_EQ(unpack_contract_with((mi_feature){"f", MI_FEATURE_CATEGORY, 0, NULL}), MI_CORRUPT);
	CHECK_INT_EQ(unpack_contract_with((mi_feature){"f", MI_FEATURE_NUMBER, 2, fine}), MI_CORRUPT);
	CHECK_INT_EQ(unpack_contract_with((mi_feature){"f", MI_FEATURE_KINDS, 0, NULL}), MI_CORRUPT);
}

/* Missing in every row; where rows with a missing one are left out there would be no row. */
MI_TEST(a_category_without_levels_is_one_that_may_be_missing)
{
	mi_feature feature = {"f", MI_FEATURE_CATEGORY, 0, NULL};
	mi_contract contract = {.target = "", .null_policy = MI_NULL_MISSING, .feature_count = 1, .features = &feature};
	mi_writer bytes = packed(&contract);

	CHECK_INT_EQ(unpack(&bytes), MI_OK);
	mi_release(bytes.bytes);
	CHECK_INT_EQ(mi_feature_find_level(&feature, "a"), -1);
}

/* A count that the bytes cannot hold must not lead to an allocation of its size. */
MI_TEST(counts_larger_than_the_bytes_are_refused)
{
	mi_writer bytes = {0};

	mi_write_u8(&bytes, 1);
	mi_write_u8(&bytes, MI_NULL_OMIT);
	mi_write_string(&bytes, "y");
	mi_write_u32(&bytes, UINT32_MAX);
	mi_write_padding(&bytes, 8);
	CHECK_INT_EQ(unpack(&bytes), MI_CORRUPT);
	bytes.length = 7;
	mi_write_u32(&bytes, 1);
	mi_write_u32(&bytes, UINT32_MAX - 1); /* of the feature's name */
	mi_write_u8(&bytes, 0);
	mi_write_u32(&bytes, 0);
	mi_write_padding(&bytes, 8);
	CHECK_INT_EQ(unpack(&bytes), MI_CORRUPT);
	mi_release(bytes.bytes);
}

MI_TEST(every_cut_and_any_change_is_refused_or_read_whole)
{
	test_random random = random_seeded(__func__);
	mi_writer sound = packed(&sample);
	long refused = 0;

	for (size_t length = 0; length < sound.length; length++)
	{
		mi_writer cut = {.bytes = memcpy(mi_allocate(length), sound.bytes, length), .length = length};

		refused += unpack(&cut) != MI_OK;
		mi_release(cut.bytes);
	}
	CHECK_INT_EQ(refused, sound.length);
	for (int i = 0; i < 50000; i++)
	{
		mi_writer mutant = {.bytes = memcpy(mi_allocate(sound.length), sound.bytes, sound.length),
							.length = sound.length};

		for (size_t times = 1 + random_below(&random, 3); times > 0; times--)
			mutant.bytes[random_below(&random, mutant.length)] = (uint8_t) random_bits(&random);
		unpack(&mutant);
		mi_release(mutant.bytes);
	}
	mi_release(sound.bytes);
}
