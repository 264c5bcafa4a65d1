CREATE EXTENSION musicintel;

SELECT * FROM musicintel.create_workspace('music');

-- A second one, for a catalogue whose popularity was taken at another time.
SELECT count(*) AS "objects in workspace songs"
FROM musicintel.create_workspace('songs');
