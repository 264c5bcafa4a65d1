-- docs/sql_reference.md, from the comments of the extension's members. See scripts/sql_reference.
SET search_path = pg_catalog;
SET client_min_messages = warning;
CREATE EXTENSION musicintel;

CREATE TEMPORARY VIEW members AS
SELECT classid, objid, obj_description(objid, classid::regclass::name) AS comment
FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'musicintel')
	AND deptype = 'e';

-- Functions that only serve a type, an aggregate, an operator or a trigger are no business of the user's.
CREATE TEMPORARY VIEW support_functions AS
SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend, typmodin, typmodout]::oid[]) AS oid FROM pg_type
UNION
SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn,
	aggmfinalfn]::oid[])
FROM pg_aggregate
UNION
SELECT unnest(ARRAY[oprcode, oprrest, oprjoin]::oid[]) FROM pg_operator
UNION
SELECT tgfoid FROM pg_trigger
UNION
SELECT amproc FROM pg_amproc;

-- Members of the schema are written without it in arguments and results.
CREATE TEMPORARY VIEW routines AS
SELECT p.oid, proname, prokind, comment,
	replace(pg_get_function_arguments(p.oid), 'musicintel.', '') AS arguments,
	replace(coalesce(pg_get_function_result(p.oid), ''), 'musicintel.', '') AS result,
	concat_ws(', ',
		CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
		CASE proparallel WHEN 's' THEN 'parallel safe' WHEN 'r' THEN 'parallel restricted' ELSE 'parallel unsafe' END,
		CASE WHEN proisstrict THEN 'NULL for a NULL argument' END,
		CASE WHEN aggcombinefn <> 0 THEN 'partial aggregation' END) AS labels
FROM members
JOIN pg_proc p ON p.oid = objid AND classid = 'pg_proc'::regclass
LEFT JOIN pg_aggregate a ON aggfnoid = p.oid
WHERE p.oid NOT IN (SELECT oid FROM support_functions);

SELECT format(E'# SQL reference\n\nEverything musicintel %s puts into schema `musicintel`, made from the comments '
	'in the database\n(`make docs`). `\\dx+ musicintel` and `\\df+ musicintel.*` show the same in psql.', extversion)
FROM pg_extension
WHERE extname = 'musicintel';

SELECT CASE WHEN row_number() OVER (ORDER BY typname) = 1 THEN E'\n## Types\n' ELSE '' END
	|| format(E'\n### %s\n\n%s', typname, comment)
FROM members
JOIN pg_type t ON t.oid = objid AND classid = 'pg_type'::regclass
LEFT JOIN pg_class c ON c.oid = typrelid
WHERE typcategory <> 'A' AND coalesce(relkind = 'c', true)		-- not those that come with others
ORDER BY typname;

SELECT CASE WHEN row_number() OVER section = 1 THEN format(E'\n## %s\n', title) ELSE '' END
	|| format(E'\n### %s\n\n```\n%s(%s)%s\n```\n\n%s\n\n*%s*', proname, proname, arguments,
		CASE WHEN result <> '' THEN ' → ' || result ELSE '' END, comment, labels)
FROM routines
JOIN (VALUES (1, 'a', 'Aggregates'), (2, 'f', 'Functions'), (3, 'w', 'Window functions'), (4, 'p', 'Procedures'))
	AS kinds (place, kind, title) ON kind = prokind::text
WINDOW section AS (PARTITION BY place ORDER BY proname, arguments)
ORDER BY place, proname, arguments;

SELECT CASE WHEN row_number() OVER section = 1 THEN format(E'\n## %s\n', title) ELSE '' END
	|| format(E'\n### %s\n\n%s\n\n| column | type | |\n|---|---|---|\n%s', relname, comment, columns)
FROM members
JOIN pg_class c ON c.oid = objid AND classid = 'pg_class'::regclass
JOIN (VALUES (1, 'v', 'Views'), (2, 'm', 'Materialized views'), (3, 'r', 'Tables'))
	AS kinds (place, kind, title) ON kind = relkind::text
CROSS JOIN LATERAL (
	SELECT string_agg(format('| `%s` | %s | %s |', attname,
		replace(format_type(atttypid, atttypmod), 'musicintel.', ''),
		replace(coalesce(col_description(c.oid, attnum), ''), '|', '\|')), E'\n' ORDER BY attnum)
	FROM pg_attribute
	WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS a (columns)
WINDOW section AS (PARTITION BY place ORDER BY relname)
ORDER BY place, relname;

SELECT CASE WHEN row_number() OVER (ORDER BY place, spelled) = 1 THEN E'\n## Operators and casts\n\n| | |\n|---|---|\n'
	ELSE '' END
	|| format('| `%s` | %s |', replace(spelled, 'musicintel.', ''), replace(comment, '|', '\|'))
FROM (
	SELECT 1, concat_ws(' ', CASE WHEN oprleft <> 0 THEN format_type(oprleft, NULL) END, oprname,
		format_type(oprright, NULL)), comment
	FROM members JOIN pg_operator o ON o.oid = objid AND classid = 'pg_operator'::regclass
	UNION ALL
	SELECT 2, format('%s::%s', format_type(castsource, NULL), format_type(casttarget, NULL)), comment
	FROM members JOIN pg_cast k ON k.oid = objid AND classid = 'pg_cast'::regclass) AS things (place, spelled, comment)
ORDER BY place, spelled;
