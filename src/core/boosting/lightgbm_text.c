/*
 * Reading of LightGBM's text models; see lightgbm_text.h.
 *
 * A text is a header of lines "key=value", blocks of the same that begin with "Tree=0", "Tree=1", …, a line "end of
 * trees", and what does not matter here but for the last line: the texts of the categories of a pandas data frame.
 */
#include "lightgbm_text.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/json.h"
#include "../base/json_reader.h"
#include "lightgbm_lines.h"
#include "lightgbm_tree.h"

#define MI_LIGHTGBM_MAX_LINES 1000   /* of the header, or of a tree: there are some 20 */
#define CHECK_INTERRUPTS_EVERY 65536 /* lines */

const mi_foreign_objective mi_lightgbm_objectives[] = {
	{"binary", MI_OBJECTIVE_BINARY},
	{"cross_entropy", MI_OBJECTIVE_BINARY},
	{"regression", MI_OBJECTIVE_REGRESSION},
	{"huber", MI_OBJECTIVE_REGRESSION},
	{"fair", MI_OBJECTIVE_REGRESSION},
	{"lambdarank", MI_OBJECTIVE_REGRESSION},
	{"rank_xendcg", MI_OBJECTIVE_REGRESSION},
	{"regression_l1", MI_OBJECTIVE_L1},
	{"mape", MI_OBJECTIVE_L1},
	{"quantile", MI_OBJECTIVE_QUANTILE},
	{"poisson", MI_OBJECTIVE_POISSON},
	{"gamma", MI_OBJECTIVE_POISSON},
	{"tweedie", MI_OBJECTIVE_POISSON},
	{"multiclass", MI_OBJECTIVE_MULTICLASS},
	{NULL, MI_OBJECTIVE_COUNT},
};

/* ---- The header ---- */

typedef struct lightgbm_text
{
	mi_import import;
	mi_span header;
	mi_span tail;    /* behind the trees */
	mi_writer trees; /* spans, one a tree */
	size_t tree_count;
	double leaf_scale; /* 1, or of a random forest one over the number of iterations */
} lightgbm_text;

static mi_span
tree_block(const lightgbm_text *text, size_t tree)
{
	return ((const mi_span *) (const void *) text->trees.bytes)[tree];
}

static mi_status
malformed(mi_error *error, const char *wrong)
{
	return mi_fail(error, MI_MALFORMED, "this is not a LightGBM model: %s", wrong);
}

/* Where header, trees and tail are. */
static mi_status
find_blocks(lightgbm_text *text, mi_span whole, mi_error *error)
{
	mi_span rest = whole;
	mi_span line;
	mi_span block;
	uint32_t lines = 0;

	if (!mi_cut_line(&rest, &line) || !mi_span_equals(line, "tree"))
	{
		malformed(error, "its first line is not \"tree\"");
		return mi_hint(error, "Give the text of the file, not its name. XGBoost's JSON is from_xgboost()'s.");
	}
	block = (mi_span){rest.at, rest.at};
	for (const char *begin = rest.at; mi_cut_line(&rest, &line); begin = rest.at)
	{
		bool is_tree = mi_span_begins(line, "Tree=");
		bool is_end = mi_span_equals(line, "end of trees") || mi_span_begins(line, "feature_importances:") ||
					  mi_span_begins(line, "feature importances:");

		if (++lines > MI_LIGHTGBM_MAX_LINES)
			return malformed(error, "its header or one of its trees has too many lines");
		if (!is_tree && !is_end)
			continue;
		mi_check_interrupts();
		lines = 0;
		block.end = begin;
		if (text->header.at == NULL)
			text->header = block;
		else
			mi_write(&text->trees, &block, sizeof(block));
		text->tail = rest;
		block = (mi_span){begin, begin};
		if (is_end)
		{
			text->tree_count = text->trees.length / sizeof(mi_span);
			return MI_OK;
		}
	}
	return malformed(error, "it ends before the line \"end of trees\"");
}

static mi_status
read_objective(lightgbm_text *text, mi_error *error)
{
	mi_import *import = &text->import;
	mi_span rest = mi_block_value(text->header, "objective");
	const mi_foreign_objective *found;
	mi_span word;
	char *name;

	/* Without one, LightGBM predicts the sum of the leaves. */
	import->objective = MI_OBJECTIVE_REGRESSION;
	if (!mi_cut_word(&rest, &word))
		return MI_OK;
	name = mi_span_text(word);
	found = mi_foreign_objective_find(mi_lightgbm_objectives, name, error);
	mi_release(name);
	if (found == NULL)
		return error->status;
	import->objective = found->objective;
	while (mi_cut_word(&rest, &word))
	{
		if (mi_span_equals(word, "sqrt"))
			return mi_fail(error, MI_NOT_SUPPORTED,
						   "models of the square root of the target (reg_sqrt) are not supported");
		if (mi_span_begins(word, "sigmoid:") && import->objective == MI_OBJECTIVE_BINARY)
		{
			word.at += strlen("sigmoid:");
			if (!mi_parse_number(word.at, mi_span_length(word), &import->link_scale) || import->link_scale <= 0.0)
				return malformed(error, "its sigmoid is not a number above 0");
		}
	}
	return MI_OK;
}

static mi_status
read_feature_names(lightgbm_text *text, mi_error *error)
{
	mi_contract *contract = &text->import.contract;
	mi_span rest = mi_block_value(text->header, "feature_names");
	mi_span word;
	uint32_t named = 0;

	while (mi_cut_word(&rest, &word))
	{
		if (named == contract->feature_count)
			return malformed(error, "it names more features than it has");
		contract->features[named++].name = mi_span_text(word);
	}
	return named == contract->feature_count ? MI_OK : malformed(error, "it names fewer features than it has");
}

static mi_status
read_header(lightgbm_text *text, const mi_import_options *options, mi_error *error)
{
	mi_span version = mi_block_value(text->header, "version");
	uint32_t last_feature;
	uint32_t iterations;

	if (version.at == NULL)
		return malformed(error, "it does not say its version");
	if (!mi_span_equals(version, "v4") && !mi_span_equals(version, "v3") && !mi_span_equals(version, "v2"))
		return mi_fail(error, MI_NOT_SUPPORTED, "LightGBM's text models are read from version v2 to v4, not %.*s",
					   (int) (mi_span_length(version) < 20 ? mi_span_length(version) : 20), version.at);
	if (!mi_block_integer(text->header, "max_feature_idx", 0, INT32_MAX, &last_feature) ||
		mi_import_begin(&text->import, options, (size_t) last_feature + 1, error) != MI_OK)
		return error->status != MI_OK ? error->status : malformed(error, "max_feature_idx is not a number");
	if (!mi_block_integer(text->header, "num_tree_per_iteration", 1, INT32_MAX, &text->import.outputs))
		return malformed(error, "num_tree_per_iteration is not a number above 0");
	if (read_objective(text, error) != MI_OK || read_feature_names(text, error) != MI_OK)
		return error->status;
	if (text->tree_count % text->import.outputs != 0)
		return malformed(error, "its last iteration lacks trees");
	iterations = (uint32_t) (text->tree_count / text->import.outputs);
	text->leaf_scale = 1.0;
	for (mi_span rest = text->header, line; mi_cut_line(&rest, &line);)
		if (mi_span_equals(line, "average_output") && iterations > 0)
			text->leaf_scale = 1.0 / iterations;
	return MI_OK;
}

/* ---- Categories ---- */

/* The largest code of a category, or negative when the feature is none: its values are listed, -1 for a missing one. */
static double
largest_code(mi_span info)
{
	double largest = -1.0;
	double code;
	mi_span word;

	if (mi_span_length(info) == 0 || *info.at == '[')
		return -1.0;
	while (mi_cut(&info, ':', &word))
	{
		if (!mi_read_number(word, &code) || isnan(code))
			return -1.0;
		largest = code > largest ? code : largest;
	}
	return largest;
}

/* A category of a data frame can be any scalar. */
static char *
level_of(mi_json_value value)
{
	char *text = mi_json_string_of(value);
	double number;
	bool boolean;

	if (text != NULL)
		return text;
	text = mi_allocate_zeroed(32);
	if (mi_json_is_number(value, &number))
		mi_format_double(number, text);
	else if (mi_json_is_boolean(value, &boolean))
		strcpy(text, boolean ? "true" : "false");
	return text;
}

static mi_status
set_levels(mi_import *import, uint32_t feature, mi_json_value list, mi_error *error)
{
	size_t count = mi_json_count(list);
	const char **levels = mi_allocate(count * sizeof(char *));
	mi_json_items items = mi_json_items_of(list);
	mi_json_value item;

	for (size_t i = 0; mi_json_next(&items, &item); i++)
		levels[i] = level_of(item);
	mi_import_set_levels(import, feature, levels, count, error);
	for (size_t i = 0; i < count; i++)
		mi_release((void *) levels[i]);
	mi_release(levels);
	return error->status;
}

/*
 * Walks over the features that are categories and the lists of their texts side by side: false unless there are as many
 * of the one as of the other and no code is beyond its list. The text says nowhere which list is whose; where that
 * cannot be told, features stay the numbers that LightGBM knows them by.
 */
static bool
match_levels(lightgbm_text *text, mi_json_value lists, bool set, mi_error *error)
{
	mi_span infos = mi_block_value(text->header, "feature_infos");
	mi_json_items items = mi_json_items_of(lists);
	mi_json_value list;
	mi_span info;

	for (uint32_t i = 0; i < text->import.contract.feature_count && mi_cut_word(&infos, &info); i++)
	{
		double code = largest_code(info);

		if (code < 0.0)
			continue;
		if (!mi_json_next(&items, &list) || code >= (double) mi_json_count(list))
			return false;
		if (set && set_levels(&text->import, i, list, error) != MI_OK)
			return false;
	}
	return !mi_json_next(&items, &list);
}

static mi_status
read_levels(lightgbm_text *text, mi_error *error)
{
	static const char key[] = "pandas_categorical:";
	unsigned how = text->import.options->unicode ? MI_JSON_UNICODE : 0;
	mi_span last = {NULL, NULL};
	mi_span line;
	mi_json_value lists;
	uint32_t lines = 0;

	for (mi_span rest = text->tail; mi_cut_line(&rest, &line);)
	{
		if (++lines % CHECK_INTERRUPTS_EVERY == 0)
			mi_check_interrupts();
		if (mi_span_begins(line, key))
			last = (mi_span){line.at + strlen(key), line.end};
	}
	if (last.at == NULL || mi_span_length(last) == 0 || mi_span_equals(last, "null"))
		return MI_OK;
	if (mi_json_open(&lists, last.at, mi_span_length(last), how, error) == MI_OK &&
		match_levels(text, lists, false, error))
		match_levels(text, lists, true, error);
	return error->status;
}

/* ---- The whole ---- */

static mi_status
read_trees(lightgbm_text *text, mi_error *error)
{
	mi_import *import = &text->import;
	size_t sizes = 0;
	mi_span rest = mi_block_value(text->header, "tree_sizes");

	for (mi_span word; mi_cut_word(&rest, &word);)
		if (++sizes % CHECK_INTERRUPTS_EVERY == 0)
			mi_check_interrupts();
	if (sizes > 0 && sizes != text->tree_count)
		return malformed(error, "it has more or fewer trees than its header says");
	for (size_t i = 0; i < text->tree_count; i++)
	{
		size_t number = i - i % import->outputs + import->class_numbers[i % import->outputs];
		mi_tree_draft draft;

		if (mi_lightgbm_read_tree(&draft, import, tree_block(text, number), text->leaf_scale, number, error) == MI_OK &&
			mi_import_add(import, &draft, number, error) == MI_OK && i == 0)
			import->rows = draft.leaf_count > 1 ? draft.node_statistics[0].rows : draft.leaf_statistics[0].rows;
		mi_import_draft_release(&draft);
		if (error->status != MI_OK)
			break;
	}
	return error->status;
}

mi_status
mi_lightgbm_read(const char *text, size_t length, const mi_import_options *options, mi_writer *model, mi_error *error)
{
	lightgbm_text whole = {.leaf_scale = 1.0};

	if (find_blocks(&whole, (mi_span){text, text + length}, error) == MI_OK &&
		read_header(&whole, options, error) == MI_OK && read_levels(&whole, error) == MI_OK &&
		mi_import_begin_forest(&whole.import, error) == MI_OK && read_trees(&whole, error) == MI_OK)
		mi_import_finish(&whole.import, model, error);
	mi_import_release(&whole.import);
	mi_release(whole.trees.bytes);
	return error->status;
}
