/*
 * How well a score puts those that were yes before those that were no. What the score is measured in does not matter;
 * equal scores are in no order, and nothing depends on that of the rows.
 *
 * Area under the ROC curve: the probability that one that was yes has a higher score than one that was no, where an
 * equal score counts half; the statistic of H. B. Mann and D. R. Whitney, Ann. Math. Statist. 18 (1947), 50-60, over
 * the number of pairs (J. A. Hanley, B. J. McNeil, Radiology 143 (1982), 29-36).
 *
 * Precision at a share: how many of the top rows were yes. Where equal scores straddle the end of the top, the expected
 * number when they are put in random order (F. McSherry, M. Najork, ECIR 2008, 414-421).
 */
#ifndef MI_RANKING_METRICS_H
#define MI_RANKING_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/status.h"

/* Scores of one outcome, ascending. */
typedef struct mi_scores
{
	const double *sorted;
	size_t count;
} mi_scores;

/* False where there is no pair: only yes, only no, or nothing. */
extern bool mi_auc(mi_scores positives, mi_scores negatives, double *result);

/*
 * Among the top ceil(share * rows); 0 < share <= 1. A product that only rounding has lifted above a whole number counts
 * as that number. False without a row.
 */
extern bool mi_precision_at(mi_scores positives, mi_scores negatives, double share, double *result);

extern mi_status mi_check_score(double score, mi_error *error); /* MI_OUT_OF_RANGE for NaN, which has no rank */
extern mi_status mi_check_share(double share, mi_error *error); /* MI_INVALID_ARGUMENT outside of its range */

#endif
