CREATE EXTENSION musicintel;

-- Less the materialized views that the views of the same names show.
SELECT * FROM musicintel.create_workspace('music') WHERE object NOT LIKE '%\_stored';

-- A second one, for a catalogue whose popularity was taken at another time.
SELECT count(*) AS "objects in workspace songs"
FROM musicintel.create_workspace('songs');
