-- What there is in the tables, column by column, before anybody trusts what is made of it.
--
-- Outliers are beyond Tukey's fences: 1.5 interquartile ranges below the first quartile or above the third.

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description) VALUES
    ('data_audit', 'table_name', 'varchar(63)', 'Table of the workspace: tracks or artists.'),
    ('data_audit', 'place', 'integer', 'Order of the columns; the row as a whole, less its key, is last.'),
    ('data_audit', 'column_name', 'varchar(63)', 'Column, or (all but the key): whole rows.'),
    ('data_audit', 'rows', 'bigint', 'Rows of the table.'),
    ('data_audit', 'nulls', 'bigint', 'Rows in which it is not known.'),
    ('data_audit', 'null_share', 'double precision', 'Their share, 0 to 1.'),
    ('data_audit', 'distinct_values', 'bigint', 'Different values.'),
    ('data_audit', 'duplicates', 'bigint', 'Rows that repeat a value of another row: known values less different ones.'),
    ('data_audit', 'lowest', 'varchar(100)', 'Lowest value, as text.'),
    ('data_audit', 'highest', 'varchar(100)', 'Highest value, as text.'),
    ('data_audit', 'mean', 'double precision', 'Mean of a numeric column.'),
    ('data_audit', 'standard_deviation', 'double precision', 'Standard deviation of a numeric column.'),
    ('data_audit', 'first_quartile', 'double precision', 'A quarter of the values of a numeric column is lower.'),
    ('data_audit', 'median', 'double precision', 'Half of the values of a numeric column is lower.'),
    ('data_audit', 'third_quartile', 'double precision', 'Three quarters of the values of a numeric column are lower.'),
    ('data_audit', 'outliers', 'bigint', 'Values of a numeric column beyond 1.5 interquartile ranges from the quartiles.');

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, description)
SELECT 'data_audit_stored', w.column_name, w.data_type, w.description
FROM musicintel.workspace_columns w
WHERE w.relation = 'data_audit'
ORDER BY w.position;


CREATE FUNCTION musicintel.create_workspace_audit(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT * FROM musicintel.workspace_create_stored(schema_name, 'data_audit', 'table_name, place', 'table_name, place',
        musicintel.workspace_table_audit(schema_name, 'tracks') || ' UNION ALL ' || musicintel.workspace_table_audit(schema_name, 'artists'),
        'Every column of tracks and artists: what is missing, repeated or out of line.')
$$;

COMMENT ON FUNCTION musicintel.create_workspace_audit(text) IS
'Part of create_workspace: the view data_audit.';


-- One pass for all columns, and a second one for what is beyond the quartiles that the first has found. Different values are
-- counted by a 64-bit hash, which sorts faster than text and, at a million values, errs once in 30 million.
CREATE FUNCTION musicintel.workspace_table_audit(schema_name text, table_name text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH item AS (
        SELECT pg_catalog.row_number() OVER (ORDER BY w.position) AS place, w.column_name, pg_catalog.quote_ident(w.column_name) AS value,
            typcategory = 'N' AS is_number, typcategory IN ('N', 'D', 'S') AS is_ordered,
            CASE WHEN typcategory = 'S' THEN pg_catalog.format('(%I::text COLLATE "C")', w.column_name)
                ELSE pg_catalog.quote_ident(w.column_name) END AS ordered
        FROM musicintel.workspace_columns w
        JOIN pg_catalog.pg_type type ON type.oid = w.data_type::pg_catalog.regtype
        WHERE w.relation = table_name
    ), row_hash AS (
        SELECT pg_catalog.format('pg_catalog.hashtextextended(ROW(%s)::text, 0)', pg_catalog.string_agg(value, ', ' ORDER BY place)) AS expression
        FROM item
        WHERE place > 1
    )
    SELECT pg_catalog.format($query$
SELECT %2$L AS table_name, listed.place, listed.column_name, everything AS rows, everything - known AS nulls,
    (everything - known) / everything::double precision AS null_share, different AS distinct_values, known - different AS duplicates,
    pg_catalog."left"(lowest, 100) COLLATE "default" AS lowest, pg_catalog."left"(highest, 100) COLLATE "default" AS highest, mean, standard_deviation,
    quartile[1] AS first_quartile, quartile[2] AS median, quartile[3] AS third_quartile, outliers
FROM (SELECT pg_catalog.count(*) AS everything, pg_catalog.count(DISTINCT %3$s) AS different_rows, %4$s FROM %1$I.%2$I) AS first_pass,
    LATERAL (SELECT %5$s FROM %1$I.%2$I) AS second_pass,
    LATERAL (VALUES %6$s, (%7$s, '(all but the key)', everything, different_rows, NULL, NULL, NULL, NULL, NULL, NULL))
        AS listed (place, column_name, known, different, lowest, highest, mean, standard_deviation, quartile, outliers)
WHERE everything > 0
$query$, schema_name, table_name, (SELECT expression FROM row_hash),
        pg_catalog.string_agg(pg_catalog.format('pg_catalog.count(%1$s) AS n%2$s, '
            'pg_catalog.count(DISTINCT pg_catalog.hashtextextended(%1$s::text, 0)) AS d%2$s', value, place)
            || CASE WHEN is_ordered THEN pg_catalog.format(', pg_catalog.min(%1$s) AS l%2$s, pg_catalog.max(%1$s) AS h%2$s', ordered, place) ELSE '' END
            || CASE WHEN is_number THEN pg_catalog.format(', pg_catalog.avg(%1$s::double precision) AS m%2$s, '
                'pg_catalog.stddev_samp(%1$s::double precision) AS s%2$s, '
                'pg_catalog.percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY %1$s::double precision) AS q%2$s', value, place)
                ELSE '' END, ', '),
        pg_catalog.string_agg(pg_catalog.format('pg_catalog.count(*) FILTER (WHERE %1$s < q%2$s[1] - 1.5 * (q%2$s[3] - q%2$s[1]) '
            'OR %1$s > q%2$s[3] + 1.5 * (q%2$s[3] - q%2$s[1])) AS o%2$s', value, place), ', ') FILTER (WHERE is_number),
        pg_catalog.string_agg(pg_catalog.format('(%1$s, %2$L, n%1$s, d%1$s, ', place, column_name)
            || CASE WHEN is_ordered THEN pg_catalog.format('l%1$s::text, h%1$s::text, ', place) ELSE 'NULL, NULL, ' END
            || CASE WHEN is_number THEN pg_catalog.format('m%1$s, s%1$s, q%1$s, o%1$s)', place) ELSE 'NULL, NULL, NULL, NULL)' END, ', '),
        pg_catalog.count(*) + 1)
    FROM item
$$;

COMMENT ON FUNCTION musicintel.workspace_table_audit(text, text) IS
'Part of create_workspace: the query that describes each column of a table.';
