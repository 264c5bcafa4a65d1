/*
 * Reading of XGBoost's JSON models; see xgboost_json.h.
 */
#include "xgboost_json.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/host.h"
#include "../base/json.h"
#include "../base/json_reader.h"
#include "xgboost_levels.h"
#include "xgboost_tree.h"

/*
 * Categories of a feature without levels, where those that are not named in a split must be told from a missing one:
 * that many, or as many as a set can have if any is beyond. More make sets larger.
 */
#define MI_XGBOOST_USUAL_CATEGORIES 1024

const mi_foreign_objective mi_xgboost_objectives[] = {
	{"binary:logistic", MI_OBJECTIVE_BINARY},
	{"reg:logistic", MI_OBJECTIVE_BINARY},
	{"reg:squarederror", MI_OBJECTIVE_REGRESSION},
	{"reg:linear", MI_OBJECTIVE_REGRESSION},
	{"reg:squaredlogerror", MI_OBJECTIVE_REGRESSION},
	{"reg:pseudohubererror", MI_OBJECTIVE_REGRESSION},
	{"binary:logitraw", MI_OBJECTIVE_REGRESSION},
	{"rank:pairwise", MI_OBJECTIVE_REGRESSION},
	{"rank:ndcg", MI_OBJECTIVE_REGRESSION},
	{"rank:map", MI_OBJECTIVE_REGRESSION},
	{"reg:absoluteerror", MI_OBJECTIVE_L1},
	{"reg:quantileerror", MI_OBJECTIVE_QUANTILE},
	{"count:poisson", MI_OBJECTIVE_POISSON},
	{"reg:gamma", MI_OBJECTIVE_POISSON},
	{"reg:tweedie", MI_OBJECTIVE_POISSON},
	{"multi:softprob", MI_OBJECTIVE_MULTICLASS},
	{"multi:softmax", MI_OBJECTIVE_MULTICLASS},
	{NULL, MI_OBJECTIVE_COUNT},
};

typedef struct xgboost_json
{
	mi_import import;
	mi_json_value learner;
	mi_json_value booster; /* gbtree, be it inside of dart */
	mi_json_value weights; /* of dart's trees */
	mi_json_value parameters;
} xgboost_json;

static mi_status
malformed(mi_error *error, const char *wrong)
{
	return mi_fail(error, MI_MALFORMED, "this is not an XGBoost model: %s", wrong);
}

/* ---- Thresholds ---- */

/* The float below one that is not -infinity, -2^128 standing for -infinity, as it does when numbers are rounded. */
static double
float_below(float condition)
{
	float below = nextafterf(condition, -INFINITY);

	return isinf(below) ? -ldexp(1.0, FLT_MAX_EXP) : (double) below;
}

static bool
has_even_last_digit(float number)
{
	uint32_t bits;

	memcpy(&bits, &number, sizeof(bits));
	return bits % 2 == 0;
}

double
mi_xgboost_threshold(float condition)
{
	double above = isinf(condition) ? ldexp(1.0, FLT_MAX_EXP) : (double) condition;
	double below = float_below(condition);
	double middle = below + (above - below) / 2.0; /* exact: two neighbours have 25 digits between them */

	if (condition == -INFINITY)
		return -INFINITY;
	/* What is halfway is rounded to the one whose last digit is even: the neighbours' digits differ. */
	return has_even_last_digit(condition) ? nextafter(middle, -INFINITY) : middle;
}

float
mi_xgboost_condition(double threshold)
{
	float nearest;

	if (threshold >= FLT_MAX)
		return FLT_MAX;
	if (threshold < -FLT_MAX)
		return -FLT_MAX;
	nearest = (float) threshold;
	return (double) nearest > threshold ? nearest : nextafterf(nearest, INFINITY);
}

/* ---- Parameters ---- */

/* XGBoost writes numbers of parameters as strings. */
static bool
is_parameter(mi_json_value object, const char *name, long low, long high, long *number)
{
	mi_json_value value = mi_json_member(object, name);
	char *string = mi_json_string_of(value);
	double parsed = 0.0;
	bool is = string != NULL && mi_parse_number(string, strlen(string), &parsed) && parsed >= (double) low &&
			  parsed <= (double) high && parsed == floor(parsed);

	if (is)
		*number = (long) parsed;
	mi_release(string);
	return is || mi_json_is_integer(value, low, high, number);
}

/* "5E-1", or since version 3.1 "[5E-1]" with one for each output; on the scale of predictions. */
static mi_status
read_base_scores(xgboost_json *json, mi_error *error)
{
	mi_import *import = &json->import;
	char *string = mi_json_string_of(mi_json_member(json->parameters, "base_score"));
	double *scores = mi_allocate_zeroed(import->outputs * sizeof(double));
	bool is_list = string != NULL && string[0] == '[';
	char *at = string != NULL ? string + is_list : NULL;
	uint32_t count = 0;

	while (at != NULL && count < import->outputs)
	{
		size_t length = strcspn(at, ",]");

		if (!mi_parse_number(at, length, &scores[count]))
			break;
		count++;
		at += length;
		if (*at != ',')
			break;
		at++;
	}
	if (at == NULL || count == 0 || (count > 1 && count != import->outputs) || strcmp(at, is_list ? "]" : "") != 0)
		malformed(error, "its base_score is not a number, or as many as there are outputs");
	for (uint32_t i = 0; i < import->outputs; i++)
	{
		double score = scores[count > 1 ? import->class_numbers[i] : 0];

		if (mi_objective_link(import->objective) == MI_LINK_LOGIT)
			score = log(score / (1.0 - score));
		else if (mi_objective_link(import->objective) == MI_LINK_LOG)
			score = log(score);
		import->base_scores[i] = score;
		if (!isfinite(score) && error->status == MI_OK)
			malformed(error, "its base_score cannot be a prediction");
	}
	mi_release(scores);
	mi_release(string);
	return error->status;
}

static mi_status
read_parameters(xgboost_json *json, const mi_import_options *options, mi_error *error)
{
	mi_json_value objective = mi_json_member(json->learner, "objective");
	char *name = mi_json_string_of(mi_json_member(objective, "name"));
	const mi_foreign_objective *found;
	long feature_count;
	long class_count = 0;
	long target_count = 1;

	if (name == NULL)
		return malformed(error, "it does not name its objective");
	found = mi_foreign_objective_find(mi_xgboost_objectives, name, error);
	mi_release(name);
	if (found == NULL)
		return error->status;
	if (!is_parameter(json->parameters, "num_feature", 0, INT_MAX, &feature_count))
		return malformed(error, "num_feature is not a number");
	if (mi_json_member(json->parameters, "num_class").kind != MI_JSON_NOTHING &&
		!is_parameter(json->parameters, "num_class", 0, INT_MAX, &class_count))
		return malformed(error, "num_class is not a number");
	if (mi_json_member(json->parameters, "num_target").kind != MI_JSON_NOTHING &&
		!is_parameter(json->parameters, "num_target", 0, INT_MAX, &target_count))
		return malformed(error, "num_target is not a number");
	if (mi_import_begin(&json->import, options, (size_t) feature_count, error) != MI_OK)
		return error->status;
	json->import.objective = found->objective;
	json->import.cover = MI_COVER_HESSIAN;
	json->import.outputs = class_count > 1 ? (uint32_t) class_count : 1;
	if (target_count > 1)
		json->import.outputs = (uint32_t) target_count;
	return MI_OK;
}

/* ---- Features ---- */

/* Names are all there, or none: then XGBoost calls them f0, f1, … */
static mi_status
read_names(xgboost_json *json, mi_error *error)
{
	mi_contract *contract = &json->import.contract;
	mi_json_value names = mi_json_member(json->learner, "feature_names");
	mi_json_items items = mi_json_items_of(names);
	mi_json_items types = mi_json_items_of(mi_json_member(json->learner, "feature_types"));
	bool has_names = mi_json_count(names) > 0;
	mi_json_value item;

	if (has_names && mi_json_count(names) != contract->feature_count)
		return malformed(error, "it does not name all of its features");
	for (uint32_t i = 0; i < contract->feature_count; i++)
	{
		mi_feature *feature = &contract->features[i];
		char *name = mi_json_next(&items, &item) ? mi_json_string_of(item) : NULL;

		if (name == NULL && has_names)
			return malformed(error, "the name of a feature is not a string");
		if (name == NULL)
			snprintf(name = mi_allocate(16), 16, "f%u", (unsigned) i);
		feature->name = name;
		if (mi_json_next(&types, &item) && mi_json_is_string(item, "i"))
			feature->kind = MI_FEATURE_BOOLEAN;
	}
	return MI_OK;
}

/* ---- Trees ---- */

/* The highest category in any tree decides how many there may be. */
static uint32_t
category_limit_of(mi_json_value trees)
{
	mi_json_items items = mi_json_items_of(trees);
	mi_json_value tree;
	long category;

	while (mi_json_next(&items, &tree))
	{
		mi_json_items categories = mi_json_items_of(mi_json_member(tree, "categories"));
		mi_json_value item;

		mi_check_interrupts();
		while (mi_json_next(&categories, &item))
			if (!mi_json_is_integer(item, 0, MI_XGBOOST_USUAL_CATEGORIES - 1, &category))
				return MI_FOREST_MAX_SET_WORDS * 32;
	}
	return MI_XGBOOST_USUAL_CATEGORIES;
}

/* A tree with what is said of it elsewhere. */
typedef struct listed_tree
{
	mi_json_value tree;
	size_t number; /* in the text */
	double weight;
} listed_tree;

/*
 * Puts trees into the order of the forest's: iteration by iteration, and in each the outputs one after the other.
 * There, the tree_info of a tree says which output it is of.
 */
static mi_status
list_trees(const xgboost_json *json, mi_json_value model, listed_tree *listed, size_t count, mi_error *error)
{
	const mi_import *import = &json->import;
	mi_json_items trees = mi_json_items_of(mi_json_member(model, "trees"));
	mi_json_items infos = mi_json_items_of(mi_json_member(model, "tree_info"));
	mi_json_items weights = mi_json_items_of(json->weights);
	size_t *next = mi_allocate(import->outputs * sizeof(size_t)); /* by class there: place of its next tree */
	mi_json_value item;

	for (uint32_t i = 0; i < import->outputs; i++)
		next[import->class_numbers[i]] = i;
	for (size_t i = 0; i < count && error->status == MI_OK; i++)
	{
		listed_tree tree = {.number = i, .weight = 1.0};
		long output = 0;

		mi_json_next(&trees, &tree.tree);
		if (!mi_json_next(&infos, &item) || !mi_json_is_integer(item, 0, (long) import->outputs - 1, &output))
			malformed(error, "tree_info makes no sense");
		else if (json->weights.kind != MI_JSON_NOTHING &&
				 (!mi_json_next(&weights, &item) || !mi_json_is_number(item, &tree.weight)))
			malformed(error, "weight_drop makes no sense");
		else if (next[output] >= count)
			malformed(error, "it has more trees of one class than of another");
		else
		{
			listed[next[output]] = tree;
			next[output] += import->outputs;
		}
	}
	mi_release(next);
	return error->status;
}

static mi_status
read_trees(xgboost_json *json, mi_json_value model, mi_error *error)
{
	mi_json_value trees = mi_json_member(model, "trees");
	mi_xgboost_trees of_all = {&json->import, category_limit_of(trees)};
	size_t count = mi_json_count(trees);
	listed_tree *listed;

	if (trees.kind != MI_JSON_ARRAY)
		return malformed(error, "it has no trees");
	if (count % json->import.outputs != 0)
		return malformed(error, "it has more trees of one class than of another");
	listed = mi_allocate(count * sizeof(listed_tree));
	list_trees(json, model, listed, count, error);
	for (size_t i = 0; i < count && error->status == MI_OK; i++)
	{
		mi_tree_draft draft;

		if (mi_xgboost_read_tree(&draft, &of_all, listed[i].tree, listed[i].weight, listed[i].number, error) == MI_OK)
			mi_import_add(&json->import, &draft, listed[i].number, error);
		mi_import_draft_release(&draft);
	}
	mi_release(listed);
	return error->status;
}

/* ---- The whole ---- */

static mi_status
find_parts(xgboost_json *json, mi_json_value document, mi_error *error)
{
	json->learner = mi_json_member(document, "learner");
	json->parameters = mi_json_member(json->learner, "learner_model_param");
	json->booster = mi_json_member(json->learner, "gradient_booster");
	if (json->booster.kind != MI_JSON_OBJECT || json->parameters.kind != MI_JSON_OBJECT)
		return malformed(error, "it has no learner with a gradient_booster");
	if (mi_json_is_string(mi_json_member(json->booster, "name"), "gblinear"))
		return mi_fail(error, MI_NOT_SUPPORTED, "linear boosters (gblinear) are not supported");
	if (mi_json_is_string(mi_json_member(json->booster, "name"), "dart"))
	{
		json->weights = mi_json_member(json->booster, "weight_drop");
		json->booster = mi_json_member(json->booster, "gbtree");
	}
	return MI_OK;
}

/* Versions of XGBoost since 2.1 save UBJSON unless told otherwise. */
static bool
is_binary(const char *text, size_t length)
{
	return (length > 1 && text[0] == '{' && strchr("LlIiU#$", text[1]) != NULL) ||
		   (length > 3 && (memcmp(text, "binf", 4) == 0 || memcmp(text, "bs64", 4) == 0));
}

mi_status
mi_xgboost_read(const char *text, size_t length, const mi_import_options *options, mi_writer *model, mi_error *error)
{
	xgboost_json json = {.weights = {MI_JSON_NOTHING, NULL}};
	unsigned how = MI_JSON_WITH_NOT_FINITE | (options->unicode ? MI_JSON_UNICODE : 0);
	mi_json_value document;
	mi_json_value trees;

	if (is_binary(text, length))
	{
		mi_fail(error, MI_NOT_SUPPORTED, "this is a binary model of XGBoost, not a JSON text");
		return mi_hint(error, "Save it with save_model('….json') or save_raw('json').");
	}
	if (mi_json_open(&document, text, length, how, error) != MI_OK)
		return mi_hint(error, "Give the text of the file, not its name. LightGBM's text is from_lightgbm()'s.");
	if (find_parts(&json, document, error) == MI_OK && read_parameters(&json, options, error) == MI_OK &&
		read_names(&json, error) == MI_OK)
	{
		trees = mi_json_member(json.booster, "model");
		if (mi_xgboost_read_levels(&json.import, mi_json_member(trees, "cats"), mi_json_member(document, "version"),
								   error) == MI_OK &&
			mi_import_begin_forest(&json.import, error) == MI_OK && read_base_scores(&json, error) == MI_OK &&
			read_trees(&json, trees, error) == MI_OK)
			mi_import_finish(&json.import, model, error);
	}
	mi_import_release(&json.import);
	return error->status;
}
