/*
 * How good predictions of yes or no are, in one pass.
 *
 * Of a decision: the four counts of the confusion matrix and their ratios. Of a probability p: the Brier score, the
 * mean of (p - actual)² (G. W. Brier, Monthly Weather Review 78 (1950), 1-3), and the log loss, the mean of
 * -ln(probability given to what happened). Both are least for true probabilities.
 */
#ifndef MI_CLASSIFICATION_METRICS_H
#define MI_CLASSIFICATION_METRICS_H

#include <stdbool.h>

#include "../base/status.h"

typedef struct mi_confusion
{
	double true_positives;  /* predicted yes, was yes */
	double false_positives; /* predicted yes, was no */
	double false_negatives; /* predicted no, was yes */
	double true_negatives;  /* predicted no, was no */
} mi_confusion;

#define MI_CONFUSION_NUMBERS 4 /* as an array of doubles, in this order */

extern void mi_confusion_add(mi_confusion *confusion, bool predicted, bool actual);
extern void mi_confusion_combine(mi_confusion *into, const mi_confusion *from);

/* Ratios of counts. False where there is no answer: nothing that the ratio is over. */
extern bool mi_accuracy(const mi_confusion *confusion, double *result);    /* right, of all */
extern bool mi_precision(const mi_confusion *confusion, double *result);   /* was yes, of those predicted yes */
extern bool mi_recall(const mi_confusion *confusion, double *result);      /* predicted yes, of those that were yes */
extern bool mi_specificity(const mi_confusion *confusion, double *result); /* predicted no, of those that were no */
extern bool mi_f1(const mi_confusion *confusion, double *result);          /* harmonic mean of precision and recall */

typedef struct mi_probability_metrics
{
	double count;
	double sum_log_loss;
	double sum_squared_error;
} mi_probability_metrics;

#define MI_PROBABILITY_METRICS_NUMBERS 3

/* MI_OUT_OF_RANGE for what is no probability, NaN included. */
extern mi_status
mi_probability_metrics_add(mi_probability_metrics *metrics, double probability, bool actual, mi_error *error);
extern void mi_probability_metrics_combine(mi_probability_metrics *into, const mi_probability_metrics *from);

/* False without a row. */
extern bool mi_log_loss(const mi_probability_metrics *metrics, double *result);
extern bool mi_brier(const mi_probability_metrics *metrics, double *result);

#endif
