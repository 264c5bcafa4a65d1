/*
 * What a model of any algorithm answers for a row: margins, the classes and their probabilities.
 *
 * A margin is the sum that a model makes before its link turns it into a prediction: log-odds of a probability, the
 * logarithm of a count; where there is no link it is the prediction. A model of several classes has one for each.
 */
#ifndef MI_PREDICTION_H
#define MI_PREDICTION_H

#include "algorithm.h"

/* Margins of a row. */
extern size_t mi_model_outputs(const mi_model *model);
extern void mi_model_margins(const mi_model *model, const double *values, double *margins);

/* 2 for a boolean, false before true; 0 when the model predicts a number. */
extern size_t mi_model_class_count(const mi_model *model);
extern const char *mi_model_class_label(const mi_model *model, size_t class_number);

/* One probability for each class. */
extern void mi_model_probabilities(const mi_model *model, const double *values, double *probabilities);

#define MI_DECISION_THRESHOLD 0.5 /* a probability of true from here on is a yes */

/* The class that the probabilities speak for: the largest, the first of equals; of a boolean, by the threshold. */
extern size_t mi_model_likeliest_class(const mi_model *model, const double *probabilities);

/* The number of the class with this label, or -1 when training never saw it. */
extern int mi_model_find_class(const mi_model *model, const char *label);

#endif
