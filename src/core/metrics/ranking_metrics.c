/*
 * Metrics of an order; see ranking_metrics.h.
 */
#include "ranking_metrics.h"

#include <math.h>
#include <stdint.h>

#include "../base/host.h"

#define INTERRUPT_EVERY 65536 /* distinct scores */

/* How many scores from this one on are equal to it. */
static size_t
run_up(mi_scores scores, size_t from, double value)
{
	size_t end = from;

	while (end < scores.count && scores.sorted[end] == value)
		end++;
	return end - from;
}

/* How many scores before this place are equal. */
static size_t
run_down(mi_scores scores, size_t before, double value)
{
	size_t start = before;

	while (start > 0 && scores.sorted[start - 1] == value)
		start--;
	return before - start;
}

static double
lesser(mi_scores a, size_t at_a, mi_scores b, size_t at_b)
{
	if (at_a == a.count || at_b == b.count)
		return at_a == a.count ? b.sorted[at_b] : a.sorted[at_a];
	return fmin(a.sorted[at_a], b.sorted[at_b]);
}

static double
greater(mi_scores a, size_t before_a, mi_scores b, size_t before_b)
{
	if (before_a == 0 || before_b == 0)
		return before_a == 0 ? b.sorted[before_b - 1] : a.sorted[before_a - 1];
	return fmax(a.sorted[before_a - 1], b.sorted[before_b - 1]);
}

bool
mi_auc(mi_scores positives, mi_scores negatives, double *result)
{
	size_t positives_below = 0;
	size_t negatives_below = 0;
	uint64_t half_wins = 0; /* integers are exact: below 2^64 for the 2^32 scores of either kind that fit nowhere */
	double value;

	for (size_t step = 1; positives_below < positives.count; step++)
	{
		size_t wins;
		size_t ties;

		if (step % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		value = lesser(positives, positives_below, negatives, negatives_below);
		wins = run_up(positives, positives_below, value);
		ties = run_up(negatives, negatives_below, value);
		half_wins += (uint64_t) wins * (2 * negatives_below + ties);
		positives_below += wins;
		negatives_below += ties;
	}
	*result = (double) half_wins / (2.0 * (double) positives.count * (double) negatives.count);
	return positives.count > 0 && negatives.count > 0;
}

/* 0.07 * 100 is 7.000000000000001, and its ceiling 8: a few units in the last place are taken off first. */
static size_t
rows_of_share(double share, size_t rows)
{
	double product = share * (double) rows;

	return (size_t) ceil(product - 1e-14 * product);
}

bool
mi_precision_at(mi_scores positives, mi_scores negatives, double share, double *result)
{
	size_t rows = positives.count + negatives.count;
	size_t top = rows_of_share(share, rows);
	size_t left = top;
	double hits = 0.0;
	double value;

	for (size_t step = 1; left > 0; step++)
	{
		size_t hit;
		size_t tied;

		if (step % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		value = greater(positives, positives.count, negatives, negatives.count);
		hit = run_down(positives, positives.count, value);
		tied = hit + run_down(negatives, negatives.count, value);
		hits += tied <= left ? (double) hit : (double) hit * (double) left / (double) tied;
		left -= tied <= left ? tied : left;
		positives.count -= hit;
		negatives.count -= tied - hit;
	}
	*result = hits / (double) top;
	return rows > 0;
}

mi_status
mi_check_score(double score, mi_error *error)
{
	if (isnan(score))
		return mi_fail(error, MI_OUT_OF_RANGE, "score is NaN, which has no rank");
	return MI_OK;
}

mi_status
mi_check_share(double share, mi_error *error)
{
	if (!(share > 0.0 && share <= 1.0))
		return mi_fail(error, MI_INVALID_ARGUMENT, "share must be above 0 and at most 1, not %g", share);
	return MI_OK;
}
