/*
 * Models of other libraries for tests: the files of test/fixtures, texts with a piece of them replaced, and models made
 * of random forests. Tests run from the root of the checkout.
 */
#ifndef MI_TEST_EXCHANGE_H
#define MI_TEST_EXCHANGE_H

#include "unit.h"

#include "core/boosting/forest_import.h"
#include "core/boosting/gradient_boosting.h"
#include "core/model/model.h"
#include "core/model/prediction.h"
#include "forests.h"

typedef mi_status (*exchange_reader)(const char *text, size_t length, const mi_import_options *options,
									 mi_writer *model, mi_error *error);
typedef mi_status (*exchange_writer)(const mi_model *model, mi_writer *text, mi_error *error);

static const mi_import_options no_options = {.target = "", .unicode = true};

/* The file test/fixtures/<name>, terminated. */
static inline char *
fixture(const char *name)
{
	char path[200];
	FILE *file;
	long length;
	char *text;

	snprintf(path, sizeof(path), "test/fixtures/%s", name);
	file = fopen(path, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0)
	{
		perror(path);
		exit(EXIT_FAILURE);
	}
	text = mi_allocate((size_t) length + 1);
	text[fread(text, 1, (size_t) length, file)] = '\0';
	fclose(file);
	return text;
}

/* A copy in which what comes first of "from" is "to". */
static inline char *
replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *copy = mi_allocate(strlen(text) + strlen(to) + 1);

	if (at == NULL)
	{
		printf("there is no \"%s\" to replace\n", from);
		exit(EXIT_FAILURE);
	}
	sprintf(copy, "%.*s%s%s", (int) (at - text), text, to, at + strlen(from));
	return copy;
}

/* Reads a text in memory of exactly its size; the model is released unless somebody wants it. */
static inline mi_error
read_text(exchange_reader reader, const char *text, size_t length, const mi_import_options *options, mi_writer *model)
{
	char *copy = memcpy(mi_allocate(length), text, length);
	mi_writer own = {0};
	mi_error error = {0};

	reader(copy, length, options, &own, &error);
	mi_release(copy);
	if (model != NULL && error.status == MI_OK)
		*model = own;
	else
		mi_release(own.bytes);
	return error;
}

static inline mi_model
opened_model(const mi_writer *bytes)
{
	mi_model model;
	mi_error error = {0};

	if (!CHECK_INT_EQ(mi_model_open(&model, bytes->bytes, bytes->length, &error), MI_OK))
		exit(EXIT_FAILURE);
	return model;
}

/* The model of a sound text; its bytes are to be released after it. */
static inline mi_model
read_model(exchange_reader reader, const char *text, const mi_import_options *options, mi_writer *bytes)
{
	mi_error error = read_text(reader, text, strlen(text), options, bytes);

	if (!CHECK_STR_EQ(error.message, ""))
		exit(EXIT_FAILURE);
	return opened_model(bytes);
}

static inline void
close_model(mi_model *model, mi_writer *bytes)
{
	mi_model_close(model);
	mi_release(bytes->bytes);
}

/* A piece of a text replaced, and what comes of it. */
static inline void
check_replaced(exchange_reader reader, const char *text, const char *from, const char *to, mi_status status,
			   const char *message)
{
	char *changed = replaced(text, from, to);
	mi_error error = read_text(reader, changed, strlen(changed), &no_options, NULL);

	if (!CHECK_INT_EQ(error.status, status) || (message != NULL && !CHECK(strstr(error.message, message) != NULL)))
		printf("    %s -> %s: %s\n", from, to, error.message);
	mi_release(changed);
}

/* Cuts off the next cell of a line of tab-separated values. */
static inline char *
next_cell(char **line)
{
	char *cell = *line;
	char *end = cell + strcspn(cell, "\t\n");

	*line = *end == '\0' ? end : end + 1;
	*end = '\0';
	return cell;
}

/* The model's margins of the rows of test/fixtures/<name>, against those in it. */
static inline void
check_rows(const mi_model *model, const char *name, double tolerance)
{
	const mi_contract *contract = &model->contract;
	const mi_forest *forest = &mi_boosting_model_of(model)->forest;
	char *text = fixture(name);
	char *at = text;
	double values[16];
	double margins[16];

	for (uint32_t i = 0; i < contract->feature_count; i++)
		CHECK_STR_EQ(next_cell(&at), contract->features[i].name);
	for (uint32_t i = 0; i < forest->outputs; i++)
		next_cell(&at);
	while (*at != '\0')
	{
		for (uint32_t i = 0; i < contract->feature_count; i++)
		{
			const mi_feature *feature = &contract->features[i];
			const char *cell = next_cell(&at);
			int level;

			values[i] = strtod(cell, NULL);
			if (feature->kind != MI_FEATURE_CATEGORY)
				continue;
			level = mi_feature_find_level(feature, cell);
			values[i] = level < 0 ? NAN : level;
		}
		mi_model_margins(model, values, margins);
		for (uint32_t i = 0; i < forest->outputs; i++)
			CHECK_NEAR(margins[i], strtod(next_cell(&at), NULL), tolerance);
	}
	mi_release(text);
}

/* Written, read again and so on: from the first text on nothing changes, or from the second, if that rounds numbers. */
static inline void
check_there_and_back(exchange_reader reader, exchange_writer writer, const mi_model *model, bool rounds)
{
	mi_writer texts[3] = {{0}, {0}, {0}};
	mi_writer bytes[3] = {{0}, {0}, {0}};
	mi_model models[3];
	int sound = 0;
	mi_error error = {0};

	for (int i = 0; i < 3; i++)
	{
		CHECK_INT_EQ(writer(i == 0 ? model : &models[i - 1], &texts[i], &error), MI_OK);
		error = read_text(reader, (const char *) texts[i].bytes, texts[i].length, &no_options, &bytes[i]);
		if (!CHECK_STR_EQ(error.message, ""))
			break;
		models[i] = opened_model(&bytes[i]);
		sound++;
	}
	for (int i = rounds ? 1 : 0; i + 1 < sound; i++)
		if (CHECK_INT_EQ(texts[i + 1].length, texts[i].length))
			CHECK_BYTES_EQ(texts[i + 1].bytes, texts[i].bytes, texts[i].length);
	for (int i = 0; i < 3; i++)
	{
		if (i < sound)
			close_model(&models[i], &bytes[i]);
		mi_release(texts[i].bytes);
	}
}

/* A model of arrays around a forest. */
static inline mi_writer
model_of_forest(const mi_forest *forest, mi_objective_code objective)
{
	static const char *const labels[] = {"a", "b", "c", "d"};
	mi_contract contract = mi_contract_for_array(forest->feature_count, NULL);
	mi_boosting_facts facts = {.objective = objective};
	mi_writer model = {0};
	mi_error error = {0};

	if (objective == MI_OBJECTIVE_MULTICLASS)
		facts.classes = (mi_class_list){forest->outputs, labels};
	CHECK_INT_EQ(mi_boosting_write_model(&model, &contract, forest, &facts, &error), MI_OK);
	mi_contract_release(&contract);
	return model;
}

/* Any text, cut and changed at random: read or refused, and nothing else. */
static inline void
check_damaged(exchange_reader reader, const char *text, test_random *random)
{
	static const char bytes[] = "0123456789 .-=\n:,[]{}\"eNnT";
	size_t length = strlen(text);

	for (int i = 0; i < 400; i++)
	{
		char *damaged = memcpy(mi_allocate(length), text, length);
		size_t size = random_below(random, 4) == 0 ? random_below(random, length) : length;

		for (size_t changes = random_below(random, 4); changes > 0; changes--)
			damaged[random_below(random, length)] = bytes[random_below(random, sizeof(bytes) - 1)];
		read_text(reader, damaged, size, &no_options, NULL);
		mi_release(damaged);
	}
	CHECK(true);
}

#endif
