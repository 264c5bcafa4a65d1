/*
 * The work of a team that boosts; see boosting_team.h.
 */
#include "boosting_team.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "binning.h"
#include "row_choice.h"
#include "tree_draft.h"
#include "tree_growth.h"

/* ---- Iterations ---- */

/* Gradients of the member's own rows, and what was lost on each chunk. */
static void
find_gradients(const mi_boosting_view *view)
{
	const mi_boosting_block *block = view->block;

	for (uint64_t first = view->first_row; first < view->end_row; first += MI_BOOSTING_CHUNK)
	{
		uint64_t left = view->end_row - first;
		uint64_t chunk = first / MI_BOOSTING_CHUNK;
		mi_objective_rows rows = {.count = left < MI_BOOSTING_CHUNK ? left : MI_BOOSTING_CHUNK,
								  .apart = (size_t) block->rows,
								  .outputs = block->outputs,
								  .targets = view->targets + first,
								  .weights = view->weights != NULL ? view->weights + first : NULL,
								  .scores = view->scores + first,
								  .base_scores = block->base_scores,
								  .gradients = view->gradients + first,
								  .held_out = block->held_out ? view->held_out + first : NULL};

		mi_check_interrupts();
		mi_objective_gradients(&block->objective, &rows);
		view->losses[chunk] = rows.loss;
		view->losses[block->chunks + chunk] = rows.held_out_loss;
	}
}

static double
mean_loss(const mi_boosting_view *view, bool held_out, double weight)
{
	const double *losses = view->losses + (held_out ? view->block->chunks : 0);
	double sum = 0.0;

	for (uint32_t chunk = 0; chunk < view->block->chunks; chunk++)
		sum += losses[chunk];
	return sum / weight;
}

/* Of the iterations so far the one with the least loss on the rows held out. */
static uint32_t
best_iteration(const mi_boosting_leader *leader, uint32_t done)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < done; i++)
		if (leader->held_out_losses[i] < leader->held_out_losses[best])
			best = i;
	return best + 1;
}

static bool
is_full(const mi_boosting_leader *leader)
{
	return mi_forest_builder_size(leader->forest) > MI_MODEL_MAX_BYTES;
}

static mi_boosting_failure
failure_of(const mi_boosting_block *block, const mi_boosting_leader *leader)
{
	for (uint32_t output = 0; output < block->outputs; output++)
		if (!isfinite(block->base_scores[output]))
			return MI_BOOSTING_OVERFLOW;
	if (leader->done > 0 && !isfinite(leader->training_losses[leader->done - 1]))
		return MI_BOOSTING_OVERFLOW;
	if (leader->done > 0 && block->held_out && !isfinite(leader->held_out_losses[leader->done - 1]))
		return MI_BOOSTING_HELD_OUT_OVERFLOW;
	/* By early stopping what comes after the best iteration is not kept: what is may be small enough. */
	return is_full(leader) && block->early_stopping_round == 0 ? MI_BOOSTING_TOO_LARGE : MI_BOOSTING_FINE;
}

static void
note_losses(const mi_boosting_view *view, mi_boosting_leader *leader)
{
	uint32_t last = leader->done - 1;

	mi_report_progress(MI_PHASE_BOOSTING, leader->done, view->block->iterations);
	leader->training_losses[last] = mean_loss(view, false, leader->training_weight);
	if (view->block->held_out)
		leader->held_out_losses[last] = mean_loss(view, true, leader->held_out_weight);
}

/* The leader notes what "done" iterations have come to, and says when that is enough. */
static void
judge(const mi_boosting_view *view, uint32_t done)
{
	mi_boosting_block *block = view->block;
	mi_boosting_leader *leader = block->leader;

	leader->done = leader->iterations = done;
	if (done > 0)
		note_losses(view, leader);
	leader->failure = failure_of(block, leader);
	block->stop = done == block->iterations || is_full(leader) || leader->failure != MI_BOOSTING_FINE;
	if (done == 0 || block->early_stopping_round == 0)
		return;
	leader->iterations = best_iteration(leader, done);
	if (done - leader->iterations >= block->early_stopping_round)
		block->stop = true;
}

/* False when no tree of the iteration has found a split, and none would with other rows and features. */
static bool
grow_trees(const mi_boosting_view *view, mi_tree_growth *growth, uint32_t iteration)
{
	mi_boosting_leader *leader = view->block->leader;
	bool split = false;

	for (unsigned output = 0; output < view->block->outputs; output++)
	{
		mi_tree_growth_grow(growth, output, iteration);
		if (growth->overflowed)
			return false;
		mi_tree_growth_add_scores(growth);
		if (view->team->rank == 0)
			mi_tree_growth_add_to(growth, leader->seen, leader->final, leader->forest);
		split = split || growth->leaf_count > 1;
	}
	return split || mi_may_find_more(view);
}

static void
boost(const mi_boosting_view *view)
{
	mi_tree_growth growth = mi_tree_growth_new(view);
	bool grows = true;

	for (uint32_t done = 0; grows; done++)
	{
		find_gradients(view);
		mi_team_meet(view->team);
		if (view->team->rank == 0)
			judge(view, done);
		mi_team_meet(view->team);
		if (view->block->stop)
			break;
		grows = grow_trees(view, &growth, done);
	}
	if (view->team->rank == 0 && growth.overflowed)
		((mi_boosting_leader *) view->block->leader)->failure = MI_BOOSTING_OVERFLOW;
	mi_tree_growth_release(&growth);
}

static void
find_base_scores(const mi_boosting_view *view)
{
	mi_boosting_block *block = view->block;
	mi_objective_rows rows = {.count = (size_t) block->rows,
							  .outputs = block->outputs,
							  .targets = view->targets,
							  .weights = view->weights,
							  .held_out = block->held_out ? view->held_out : NULL};

	mi_objective_base_scores(&block->objective, &rows, block->base_scores);
}

/* From the rows to their bins. Members read by themselves, the leader through the spool that it wrote. */
static void
bin_rows(mi_boosting_view *view)
{
	mi_boosting_leader *leader = view->team->rank == 0 ? view->block->leader : NULL;
	mi_spool *spool = leader != NULL ? leader->rows->spool : mi_spool_open(&view->block->spool);
	mi_row_reader reader = mi_row_reader_new(spool, view->spool_chunks, view->block->rows);

	mi_binning_find(view, &reader);
	mi_team_meet(view->team);
	mi_boosting_view_allocate(view);
	mi_binning_apply(view, &reader);
	mi_row_reader_release(&reader);
	if (leader == NULL)
		mi_spool_release(spool);
	mi_team_meet(view->team);
	if (leader != NULL)
		mi_row_spool_release(leader->rows);
}

void
mi_boosting_team_main(mi_team *team)
{
	mi_boosting_view view = mi_boosting_view_of(team);

	for (unsigned output = 0; output < view.block->outputs; output++)
		memset(view.scores + output * view.block->rows + view.first_row, 0,
			   (view.end_row - view.first_row) * sizeof(double));
	bin_rows(&view);
	if (team->rank == 0 && view.block->boost_from_average)
		find_base_scores(&view);
	mi_team_meet(team);
	boost(&view);
	mi_boosting_view_release(&view);
}
