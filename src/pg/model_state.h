/*
 * A model as the state of an aggregate.
 */
#ifndef MI_PG_MODEL_STATE_H
#define MI_PG_MODEL_STATE_H

#include "fmgr.h"

/* The n-th argument as a state that takes rows: as it is when it is one, else an open copy of the fitted model. */
extern struct varlena *mi_model_state_argument(FunctionCallInfo fcinfo, int n);

#endif
