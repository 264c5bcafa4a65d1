/*
 * Models as texts of other libraries: what to_lightgbm(), from_lightgbm() and their like share.
 */
#ifndef MI_PG_MODEL_EXCHANGE_H
#define MI_PG_MODEL_EXCHANGE_H

#include "fmgr.h"

#include "core/boosting/forest_import.h"
#include "core/model/model.h"

typedef mi_status (*mi_model_text_reader)(const char *text, size_t length, const mi_import_options *options,
										  mi_writer *model, mi_error *error);
typedef mi_status (*mi_model_text_writer)(const mi_model *model, mi_writer *text, mi_error *error);

/* The whole of a function (text, target, classes) that returns a model, and of one the other way. */
extern Datum mi_model_from_text(FunctionCallInfo fcinfo, mi_model_text_reader reader);
extern Datum mi_model_to_text(FunctionCallInfo fcinfo, mi_model_text_writer writer);

#endif
