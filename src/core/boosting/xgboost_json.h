/*
 * XGBoost's JSON models, as Booster.save_model('….json') writes them and load_model() reads them: versions 1 to 3.
 *
 * XGBoost computes with float: a row goes left when (float) x < condition. Its sums of leaves, too, are floats, which
 * is all that predictions differ by.
 */
#ifndef MI_XGBOOST_JSON_H
#define MI_XGBOOST_JSON_H

#include "../model/model.h"
#include "forest_import.h"

/* Their names, and ours. */
extern const mi_foreign_objective mi_xgboost_objectives[];

/*
 * The sealed model that the text stands for. MI_MALFORMED when it is not such a text, MI_NOT_SUPPORTED when it is one
 * of a kind that is none of ours: linear boosters, vectors in leaves, … Texts of categories are bytes, which need not
 * be of any encoding.
 */
extern mi_status
mi_xgboost_read(const char *text, size_t length, const mi_import_options *options, mi_writer *model, mi_error *error);

/*
 * The text of a model of gradient boosting, not terminated. MI_NOT_SUPPORTED when a split takes zero for missing and
 * sends it where it would not go by itself.
 */
extern mi_status mi_xgboost_write(const mi_model *model, mi_writer *text, mi_error *error);

/* The largest double x with (float) x < condition: x <= threshold is the same. condition: not NaN. */
extern double mi_xgboost_threshold(float condition);

/*
 * The smallest float above the threshold, or FLT_MAX when there is none: x < condition is the same as x <= threshold,
 * of every float below FLT_MAX.
 */
extern float mi_xgboost_condition(double threshold);

#endif
