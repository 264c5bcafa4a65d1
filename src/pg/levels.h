/*
 * The levels of one category as they appear in training: text to number, in order of first appearance.
 */
#ifndef MI_PG_LEVELS_H
#define MI_PG_LEVELS_H

typedef struct mi_levels mi_levels;

extern mi_levels *mi_levels_new(void);

/* The level's number; *is_new when it was never seen before, and then *text is the copy that is kept. */
extern uint32 mi_levels_number(mi_levels *levels, const char **text, bool *is_new);

#endif
