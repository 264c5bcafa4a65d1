/*
 * Functions of a model and a row that are called once a row: predict(), leverage().
 *
 * Opening a model and binding a row type to its features costs far more than scoring one row, so both are kept with the
 * call site (fn_extra) and looked at again only when the model, the row type or, for a name, the snapshot is another.
 */
#ifndef MI_PG_SCORING_H
#define MI_PG_SCORING_H

#include "fmgr.h"

#include "core/model/model.h"

typedef struct mi_scoring mi_scoring;

/*
 * For a function (model or name of one, float8[] or row): the call site with its first argument opened. The model stays
 * where it is until another one comes.
 */
extern mi_scoring *mi_scoring_begin(FunctionCallInfo fcinfo);
extern const mi_model *mi_scoring_model(const mi_scoring *scoring);

/* Memory that lives as long as that model does. */
extern MemoryContext mi_scoring_context(const mi_scoring *scoring);

/* What the model's algorithm wants before it explains. */
extern void mi_scoring_prepare_explain(mi_scoring *scoring);

/* The second argument as the model wants it; false when it misses a feature and the model knows no missing values. */
extern bool mi_scoring_values(mi_scoring *scoring, FunctionCallInfo fcinfo, const double **values);

#endif
