#!/usr/bin/env python3
"""Trains models in LightGBM, XGBoost and the server, passes them on in every direction, and compares predictions.

    model_exchange_peer.py DATA

Prints lines 'difference bound what', tab-separated: the largest difference of a prediction over all rows, relative
where it is beyond 1, and what it may be. The rows are those of reference/boosting in DATA, if it is there, and made-up
ones of numbers and categories, 30 % of them missing, with values that no training saw. XGBoost is asked with numbers of
single precision, unless the model is its own: to which side of a threshold it rounds others is its affair.
"""

import pathlib
import sys

import lightgbm
import numpy
import pandas
import psycopg2
import xgboost

EXACT, FLOAT = 1e-12, 1e-6
CATEGORIES = [1, 4]  # columns of the made-up rows


class Server:
    """Predictions of the database."""

    def __init__(self):
        self.connection = psycopg2.connect("")
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.run("CREATE TEMPORARY TABLE passed (model musicintel.model)")
        self.run("CREATE TEMPORARY TABLE asked (number integer, x double precision[])")

    def run(self, query, *values):
        self.cursor.execute(query, values)
        return self.cursor.fetchall() if self.cursor.description else None

    def take(self, text, library):
        self.run("TRUNCATE passed")
        self.run(f"INSERT INTO passed SELECT musicintel.from_{library}(%s)", text)

    def give(self, library):
        return self.run(f"SELECT musicintel.to_{library}(model) FROM passed")[0][0]

    def predict(self, rows, classes=0):
        """As the libraries: probabilities of classes by their numbers, or a number for each row."""
        self.run("TRUNCATE asked")
        for number, row in enumerate(rows):
            self.run("INSERT INTO asked VALUES (%s, %s)", number, [float(value) for value in row])
        if not classes:
            found = self.run("SELECT musicintel.predict(model, x) FROM asked, passed ORDER BY number")
            return numpy.array([row[0] for row in found])
        order = [int(row[0]) for row in self.run(
            "SELECT c.class FROM passed, LATERAL musicintel.classes(model) AS c ORDER BY c.number")]
        found = self.run("SELECT musicintel.predict_probabilities(model, x) FROM asked, passed ORDER BY number")
        return numpy.array([row[0] for row in found])[:, numpy.argsort(order)]


def report(what, ours, theirs, bound):
    difference = numpy.max(numpy.abs(ours - theirs) / numpy.maximum(1, numpy.abs(theirs)))
    print(f"{difference:.3g}\t{bound}\t{what}", flush=True)


def matrix(rows, target=None, categories=(), names=None):
    types = ["c" if column in categories else "q" for column in range(rows.shape[1])]
    return xgboost.DMatrix(rows, target, feature_types=types, feature_names=names, enable_categorical=True)


def check_passed_on(server, what, rows, classes, categories):
    """The server's model in both libraries."""
    here = server.predict(rows, classes)
    booster = lightgbm.Booster(model_str=server.give("lightgbm"))
    report(f"{what}: to LightGBM", booster.predict(rows), here, EXACT)
    rows = rows.astype(numpy.float32).astype(float)
    here = server.predict(rows, classes)
    booster = xgboost.Booster()
    booster.load_model(bytearray(server.give("xgboost").encode()))
    report(f"{what}: to XGBoost", booster.predict(matrix(rows, None, categories, booster.feature_names)), here, FLOAT)


def check_lightgbm(server, what, rows, target, asked, categories=(), classes=0, **options):
    options = {"verbose": -1, "num_threads": 1, **options}
    if classes:
        options["num_class"] = classes
    data = lightgbm.Dataset(rows, target, categorical_feature=list(categories))
    booster = lightgbm.train(options, data, 100 if not classes else 20)
    server.take(booster.model_to_string(), "lightgbm")
    report(f"LightGBM, {what}", server.predict(asked, classes), booster.predict(asked), EXACT)
    check_passed_on(server, "· and on", asked, classes, categories)


def check_xgboost(server, what, rows, target, asked, categories=(), classes=0, **options):
    if classes:
        options["num_class"] = classes
    booster = xgboost.train({"nthread": 1, **options}, matrix(rows, target, categories), 100 if not classes else 20)
    server.take(bytes(booster.save_raw("json")).decode(), "xgboost")
    theirs = booster.predict(matrix(asked, None, categories))
    report(f"XGBoost, {what}", server.predict(asked, classes), theirs, FLOAT)
    check_passed_on(server, "· and on", asked, classes, categories)


def check_own(server, frame):
    """A model trained here on texts, NULLs and booleans, asked through data frames."""
    server.run("CREATE TEMPORARY TABLE own (place integer, tempo double precision, genre text, explicit boolean, "
               "plays double precision)")
    for number, row in enumerate(frame.itertuples(index=False)):
        cells = [None if value != value or value is None else value for value in row]
        server.run("INSERT INTO own VALUES (%s, %s, %s, %s, %s)", number, *cells)
    server.run("TRUNCATE passed")
    server.run("INSERT INTO passed SELECT model FROM musicintel.fit('gradient_boosting', "
               "'SELECT tempo, genre, explicit, plays FROM own', 'plays', '{\"objective\": \"poisson\"}')")
    here = numpy.array([row[0] for row in server.run(
        "SELECT musicintel.predict(model, o) FROM own AS o, passed ORDER BY place")])
    features = frame[["tempo", "genre", "explicit"]].copy()
    features["genre"] = features["genre"].astype("category")
    booster = lightgbm.Booster(model_str=server.give("lightgbm"))
    report("trained here, asked by data frame: to LightGBM", booster.predict(features), here, EXACT)
    booster = xgboost.Booster()
    booster.load_model(bytearray(server.give("xgboost").encode()))
    report("trained here, asked by data frame: to XGBoost",
           booster.predict(xgboost.DMatrix(features, enable_categorical=True)), here, FLOAT)


def made_up(random, count=4000):
    rows = random.normal(size=(count, 6))
    rows[:, 1] = random.integers(0, 300, count)
    rows[:, 4] = random.integers(0, 7, count)
    rows[:, 5] = rows[:, 5].round(1)
    score = rows[:, 0] + 2 * (rows[:, 1] % 5 == 0) - (rows[:, 4] == 3) + rows[:, 5] / 2
    rows[random.random(rows.shape) < 0.3] = numpy.nan
    asked = rows[:1500].copy()
    asked[::11, 1] = 900
    asked[::13, 4] = 99
    asked[::17, 0] = 0.0
    asked[::19, 5] = -0.0
    asked[::23, 3] = 1e30
    return rows, asked, score + random.normal(size=count) / 2


def main(data):
    random = numpy.random.default_rng(20250302)
    server = Server()
    rows, asked, score = made_up(random)
    counts = random.poisson(numpy.exp(score / 3))
    classes = numpy.digitize(score, [-1.5, -1, -0.7, -0.4, -0.1, 0.2, 0.5, 0.8, 1.2, 1.6, 2.2])
    for name in ["binary", "regression"]:
        train, test = (pathlib.Path(data) / f"reference/boosting/{name}.{part}" for part in ["train", "test"])
        if not train.exists():
            print(f"no {train}: skipped", file=sys.stderr)
            continue
        train, test = numpy.loadtxt(train), numpy.loadtxt(test)
        check_lightgbm(server, name, train[:, 1:], train[:, 0], test[:, 1:], objective=name)
        check_xgboost(server, name, train[:, 1:], train[:, 0], test[:, 1:],
                      objective={"binary": "binary:logistic", "regression": "reg:squarederror"}[name])
    what = "categories, 30 % missing"
    check_lightgbm(server, f"binary, {what}", rows, score > 0, asked, CATEGORIES, objective="binary", sigmoid=1.5)
    check_lightgbm(server, f"Poisson, {what}", rows, counts, asked, CATEGORIES, objective="poisson")
    check_lightgbm(server, f"12 classes, {what}", rows, classes, asked, CATEGORIES, 12, objective="multiclass")
    check_lightgbm(server, f"random forest, {what}", rows, score, asked, CATEGORIES, objective="regression",
                   boosting="rf", bagging_freq=1, bagging_fraction=0.6)
    check_xgboost(server, f"binary, {what}", rows, score > 0, asked, CATEGORIES, objective="binary:logistic")
    check_xgboost(server, f"Poisson, {what}", rows, counts, asked, CATEGORIES, objective="count:poisson")
    check_xgboost(server, f"12 classes, {what}", rows, classes, asked, CATEGORIES, 12, objective="multi:softprob")
    check_xgboost(server, f"dart, {what}", rows, score, asked, CATEGORIES, booster="dart", rate_drop=0.1)
    genres = numpy.array(["pop", "rock", "folk", None], dtype=object)
    check_own(server, pandas.DataFrame({
        "tempo": rows[:2000, 0].astype(numpy.float32).astype(float), "genre": genres[classes[:2000] % 4],
        "explicit": rows[:2000, 2] > 0, "plays": counts[:2000].astype(float)}))


main(sys.argv[1])
