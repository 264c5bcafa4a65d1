/*
 * Options given as jsonb, into the parameter struct of an algorithm.
 */
#ifndef MI_PG_OPTIONS_H
#define MI_PG_OPTIONS_H

#include "utils/jsonb.h"

#include "core/model/algorithm.h"

/*
 * Parameters with defaults where jsonb (NULL allowed) says nothing; palloc'ed. Raises an ERROR that lists what is
 * allowed for an unknown key, a wrong type, or a value out of range. "where" is MI_OPTION_IN_AGGREGATE or
 * MI_OPTION_IN_TRAIN.
 */
extern void *mi_params_from_jsonb(const mi_algorithm *algorithm, int where, Jsonb *options);

#endif
