/*
 * What kind of sound file some bytes are, and whether all of it is there: WAV (RIFF, RF64) and FLAC.
 *
 * A decoder is a large piece of code to hand a stranger's bytes to. This lets two of its formats through, by their
 * first bytes, and finds what it would pass over: a file that promises more than it holds, because an upload broke off.
 *
 * IBM, Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" (1991); EBU Tech 3306 (RF64); RFC 9639
 * (FLAC).
 */
#ifndef MI_CONTAINER_H
#define MI_CONTAINER_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/status.h"

/* MI_MALFORMED, with what is wrong, unless the bytes are a file of a kind that can be read, as long as it promises. */
extern mi_status mi_container_check(const uint8_t *bytes, size_t length, mi_error *error);

#endif
