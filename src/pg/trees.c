/*
 * trees(model): a row for each node and leaf of a model that consists of trees.
 *
 * Trees are numbered from 1, and so are the nodes of each: first those that split, the root being number 1, and then
 * the leaves.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "core/boosting/forest.h"
#include "core/model/prediction.h"
#include "pg/model_datum.h"

PG_FUNCTION_INFO_V1(trees);

enum
{
	TREE,
	CLASS,
	NODE,
	PARENT,
	DEPTH,
	IS_LEAF,
	FEATURE,
	THRESHOLD,
	CATEGORIES,
	LEFT_CHILD,
	RIGHT_CHILD,
	MISSING_LEFT,
	ZERO_IS_MISSING,
	GAIN,
	VALUE,
	HESSIAN,
	ROWS,
	COLUMNS
};

typedef struct tree_rows
{
	ReturnSetInfo *result;
	const mi_model *model;
	const mi_forest *forest;
	uint32 number; /* of the tree, from 0 */
	const mi_forest_tree *tree;
	int32 *parents; /* by node and leaf, from 0; number of the parent, 0 for the root */
	int32 *depths;
} tree_rows;

/* What a child is called: a node, or a leaf behind all nodes. */
static int32
number_of(const tree_rows *rows, int32 child)
{
	return child >= 0 ? child + 1 : (int32) rows->tree->leaf_count + ~child;
}

/* The categories that go left: labels of levels, or the numbers that an imported model knows them by. */
static Datum
categories_of(const tree_rows *rows, const mi_forest_node *node)
{
	const mi_feature *feature = &rows->model->contract.features[node->feature];
	bool labelled = feature->kind == MI_FEATURE_CATEGORY;
	const uint32 *words = rows->forest->category_words + node->set;
	uint32 word_count = *words++;
	ArrayBuildState *texts = initArrayResult(TEXTOID, CurrentMemoryContext, false);

	for (uint32 category = 0; category < 32 * word_count && (!labelled || category < feature->level_count); category++)
		if (words[category / 32] >> (category % 32) & 1)
			accumArrayResult(texts,
							 CStringGetTextDatum(labelled ? feature->levels[category] : psprintf("%u", category)),
							 false, TEXTOID, CurrentMemoryContext);
	return makeArrayResult(texts, CurrentMemoryContext);
}

static void
put(const tree_rows *rows, int32 number, const mi_forest_statistics *statistics, Datum *values, bool *nulls)
{
	values[TREE] = Int32GetDatum((int32) rows->number + 1);
	nulls[CLASS] = rows->forest->outputs == 1;
	if (!nulls[CLASS])
		values[CLASS] = CStringGetTextDatum(mi_model_class_label(rows->model, rows->number % rows->forest->outputs));
	values[NODE] = Int32GetDatum(number);
	nulls[PARENT] = number == 1;
	values[PARENT] = Int32GetDatum(rows->parents[number - 1]);
	values[DEPTH] = Int32GetDatum(rows->depths[number - 1]);
	values[VALUE] = Float8GetDatum(statistics->value);
	values[HESSIAN] = Float8GetDatum(statistics->hessian);
	values[ROWS] = Float8GetDatum(statistics->rows);
	nulls[ROWS] = rows->forest->cover == MI_COVER_HESSIAN; /* XGBoost's models do not say */
	tuplestore_putvalues(rows->result->setResult, rows->result->setDesc, values, nulls);
}

static void
put_node(const tree_rows *rows, uint32 index)
{
	const mi_forest_node *node = &rows->forest->nodes[rows->tree->first_node + index];
	const mi_forest_statistics *statistics = &rows->forest->node_statistics[rows->tree->first_node + index];
	bool is_category = (node->flags & MI_NODE_CATEGORY) != 0;
	int32 children[] = {number_of(rows, node->left), number_of(rows, node->right)};
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS] = {[THRESHOLD] = is_category, [CATEGORIES] = !is_category};

	for (int i = 0; i < 2; i++) /* children come after their parent */
	{
		rows->parents[children[i] - 1] = (int32) index + 1;
		rows->depths[children[i] - 1] = rows->depths[index] + 1;
	}
	values[IS_LEAF] = BoolGetDatum(false);
	values[FEATURE] = CStringGetTextDatum(rows->model->contract.features[node->feature].name);
	values[THRESHOLD] = Float8GetDatum(node->threshold);
	if (is_category)
		values[CATEGORIES] = categories_of(rows, node);
	values[LEFT_CHILD] = Int32GetDatum(children[0]);
	values[RIGHT_CHILD] = Int32GetDatum(children[1]);
	values[MISSING_LEFT] = BoolGetDatum(node->nan_left);
	values[ZERO_IS_MISSING] = BoolGetDatum((node->flags & MI_NODE_MISSING_ZERO) != 0);
	values[GAIN] = Float8GetDatum(statistics->gain);
	put(rows, (int32) index + 1, statistics, values, nulls);
}

static void
put_leaf(const tree_rows *rows, uint32 index)
{
	mi_forest_statistics statistics = rows->forest->leaf_statistics[rows->tree->first_leaf + index];
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS] = {0};

	for (int column = FEATURE; column <= GAIN; column++)
		nulls[column] = true;
	values[IS_LEAF] = BoolGetDatum(true);
	statistics.value = rows->forest->leaf_values[rows->tree->first_leaf + index];
	put(rows, number_of(rows, ~(int32) index), &statistics, values, nulls);
}

static void
put_tree(tree_rows *rows, uint32 number)
{
	rows->number = number;
	rows->tree = &rows->forest->trees[number];
	rows->parents[0] = rows->depths[0] = 0;
	for (uint32 i = 0; i + 1 < rows->tree->leaf_count; i++)
		put_node(rows, i);
	for (uint32 i = 0; i < rows->tree->leaf_count; i++)
		put_leaf(rows, i);
}

Datum
trees(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext per_tree = AllocSetContextCreate(CurrentMemoryContext, "musicintel tree", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller;
	mi_model model = mi_model_argument(fcinfo, 0);
	tree_rows rows = {.result = result, .model = &model};

	MI_REQUIRE(model.algorithm, forest, "trees");
	InitMaterializedSRF(fcinfo, 0);
	rows.forest = model.algorithm->forest(&model);
	rows.parents = palloc(2 * MI_FOREST_MAX_LEAVES * sizeof(int32));
	rows.depths = palloc(2 * MI_FOREST_MAX_LEAVES * sizeof(int32));
	caller = MemoryContextSwitchTo(per_tree);
	for (uint32 number = 0; number < rows.forest->tree_count; number++)
	{
		CHECK_FOR_INTERRUPTS();
		put_tree(&rows, number);
		MemoryContextReset(per_tree);
	}
	MemoryContextSwitchTo(caller);
	return (Datum) 0;
}
