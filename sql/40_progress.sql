-- What is training or being evaluated right now.

CREATE FUNCTION musicintel.progress_of_backends(
    OUT pid integer, OUT database_id oid, OUT user_id oid, OUT work text, OUT label text, OUT phase text,
    OUT rows_done bigint, OUT rows_total bigint
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 10;
COMMENT ON FUNCTION musicintel.progress_of_backends() IS
'Progress counters of all backends at work whose activity you may see. Read the view musicintel.progress instead.';

CREATE VIEW musicintel.progress AS
SELECT p.pid, d.datname AS database_name, pg_catalog.pg_get_userbyid(p.user_id) AS user_name, p.work, p.label, p.phase,
       p.rows_done, p.rows_total
FROM musicintel.progress_of_backends() p
LEFT JOIN pg_catalog.pg_database d ON d.oid = p.database_id;
GRANT SELECT ON musicintel.progress TO PUBLIC;
COMMENT ON VIEW musicintel.progress IS
'One row for each session that trains or evaluates a model: yours, or with pg_read_all_stats everybody''s.';
COMMENT ON COLUMN musicintel.progress.pid IS
'Process of the session; pg_cancel_backend(pid) stops it within a tenth of a second.';
COMMENT ON COLUMN musicintel.progress.database_name IS 'Database it works in.';
COMMENT ON COLUMN musicintel.progress.user_name IS 'Who it works for.';
COMMENT ON COLUMN musicintel.progress.work IS 'train, evaluate or simulate.';
COMMENT ON COLUMN musicintel.progress.label IS 'Algorithm that is trained, model that is evaluated, or rows that are simulated.';
COMMENT ON COLUMN musicintel.progress.phase IS 'What it is doing.';
COMMENT ON COLUMN musicintel.progress.rows_done IS 'Rows, or columns while solving, done in this phase.';
COMMENT ON COLUMN musicintel.progress.rows_total IS 'How many there are; NULL while that is not known.';
