/*
 * Progress of long work, visible to other sessions in the view musicintel.progress.
 */
#ifndef MI_PG_PROGRESS_H
#define MI_PG_PROGRESS_H

/*
 * Between start and end, the core's reports are this backend's progress. An error ends it as well.
 * work: what it is, in up to 8 bytes; label: what it is about.
 */
extern void mi_progress_start(const char *work, const char *label);
extern void mi_progress_end(void);

extern void mi_progress_update(int phase, uint64 done, uint64 total);

#endif
