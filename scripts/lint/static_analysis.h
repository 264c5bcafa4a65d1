/*
 * What cppcheck is to think of PostgreSQL's macros, instead of reading the server's headers: which of them end a
 * function, and which are no expressions. ereport() returns when its level is below ERROR.
 */
#define __GNUC__ 12

#define ERROR 21
#define FATAL 22
#define PANIC 23
#define WARNING 19
#define NOTICE 18
#define INFO 17
#define LOG 15
#define DEBUG1 14
#define ereport(level, ...) do { if ((level) >= ERROR) exit(1); } while (0)
#define elog(level, ...) do { if ((level) >= ERROR) exit(1); } while (0)
#define PG_RE_THROW() exit(1)
#define PG_TRY() {
#define PG_CATCH() } if (errno) {
#define PG_FINALLY() } {
#define PG_END_TRY() }

#define PG_MODULE_MAGIC extern int pg_module_magic
#define PG_FUNCTION_INFO_V1(name) extern Datum name(PG_FUNCTION_ARGS)
#define PG_FUNCTION_ARGS FunctionCallInfo fcinfo
#define pg_attribute_noreturn() __attribute__((noreturn))
#define pg_noreturn _Noreturn
#define PGDLLEXPORT
#define FLEXIBLE_ARRAY_MEMBER
