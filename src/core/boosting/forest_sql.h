/*
 * A forest as one SQL expression, which scores where this library is not installed.
 *
 * Its columns are named as the features: numbers of any type, booleans, and categories of any type of text or enum.
 * It answers what predict() does: a double precision number through the link, an array of one for each output when
 * there are several (of MI_LINK_SOFTMAX the probabilities). NULL is missing, and so are NaN and a category that
 * training never saw, as far as they are in C.
 *
 * It is the same number to the last bit up to MI_FOREST_SQL_CHAIN trees an output: the sum is written in C's order.
 * More trees are added up in groups of as many, lest the expression be too deep for the parser's stack; what C adds up
 * one by one may then differ by the rounding of sums, 1e-14 of them in trials. The server's exp() fails where C's
 * answers 0 or infinity, so that its argument is kept within 700 of 0: no probability is nearer than 1e-304 to 0, and
 * no mean of MI_LINK_LOG is below that or above 1e304.
 *
 * Measured with PostgreSQL 15: 100 trees of 31 leaves are 300 kB and take 27 µs a row, but 900 µs when the server
 * compiles them (jit), whose time and memory grow much faster than the expression: SET jit = off where it is used.
 */
#ifndef MI_FOREST_SQL_H
#define MI_FOREST_SQL_H

#include "../model/contract.h"
#include "forest.h"

#define MI_FOREST_SQL_CHAIN 256                      /* terms of a sum in a row; one level of the parse tree each */
#define MI_FOREST_SQL_MOST_BYTES ((size_t) 64 << 20) /* more than anybody's parser will enjoy */

/*
 * Appends the expression, in parentheses; no terminator. MI_INVALID_ARGUMENT when the contract is not the forest's or a
 * feature has no name; MI_TOO_LARGE above MI_FOREST_SQL_MOST_BYTES, with some of it already written.
 */
extern mi_status
mi_forest_to_sql(const mi_forest *forest, const mi_contract *contract, mi_writer *text, mi_error *error);

#endif
