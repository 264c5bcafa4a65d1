\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(8);

-- Members of the extension, but for the types that come with others: of a table's rows, of arrays.
CREATE VIEW members AS
SELECT classid, objid, pg_describe_object(classid, objid, 0) AS description
FROM pg_depend
LEFT JOIN pg_type t ON classid = 'pg_type'::regclass AND t.oid = objid
LEFT JOIN pg_class c ON c.oid = typrelid
WHERE refclassid = 'pg_extension'::regclass
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'musicintel')
	AND deptype = 'e'
	AND coalesce(relkind = 'c', true)
	AND coalesce(typcategory <> 'A', true);

SELECT isnt_empty('SELECT FROM members', 'the extension has members');
SELECT is_empty(
	$$SELECT description FROM members WHERE obj_description(objid, classid::regclass::name) IS NULL$$,
	'every member has a comment');
SELECT is_empty(
	$$SELECT description, attname FROM members JOIN pg_attribute ON attrelid = objid AND attnum > 0 AND NOT attisdropped
	WHERE classid = 'pg_class'::regclass AND objid NOT IN (SELECT oid FROM pg_class WHERE relkind = 'S')
		AND col_description(objid, attnum) IS NULL$$,
	'every column of a member has a comment');
SELECT is_empty(
	$$SELECT description FROM members JOIN pg_proc ON oid = objid AND classid = 'pg_proc'::regclass WHERE prosecdef$$,
	'no function runs with the rights of its owner');
SELECT is(
	(SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'musicintel'),
	'musicintel', 'it lives in its own schema');

-- A trusted extension: the right to create in the database is all it takes.
DROP VIEW members;
DROP EXTENSION musicintel;
SELECT is_empty(
	$$SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'musicintel'::regnamespace
	UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'musicintel'::regnamespace
	UNION ALL SELECT oid::regtype::text FROM pg_type WHERE typnamespace = 'musicintel'::regnamespace$$,
	'DROP EXTENSION leaves an empty schema');
DROP SCHEMA musicintel;

CREATE ROLE musicintel_test_owner;
SELECT format('GRANT CREATE ON DATABASE %I TO musicintel_test_owner', current_database()) \gexec
SET ROLE musicintel_test_owner;
SELECT lives_ok('CREATE EXTENSION musicintel', 'a role that may create schemas in the database can install it');
SELECT lives_ok('DROP EXTENSION musicintel', 'and drop it');
RESET ROLE;

\i test/pgtap/end.psql
