-- A simulated catalogue, for want of a real one; see docs/simulate_catalogue.md. Always the same.
SELECT * FROM musicintel.simulate_catalogue(:'schema', 400, 8000);
