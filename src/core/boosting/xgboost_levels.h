/*
 * The categories of a data frame's columns, which XGBoost keeps in its models since version 3.1: the member "cats".
 */
#ifndef MI_XGBOOST_LEVELS_H
#define MI_XGBOOST_LEVELS_H

#include "../base/json.h"
#include "../base/json_reader.h"
#include "forest_import.h"

/* Makes categories of the features that have texts. version: the member of the document. */
extern mi_status mi_xgboost_read_levels(mi_import *import, mi_json_value cats, mi_json_value version, mi_error *error);

/* The member, of an open object. */
extern void mi_xgboost_write_levels(mi_json *json, const mi_contract *contract);

#endif
