/*
 * LightGBM's text models (version=v2 to v4), as Booster.save_model() writes them and Booster(model_str=…) reads them.
 */
#ifndef MI_LIGHTGBM_TEXT_H
#define MI_LIGHTGBM_TEXT_H

#include "../model/model.h"
#include "forest_import.h"

/* Their names, and ours. */
extern const mi_foreign_objective mi_lightgbm_objectives[];

/*
 * The sealed model that the text stands for. MI_MALFORMED when it is not such a text, MI_NOT_SUPPORTED when it is one
 * of a kind that is none of ours: linear trees, one against all others, …
 */
extern mi_status
mi_lightgbm_read(const char *text, size_t length, const mi_import_options *options, mi_writer *model, mi_error *error);

/* The text of a model of gradient boosting, not terminated. */
extern mi_status mi_lightgbm_write(const mi_model *model, mi_writer *text, mi_error *error);

#endif
