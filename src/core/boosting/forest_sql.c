/*
 * Writing a forest as SQL; see forest_sql.h.
 *
 * A tree is CASE in CASE. A condition that is NULL counts as false, so that every node is written as
 *
 *     CASE WHEN what sends a row that is not missing away from the missing ones THEN that side ELSE the other END
 *
 * NaN is the largest number to the server, and equal to itself.
 */
#include "forest_sql.h"

#include <stdio.h>

#include "../base/host.h"
#include "../base/sql_text.h"
#include "forest_route.h"

#define MI_LARGEST_EXPONENT "700" /* exp() of it, and of minus it, is an ordinary number */

typedef struct sql_output
{
	const mi_forest *forest;
	const mi_contract *contract;
	mi_writer *text;
	size_t begin; /* where in the text the expression begins */
} sql_output;

static void
put(const sql_output *sql, const char *text)
{
	mi_sql(sql->text, text);
}

static bool
too_long(const sql_output *sql)
{
	return sql->text->length - sql->begin > MI_FOREST_SQL_MOST_BYTES;
}

static void
put_column(const sql_output *sql, uint32_t feature)
{
	mi_sql_name(sql->text, sql->contract->features[feature].name);
}

static void
put_number(const sql_output *sql, double number)
{
	mi_sql_number(sql->text, number);
}

static void
put_count(const sql_output *sql, uint32_t count)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%u", (unsigned) count);
	put(sql, digits);
}

/* ---- Nodes ---- */

/* A level of a category, or of a boolean. */
static void
put_level(const sql_output *sql, const mi_feature *feature, uint32_t level)
{
	if (feature->kind == MI_FEATURE_BOOLEAN)
		put(sql, level == 0 ? "FALSE" : "TRUE");
	else
		mi_sql_string(sql->text, feature->levels[level]);
}

/* Bytes are compared, as in C, whatever the column's collation thinks is equal. */
static void
put_category(const sql_output *sql, uint32_t feature)
{
	put_column(sql, feature);
	if (sql->contract->features[feature].kind == MI_FEATURE_CATEGORY)
		put(sql, "::text COLLATE \"C\"");
}

static uint32_t
level_count(const mi_feature *feature)
{
	return feature->kind == MI_FEATURE_BOOLEAN ? 2 : feature->level_count;
}

/* The levels that do not go where missing ones do, if any: column IN (…). */
static bool
put_levels_condition(const sql_output *sql, const mi_forest_node *node, unsigned missing_left)
{
	const mi_feature *feature = &sql->contract->features[node->feature];
	bool any = false;

	for (uint32_t level = 0; level < level_count(feature); level++)
	{
		if (mi_route(sql->forest, node, level) == missing_left)
			continue;
		if (!any)
		{
			put(sql, "CASE WHEN ");
			put_category(sql, node->feature);
		}
		put(sql, any ? ", " : " IN (");
		put_level(sql, feature, level);
		any = true;
	}
	if (any)
		put(sql, ")");
	return any;
}

/* A set of numbers, which missing ones are never in. */
static bool
put_set_condition(const sql_output *sql, const mi_forest_node *node)
{
	const uint32_t *set = sql->forest->category_words + node->set;
	bool any = false;

	for (uint32_t number = 0; number < 32 * set[0]; number++)
	{
		if (!mi_route_category(set, number))
			continue;
		if (!any)
		{
			put(sql, "CASE WHEN trunc(");
			put_column(sql, node->feature);
		}
		put(sql, any ? ", " : ") IN (");
		put_count(sql, number);
		any = true;
	}
	if (any)
		put(sql, ")");
	return any;
}

static void
put_number_condition(const sql_output *sql, const mi_forest_node *node)
{
	put(sql, "CASE WHEN ");
	put_column(sql, node->feature);
	put(sql, node->nan_left ? " > " : " <= ");
	put_number(sql, node->threshold);
	if (node->nan_left)
	{
		put(sql, " AND ");
		put_column(sql, node->feature);
		put(sql, " <> 'NaN'::float8");
	}
	if ((node->flags & MI_NODE_MISSING_ZERO) != 0)
	{
		put(sql, " AND ");
		put_column(sql, node->feature);
		put(sql, " NOT BETWEEN ");
		put_number(sql, -MI_FOREST_ZERO);
		put(sql, " AND ");
		put_number(sql, MI_FOREST_ZERO);
	}
}

/* CASE WHEN and the condition; false, and nothing written, when all rows go where missing ones do. */
static bool
put_condition(const sql_output *sql, const mi_forest_node *node)
{
	if (sql->contract->features[node->feature].kind != MI_FEATURE_NUMBER)
		return put_levels_condition(sql, node, node->nan_left);
	if ((node->flags & MI_NODE_CATEGORY) != 0)
		return put_set_condition(sql, node);
	put_number_condition(sql, node);
	return true;
}

/* Recursion is bounded by MI_FOREST_MAX_DEPTH. */
static void
put_subtree(const sql_output *sql, const mi_forest_tree *tree, int32_t at)
{
	const mi_forest_node *node;
	bool asked;

	if (at < 0)
	{
		put_number(sql, sql->forest->leaf_values[tree->first_leaf + (uint32_t) ~at]);
		return;
	}
	mi_check_interrupts();
	if (too_long(sql))
		return;
	node = &sql->forest->nodes[tree->first_node + (uint32_t) at];
	asked = put_condition(sql, node);
	if (asked)
	{
		put(sql, " THEN ");
		put_subtree(sql, tree, node->nan_left ? node->right : node->left);
		put(sql, " ELSE ");
	}
	put_subtree(sql, tree, node->nan_left ? node->left : node->right);
	put(sql, asked ? " END" : "");
}

/* ---- Sums ---- */

/* The trees of an output, from the first on: a chain of terms, which may be sums of that kind. */
static void
put_trees(const sql_output *sql, uint32_t output, uint32_t first, uint32_t count)
{
	uint32_t term = 1; /* trees in each */

	while (count > term * MI_FOREST_SQL_CHAIN)
		term *= MI_FOREST_SQL_CHAIN;
	for (uint32_t i = 0; i < count && !too_long(sql); i += term)
	{
		if (i > 0)
			put(sql, "\n+ ");
		if (term == 1)
		{
			const mi_forest_tree *tree = &sql->forest->trees[output + (first + i) * sql->forest->outputs];

			put_subtree(sql, tree, tree->leaf_count > 1 ? 0 : ~0);
		}
		else
		{
			put(sql, "(");
			put_trees(sql, output, first + i, count - i < term ? count - i : term);
			put(sql, ")");
		}
	}
}

static void
put_margin(const sql_output *sql, uint32_t output)
{
	uint32_t count = sql->forest->tree_count / sql->forest->outputs;

	put_number(sql, sql->forest->base_scores[output]);
	if (count > 0)
		put(sql, "\n+ ");
	put_trees(sql, output, 0, count);
}

/* ---- Links ---- */

static void
put_exp_of_margin(const sql_output *sql, uint32_t output, double scale)
{
	put(sql, "exp(least(greatest(");
	if (scale != 1.0)
	{
		put_number(sql, scale);
		put(sql, " * (");
	}
	put_margin(sql, output);
	put(sql, scale != 1.0 ? ")" : "");
	put(sql, ", -" MI_LARGEST_EXPONENT "), " MI_LARGEST_EXPONENT "))");
}

static void
put_prediction(const sql_output *sql, uint32_t output)
{
	switch (sql->forest->link)
	{
		case MI_LINK_LOGIT:
			put(sql, "1 / (1 + ");
			put_exp_of_margin(sql, output, -sql->forest->link_scale);
			put(sql, ")");
			break;
		case MI_LINK_LOG:
			put_exp_of_margin(sql, output, 1.0);
			break;
		default:
			put_margin(sql, output);
			break;
	}
}

/* A list of so many things that are alike but for their number, which # stands for. */
static void
put_numbered(const sql_output *sql, const char *format, uint32_t count)
{
	for (uint32_t i = 1; i <= count; i++)
	{
		put(sql, i > 1 ? ", " : "");
		for (const char *at = format; *at != '\0'; at++)
			if (*at == '#')
				put_count(sql, i);
			else
				mi_write_u8(sql->text, (uint8_t) *at);
	}
}

/*
 * Each margin is asked for several times, so that they are computed in a subquery; OFFSET 0 keeps the planner from
 * putting them back into each of those places. It has no FROM, so that the columns are found outside.
 */
static void
put_softmax(const sql_output *sql)
{
	uint32_t outputs = sql->forest->outputs;

	put(sql, "(SELECT ARRAY(SELECT power / sum(power) OVER () FROM unnest(ARRAY[");
	put_numbered(sql, "exp(greatest(m# - largest, -" MI_LARGEST_EXPONENT "))", outputs);
	put(sql, "]) WITH ORDINALITY AS powers(power, place) ORDER BY place) FROM (SELECT *, greatest(");
	put_numbered(sql, "m#", outputs);
	put(sql, ") AS largest FROM (SELECT ");
	for (uint32_t output = 0; output < outputs; output++)
	{
		put(sql, output > 0 ? ",\n" : "");
		put_margin(sql, output);
		put(sql, " AS m");
		put_count(sql, output + 1);
	}
	put(sql, " OFFSET 0) AS margins OFFSET 0) AS margins)");
}

static void
put_answer(const sql_output *sql)
{
	if (sql->forest->link == MI_LINK_SOFTMAX && sql->forest->outputs > 1)
		put_softmax(sql);
	else if (sql->forest->link == MI_LINK_SOFTMAX)
		put_number(sql, 1.0);
	else if (sql->forest->outputs == 1)
		put_prediction(sql, 0);
	else
		for (uint32_t output = 0; output < sql->forest->outputs; output++)
		{
			put(sql, output == 0 ? "ARRAY[" : ",\n");
			put_prediction(sql, output);
			put(sql, output == sql->forest->outputs - 1 ? "]" : "");
		}
}

/* Where a row with anything missing has no prediction. */
static void
put_guard(const sql_output *sql)
{
	for (uint32_t i = 0; i < sql->contract->feature_count; i++)
	{
		const mi_feature *feature = &sql->contract->features[i];

		put(sql, i == 0 ? "CASE WHEN " : " OR ");
		if (feature->kind != MI_FEATURE_CATEGORY || feature->level_count == 0)
		{
			put_column(sql, i);
			put(sql, " IS NULL");
			continue;
		}
		put(sql, "(");
		put_category(sql, i);
		for (uint32_t level = 0; level < feature->level_count; level++)
		{
			put(sql, level == 0 ? " IN (" : ", ");
			put_level(sql, feature, level);
		}
		put(sql, ")) IS NOT TRUE");
	}
	put(sql, " THEN NULL ELSE ");
}

mi_status
mi_forest_to_sql(const mi_forest *forest, const mi_contract *contract, mi_writer *text, mi_error *error)
{
	sql_output sql = {.forest = forest, .contract = contract, .text = text, .begin = text->length};
	bool omit = contract->null_policy == MI_NULL_OMIT;

	if (contract->feature_count != forest->feature_count)
		return mi_fail(error, MI_INVALID_ARGUMENT, "forest has %u features, its contract %u",
					   (unsigned) forest->feature_count, (unsigned) contract->feature_count);
	for (uint32_t i = 0; i < contract->feature_count; i++)
		if (contract->features[i].name[0] == '\0')
			return mi_fail(error, MI_INVALID_ARGUMENT, "feature %u has no name, which a column must have",
						   (unsigned) i + 1);
	put(&sql, "(");
	if (omit)
		put_guard(&sql);
	put_answer(&sql);
	put(&sql, omit ? " END)" : ")");
	if (!too_long(&sql))
		return MI_OK;
	mi_fail(error, MI_TOO_LARGE, "model as SQL would be longer than %zu MB", MI_FOREST_SQL_MOST_BYTES >> 20);
	return mi_hint(error, "Score with predict(), or train with fewer trees or leaves.");
}
