#!/usr/bin/env python3
"""The figures of scikit-learn that test/sql/classification_metrics_figures.sql cites, from the Wisconsin breast cancer
data (reference/clustering/breast_cancer.csv: 569 tumours, 212 malignant, 357 benign; some share a radius, which ties
their scores).

    test/reference/classification_metrics.py $MUSICINTEL_DATA        needs numpy, scikit-learn (1.2.1 was used)

Benign is what is predicted: with a probability that falls with the mean radius, 1 / (1 + exp(radius - 15)). The worst
radius is predicted as 1.15 times the mean radius."""

import sys

import numpy
from sklearn import metrics

table = numpy.loadtxt(f"{sys.argv[1]}/reference/clustering/breast_cancer.csv", delimiter=",", skiprows=1)
radius, worst_radius, benign = table[:, 0], table[:, 20], table[:, 30] == 1
probability = 1 / (1 + numpy.exp(radius - 15))
decision = probability >= 0.5

figures = {
    "accuracy": metrics.accuracy_score(benign, decision),
    "precision": metrics.precision_score(benign, decision),
    "recall": metrics.recall_score(benign, decision),
    "specificity": metrics.recall_score(benign, decision, pos_label=False),
    "f1": metrics.f1_score(benign, decision),
    "auc": metrics.roc_auc_score(benign, probability),
    "log_loss": metrics.log_loss(benign, probability),
    "brier": metrics.brier_score_loss(benign, probability),
    "median_absolute_error": metrics.median_absolute_error(worst_radius, 1.15 * radius),
}
for name, value in figures.items():
    print(f"{name:22} {value:.15g}")
