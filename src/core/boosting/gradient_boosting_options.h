/*
 * The options of gradient boosting.
 */
#ifndef MI_GRADIENT_BOOSTING_OPTIONS_H
#define MI_GRADIENT_BOOSTING_OPTIONS_H

#include "gradient_boosting.h"

extern const mi_option mi_boosting_options[];
extern void mi_boosting_set_default_params(void *params);
extern const char *mi_boosting_check_params(const void *params);

#endif
