#!/usr/bin/env python3
"""SciPy's BCa interval of the Gini index, which test/sql/inequality_figures.sql cites, from plays per user and
listeners per artist of interactions/user_artists.dat.

    test/reference/gini_interval.py $MUSICINTEL_DATA                 needs numpy, SciPy (1.10.1 was used); ten seconds

Its random numbers are not ours: bounds agree to the error of simulation, a few units of the third decimal. Its
jackknife is brute force, one Gini index for each exposure left out."""

import sys
from collections import Counter

import numpy
from scipy import stats

plays, listeners = Counter(), Counter()
with open(f"{sys.argv[1]}/interactions/user_artists.dat", encoding="ascii") as file:
    next(file)
    for line in file:
        user, artist, weight = line.split()
        plays[user] += int(weight)
        listeners[artist] += 1


def gini(exposures, axis=-1):
    ascending = numpy.sort(exposures, axis=axis)
    count = ascending.shape[axis]
    ranks = 2 * numpy.arange(1, count + 1) - count - 1
    return (ascending * ranks).sum(axis=axis) / (count * ascending.sum(axis=axis))


# Every eighth artist: SciPy's jackknife makes a matrix of count × count.
ranked = numpy.sort(numpy.array(list(listeners.values()), dtype=float))[::8]
for name, exposures in (("plays per user", numpy.array(list(plays.values()), dtype=float)),
                        ("listeners, every eighth artist", ranked)):
    for confidence in (0.95, 0.5):
        result = stats.bootstrap((exposures,), gini, confidence_level=confidence, n_resamples=20000, batch=500,
                                 method="BCa", vectorized=True, random_state=1)
        low, high = result.confidence_interval
        print(f"{name}, {confidence}: {gini(exposures):.6f} [{low:.5f}, {high:.5f}]")
