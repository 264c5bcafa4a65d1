-- musicintel: music intelligence inside PostgreSQL.
-- The schema itself comes from the control file; this file only keeps the script from being run by hand.

\echo Use "CREATE EXTENSION musicintel" to load this file. \quit

GRANT USAGE ON SCHEMA musicintel TO PUBLIC;

COMMENT ON SCHEMA musicintel IS
'Models fitted, stored and used in SQL. Start with musicintel.train() or an aggregate such as '
'musicintel.linear_regression_fit().';
