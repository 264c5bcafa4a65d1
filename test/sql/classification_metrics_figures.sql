\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(9);

-- Figures of scikit-learn 1.2.1 on the Wisconsin breast cancer data, which are no part of this repository, as printed by
-- test/reference/classification_metrics.py, which says what is predicted by what.
\set have_tumours `test -r "$MUSICINTEL_DATA/reference/clustering/breast_cancer.csv" && echo true || echo false`

\if :have_tumours
SELECT format('CREATE TABLE tumour (%s)', string_agg(format('x%s float8', i), ', ')) FROM generate_series(0, 30) AS i \gexec
\set copy '\\copy tumour FROM ''' :data '/reference/clustering/breast_cancer.csv'' WITH (FORMAT csv, HEADER)'
:copy
CREATE VIEW prediction AS SELECT 1 / (1 + exp(x0 - 15)) AS p, x30 = 1 AS benign, 1.15 * x0 AS predicted_radius, x20 AS worst_radius FROM tumour;

SELECT ok(abs(ours - theirs) < 1e-14, name)
FROM (
	SELECT musicintel.accuracy(p >= 0.5, benign) AS accuracy, musicintel.precision(p >= 0.5, benign) AS precise, musicintel.recall(p >= 0.5, benign) AS recall,
		musicintel.specificity(p >= 0.5, benign) AS specificity, musicintel.f1(p >= 0.5, benign) AS f1, musicintel.auc(p, benign) AS auc,
		musicintel.log_loss(p, benign) AS log_loss, musicintel.brier(p, benign) AS brier,
		musicintel.median_absolute_error(predicted_radius, worst_radius) AS median
	FROM prediction
) AS figure,
LATERAL (VALUES
	('accuracy', accuracy, 0.889279437609842), ('precision', precise, 0.871212121212121), ('recall', recall, 0.966386554621849),
	('specificity', specificity, 0.759433962264151), ('F1', f1, 0.916334661354582), ('area under the curve', auc, 0.937516516040379),
	('log loss', log_loss, 0.292485894064043), ('Brier score', brier, 0.0896305925813348), ('median absolute error', median, 0.739000000000004)
) AS v (name, ours, theirs);
\else
SELECT skip('reference/clustering/breast_cancer.csv is not in the directory that MUSICINTEL_DATA names', 9);
\endif

\i test/pgtap/end.psql
