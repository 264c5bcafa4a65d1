#!/usr/bin/env python3
"""The peer: fetches a table from the server and fits scikit-learn's LogisticRegression, its first column the target.

    logistic_regression_peer.py WAY TABLE RUNS COEFFICIENTS

WAY is csv (COPY into memory, then pandas) or stream (pandas parses while the server still sends). After a warm-up,
prints for each run the lines 'seconds part' of its parts and their total; starting Python and connecting do not count.
COEFFICIENTS is a file for the lines 'term value' of the last fit.
"""

import io
import subprocess
import sys
import time

import pandas
import psycopg2
import sklearn
from sklearn.linear_model import LogisticRegression


# The word for it became None in version 1.2.
UNPENALISED = None if tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 2) else "none"


class Stopwatch:
    """Seconds by part of the work, in the order of the parts."""

    def __init__(self):
        self.seconds = {}
        self.started = time.perf_counter()

    def lap(self, part):
        now = time.perf_counter()
        self.seconds[part] = now - self.started
        self.started = now


def received(connection, table, options):
    data = io.BytesIO()
    connection.cursor().copy_expert(f"COPY (SELECT * FROM {table}) TO STDOUT ({options})", data)
    return data


def fetch_csv(connection, table, watch):
    text = received(connection, table, "FORMAT csv, HEADER")
    text.seek(0)
    watch.lap("receive")
    frame = pandas.read_csv(text, engine="c")
    watch.lap("parse")
    return frame[frame.columns[1:]], frame[frame.columns[0]] == "t"


def fetch_stream(_connection, table, watch):
    query = f"COPY (SELECT * FROM {table}) TO STDOUT (FORMAT csv, HEADER)"
    with subprocess.Popen(["psql", "--no-psqlrc", "--command", query], stdout=subprocess.PIPE) as psql:
        frame = pandas.read_csv(psql.stdout, engine="c")
    if psql.returncode != 0:
        sys.exit("psql failed")
    watch.lap("receive and parse")
    return frame[frame.columns[1:]], frame[frame.columns[0]] == "t"


def names_of(connection, table):
    cursor = connection.cursor()
    cursor.execute(f"SELECT * FROM {table} LIMIT 0")
    return [column.name for column in cursor.description]


def main(way, table, runs, coefficients):
    fetch = {"csv": fetch_csv, "stream": fetch_stream}[way]
    connection = psycopg2.connect("")
    for number in range(1 + int(runs)):
        watch = Stopwatch()
        features, target = fetch(connection, table, watch)
        fitted = LogisticRegression(penalty=UNPENALISED, solver="lbfgs").fit(features, target)
        watch.lap("fit")
        if number > 0:
            for part, seconds in watch.seconds.items():
                print(f"{seconds:.6f} {part}")
            print(f"{sum(watch.seconds.values()):.6f} total")
    with open(coefficients, "w", encoding="ascii") as file:
        values = [fitted.intercept_[0], *fitted.coef_[0]]
        for term, value in zip(["(intercept)", *names_of(connection, table)[1:]], values):
            print(term, repr(float(value)), file=file)


main(*sys.argv[1:])
