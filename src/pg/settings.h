/*
 * Configuration parameters of the extension.
 */
#ifndef MI_PG_SETTINGS_H
#define MI_PG_SETTINGS_H

extern bool mi_report_steps;

extern void mi_define_settings(void);

/* Bytes that the rows of one training run may take in memory. */
extern Size mi_training_memory_bytes(void);

#endif
