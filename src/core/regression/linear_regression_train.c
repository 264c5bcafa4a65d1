/*
 * train(): the same fit over a query's columns, where categories reveal their levels as rows arrive.
 *
 * A level never seen before is a column that was zero in all rows so far, and the triangle of a matrix with one more
 * zero column is known without reading a row again. So there is still one pass and no row is kept, except for robust
 * standard errors, which need the residuals and so the rows a second time.
 *
 * While rows arrive, columns stand in the order: target, intercept, numbers and booleans, levels as they appeared, and
 * then zeros in reserve for levels to come. At the end they are put in the order of the contract, the reference levels
 * left out.
 */
#include "linear_regression_train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/frame.h"
#include "../base/host.h"
#include "least_squares.h"
#include "linear_regression_layout.h"
#include "linear_regression_robust.h"

#define FIRST_RESERVE 16 /* columns for levels to begin with; doubles whenever it is used up */

typedef struct linear_trainer
{
	mi_linear_fixed asked;
	mi_triangle triangle; /* columns in use, and the reserve */
	double *buffer;       /* MI_BLOCK_ROWS rows as wide as the triangle */
	size_t buffered;
	size_t used;            /* columns */
	size_t plain;           /* columns that are numbers or booleans; they follow target and intercept */
	uint32_t *plain_inputs; /* their features */
	size_t **level_columns; /* by feature, for categories: column of each level seen */
	uint32_t *levels_seen;  /* by feature */
	mi_frame rows;          /* features and target; only for robust errors */
	double *frame_row;      /* one of them on its way in or out */
} linear_trainer;

static bool
is_robust(const linear_trainer *trainer)
{
	return trainer->asked.robust != 0;
}

mi_status
mi_linear_train_begin(mi_training *training, mi_error *error)
{
	const mi_linear_regression_params *params = training->params;
	const mi_contract *contract = training->contract;
	linear_trainer *trainer = mi_allocate_zeroed(sizeof(*trainer));

	training->state = trainer; /* from here on train_release has something to release, also after an error */
	trainer->asked = (mi_linear_fixed){
		.l2 = params->l2.word == MI_NO_WORD ? params->l2.number : 0.0,
		.l2_auto = params->l2.word != MI_NO_WORD,
		.confidence = params->confidence,
		.intercept = params->intercept,
		.robust = (uint8_t) (params->robust == MI_NO_WORD ? 0 : params->robust + 1),
	};
	trainer->plain_inputs = mi_allocate(contract->feature_count * sizeof(uint32_t));
	trainer->level_columns = mi_allocate_zeroed(contract->feature_count * sizeof(size_t *));
	trainer->levels_seen = mi_allocate_zeroed(contract->feature_count * sizeof(uint32_t));
	for (uint32_t i = 0; i < contract->feature_count; i++)
	{
		if (contract->features[i].kind == MI_FEATURE_CATEGORY)
			trainer->level_columns[i] = mi_allocate(MI_MAX_LEVELS * sizeof(size_t));
		else
			trainer->plain_inputs[trainer->plain++] = i;
	}
	trainer->used = 1 + trainer->asked.intercept + trainer->plain;
	if (trainer->used > MI_LINEAR_MAX_COLUMNS + 1)
		return mi_fail(error, MI_TOO_LARGE, "linear regression with %zu columns: the limit is %d", trainer->used - 1,
					   MI_LINEAR_MAX_COLUMNS);
	trainer->triangle = mi_triangle_new(trainer->used + (trainer->plain < contract->feature_count ? FIRST_RESERVE : 0));
	trainer->buffer = mi_allocate(MI_BLOCK_ROWS * trainer->triangle.columns * sizeof(double));
	trainer->rows = mi_frame_new(contract->feature_count + 1, training->memory_limit);
	trainer->frame_row = mi_allocate((contract->feature_count + 1) * sizeof(double));
	if (contract->feature_count == 0 && !params->intercept)
		return mi_fail(error, MI_INVALID_ARGUMENT, "no feature and no intercept: nothing to fit");
	return MI_OK;
}

static void
flush(linear_trainer *trainer)
{
	mi_triangle_absorb(trainer->triangle, trainer->buffer, trainer->buffered);
	trainer->buffered = 0;
}

/* More zero columns at the end: no number of the triangle changes. */
static void
widen(linear_trainer *trainer)
{
	mi_triangle narrow = trainer->triangle;
	mi_triangle wide = mi_triangle_new(2 * narrow.columns);

	flush(trainer); /* its rows are as wide as the triangle was */
	for (size_t row = 0; row < narrow.columns; row++)
	{
		size_t from = mi_triangle_at(narrow.columns, row, row);
		size_t into = mi_triangle_at(wide.columns, row, row);

		memcpy(wide.hi + into, narrow.hi + from, (narrow.columns - row) * sizeof(double));
		memcpy(wide.lo + into, narrow.lo + from, (narrow.columns - row) * sizeof(double));
	}
	mi_triangle_release(&narrow);
	trainer->triangle = wide;
	trainer->buffer = mi_reallocate(trainer->buffer, MI_BLOCK_ROWS * wide.columns * sizeof(double));
}

static mi_status
add_level(linear_trainer *trainer, const mi_training *training, uint32_t feature, mi_error *error)
{
	uint32_t level = trainer->levels_seen[feature]++;

	if (trainer->used > MI_LINEAR_MAX_COLUMNS || level >= MI_MAX_LEVELS)
	{
		mi_fail(error, MI_TOO_LARGE,
				"too many levels in feature \"%s\": the design is limited to %d columns, a category to %d levels",
				training->contract->features[feature].name, MI_LINEAR_MAX_COLUMNS, MI_MAX_LEVELS);
		return mi_hint(error, "Leave identifiers out of the query, and group rare levels into one.");
	}
	if (trainer->used == trainer->triangle.columns)
		widen(trainer);
	trainer->level_columns[feature][level] = trainer->used++;
	return MI_OK;
}

/* A row as columns of the triangle. */
static void
expand(const linear_trainer *trainer, const mi_contract *contract, const double *values, double target, double *row)
{
	size_t column = 0;

	memset(row, 0, trainer->triangle.columns * sizeof(double));
	row[column++] = target;
	if (trainer->asked.intercept)
		row[column++] = 1.0;
	for (size_t i = 0; i < trainer->plain; i++)
		row[column++] = values[trainer->plain_inputs[i]];
	for (uint32_t i = 0; i < contract->feature_count; i++)
		if (trainer->level_columns[i] != NULL)
			row[trainer->level_columns[i][(size_t) values[i]]] = 1.0;
}

mi_status
mi_linear_train_add_row(mi_training *training, const double *values, double target, mi_error *error)
{
	linear_trainer *trainer = training->state;
	const mi_contract *contract = training->contract;
	double *row;

	for (uint32_t i = 0; i < contract->feature_count; i++)
	{
		if (trainer->level_columns[i] == NULL)
		{
			char name[128];

			if (fabs(values[i]) <= MI_LINEAR_LARGEST_VALUE)
				continue;
			snprintf(name, sizeof(name), "column \"%s\"", contract->features[i].name);
			return mi_linear_check_value(values[i], name, trainer->asked.rows + 1, error);
		}
		if (values[i] >= trainer->levels_seen[i] && add_level(trainer, training, i, error) != MI_OK)
			return error->status;
	}
	if (mi_linear_check_value(target, "the target", trainer->asked.rows + 1, error) != MI_OK)
		return error->status;

	row = trainer->buffer + trainer->buffered * trainer->triangle.columns;
	expand(trainer, contract, values, target, row);
	trainer->asked.rows++;
	if (++trainer->buffered == MI_BLOCK_ROWS)
		flush(trainer);
	if (is_robust(trainer))
	{
		memcpy(trainer->frame_row, values, contract->feature_count * sizeof(double));
		trainer->frame_row[contract->feature_count] = target;
		mi_frame_add_row(&trainer->rows, trainer->frame_row);
	}
	return MI_OK;
}

/*
 * The contract with its levels in ascending order, and for every column of the final design its column in the trainer's
 * triangle (the target's last).
 */
static size_t *
order_columns(const linear_trainer *trainer, const mi_contract *contract, const mi_contract *sorted, size_t *count)
{
	size_t *selected;
	mi_design_column *design;
	size_t next = 1; /* after the target come intercept, numbers and booleans, in the design's order too */

	*count = mi_linear_design(sorted, trainer->asked.intercept, NULL);
	selected = mi_allocate((*count + 1) * sizeof(size_t));
	design = mi_allocate(*count * sizeof(mi_design_column));
	mi_linear_design(sorted, trainer->asked.intercept, design);
	for (size_t column = 0; column < *count; column++)
	{
		const mi_feature *seen;

		if (design[column].level < 0)
		{
			selected[column] = next++;
			continue;
		}
		seen = &contract->features[design[column].feature];
		for (uint32_t level = 0; level < seen->level_count; level++)
			if (strcmp(seen->levels[level], sorted->features[design[column].feature].levels[design[column].level]) == 0)
				selected[column] = trainer->level_columns[design[column].feature][level];
	}
	selected[*count] = 0;
	mi_release(design);
	return selected;
}

static void
robust_errors(const linear_trainer *trainer, const mi_contract *contract, const size_t *selected,
			  const mi_least_squares *solution, double *std_errors)
{
	mi_sandwich sandwich = mi_sandwich_new(solution, (mi_robust) (trainer->asked.robust - 1), trainer->asked.rows);
	double *expanded = mi_allocate(trainer->triangle.columns * sizeof(double));
	double *row = mi_allocate(solution->columns * sizeof(double));

	for (uint64_t at = 0; at < trainer->rows.rows; at++)
	{
		if (at % 1024 == 0)
			mi_report_progress(MI_PHASE_SECOND_PASS, at, trainer->rows.rows);
		mi_check_interrupts();
		mi_frame_get_row(&trainer->rows, at, trainer->frame_row);
		expand(trainer, contract, trainer->frame_row, trainer->frame_row[contract->feature_count], expanded);
		for (size_t column = 0; column < solution->columns; column++)
			row[column] = expanded[selected[column]];
		mi_sandwich_add_row(&sandwich, row, expanded[0]);
	}
	mi_sandwich_finish(&sandwich, std_errors);
	mi_release(expanded);
	mi_release(row);
}

mi_status
mi_linear_train_finish(mi_training *training, const mi_contract *sorted, mi_writer *model, mi_error *error)
{
	linear_trainer *trainer = training->state;
	size_t count;
	size_t *selected;
	mi_triangle triangle;
	mi_least_squares solution;
	double *std_errors = NULL;
	double l2;

	flush(trainer);
	if (is_robust(trainer) && mi_frame_check(&trainer->rows, error) != MI_OK)
		return error->status;
	selected = order_columns(trainer, training->contract, sorted, &count);
	triangle = mi_triangle_select(trainer->triangle, selected, count + 1);
	trainer->asked.columns = (uint32_t) count;
	if (mi_linear_penalty(&l2, &trainer->asked, triangle, error) == MI_OK)
	{
		mi_least_squares_solve(&solution, triangle, trainer->asked.intercept, l2);
		if (is_robust(trainer))
		{
			std_errors = mi_allocate(count * sizeof(double));
			robust_errors(trainer, training->contract, selected, &solution, std_errors);
		}
		mi_linear_write_sealed(model, sorted, &trainer->asked, triangle, &solution, l2, std_errors, error);
		mi_least_squares_release(&solution);
	}
	mi_release(std_errors);
	mi_release(selected);
	mi_triangle_release(&triangle);
	return error->status;
}

void
mi_linear_train_release(mi_training *training)
{
	linear_trainer *trainer = training->state;

	for (uint32_t i = 0; i < training->contract->feature_count; i++)
		mi_release(trainer->level_columns[i]);
	mi_release(trainer->level_columns);
	mi_release(trainer->levels_seen);
	mi_release(trainer->plain_inputs);
	mi_triangle_release(&trainer->triangle);
	mi_release(trainer->buffer);
	mi_frame_release(&trainer->rows);
	mi_release(trainer->frame_row);
	mi_release(trainer);
}
