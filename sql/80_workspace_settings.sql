-- The workspace's settings, one row of them, and the log of its refreshes.

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, constraints, description) VALUES
    ('settings', 'only_row', 'boolean', 'PRIMARY KEY DEFAULT true CHECK (only_row)', 'True: there is one row of settings.'),
    ('settings', 'segment_rule', 'varchar(20)',
        'NOT NULL DEFAULT ''points'' CHECK (segment_rule IN (''points'', ''deciles'', ''fdr''))',
        'What makes a track underrated or a surprise hit: points (a residual of segment_points or more), deciles (the lowest and '
        'the highest tenth of the residuals), fdr (residuals that chance does not explain, at false_discovery_rate).'),
    ('settings', 'segment_points', 'double precision', 'NOT NULL DEFAULT 20 CHECK (segment_points > 0 AND segment_points <= 100)',
        'Rule points: how far actual and expected popularity are apart, in points of popularity.'),
    ('settings', 'false_discovery_rate', 'double precision',
        'NOT NULL DEFAULT 0.1 CHECK (false_discovery_rate > 0 AND false_discovery_rate < 1)',
        'Rule fdr: the share of false alarms to be expected among the tracks that are marked, 0 to 1.'),
    ('settings', 'minimum_group_size', 'integer', 'NOT NULL DEFAULT 20 CHECK (minimum_group_size >= 1)',
        'Genres and other groups of fewer tracks are marked as small.'),
    ('settings', 'folds', 'integer', 'NOT NULL DEFAULT 5 CHECK (folds BETWEEN 2 AND 50)',
        'Into how many parts artists are divided for expectations by models that never saw the artist.'),
    ('settings', 'hit_threshold', 'double precision', 'NOT NULL DEFAULT 70 CHECK (hit_threshold >= 0 AND hit_threshold <= 100)',
        'A track of this popularity or more is a hit.'),
    ('settings', 'diversity_floor', 'double precision', 'NOT NULL DEFAULT 0.5 CHECK (diversity_floor BETWEEN 0 AND 1)',
        'fair_ranking: the part of its share of the catalogue that every genre is sure of among the places, 0 to 1.'),

    ('refresh_log', 'run', 'bigint', 'NOT NULL', 'Number of the refresh, counting up.'),
    ('refresh_log', 'step', 'varchar(63)', 'NOT NULL', 'What was done: the whole refresh, the popularity model, or the materialized view that was filled.'),
    ('refresh_log', 'started', 'timestamptz', 'NOT NULL', 'When the step began.'),
    ('refresh_log', 'seconds', 'double precision', NULL, 'How long it took; NULL while the refresh is under way, or when it was cut off.'),
    ('refresh_log', 'rows', 'bigint', NULL, 'Rows that the model learned from, or that the view has now; NULL when the step failed.'),
    ('refresh_log', 'error', 'varchar(1000)', NULL, 'Why the step failed or was left out; what it was to renew is as it was before. NULL: it did not fail.');


CREATE FUNCTION musicintel.create_workspace_settings(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT w.object, w.kind, w.action INTO object, kind, action
    FROM musicintel.workspace_create(schema_name, 'settings', musicintel.workspace_table(schema_name, 'settings'),
        'What can be chosen about the analysis. Change the row; the next refresh() goes by it.') w;
    IF action = 'created' THEN
        EXECUTE pg_catalog.format('INSERT INTO %I.settings DEFAULT VALUES', schema_name);
    END IF;
    RETURN NEXT;

    SELECT w.object, w.kind, w.action INTO object, kind, action
    FROM musicintel.workspace_create(schema_name, 'refresh_log', musicintel.workspace_table(schema_name, 'refresh_log'),
        'What each refresh() did, step by step. Old rows may be deleted.') w;
    IF action = 'created' THEN
        EXECUTE pg_catalog.format('ALTER TABLE %I.refresh_log ADD PRIMARY KEY (run, step)', schema_name);
    END IF;
    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_settings(text) IS
'Part of create_workspace: the table settings with its one row, and the table refresh_log.';
