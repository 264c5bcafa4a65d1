/*
 * Parameters as bytes, by their table of options: how they travel with the state of an aggregate.
 */
#ifndef MI_PACKED_PARAMS_H
#define MI_PACKED_PARAMS_H

#include "bytes.h"
#include "options.h"

/* The options that can be given there, in the order of the table. */
extern void mi_params_pack(const mi_option *options, int where, const void *params, mi_writer *writer);

/*
 * Into params that have their defaults; texts and lists in memory of their own. Trusts nothing: false for bytes that no
 * parameters make. What the numbers are is for check_params to judge. Release what it made, also when it failed.
 */
extern bool mi_params_unpack(const mi_option *options, int where, void *params, mi_reader *reader);
extern void mi_params_release(const mi_option *options, int where, void *params);

#endif
