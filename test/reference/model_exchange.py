#!/usr/bin/env python3
"""Writes test/fixtures: small models of LightGBM and XGBoost, and what they answer for some rows.

    test/reference/model_exchange.py lightgbm|xgboost|xgboost2 DIRECTORY

The files there were made with lightgbm 4.7.0 and xgboost 3.2.0 (xgboost2: 2.1.4), numpy 2.4.6, pandas 3.1.1.

<name>.txt or <name>.json is a model, <name>.tsv has rows: the features (nan: missing), then the margin of each output
(predict(raw_score=True), predict(output_margin=True)). Categories whose texts are in a model are given as texts.
"""

import pathlib
import sys

import numpy
import pandas

GENRES = ["rock", "pop", "hip hop", "Blues", "a \"quote\""]  # in an order that is not that of their bytes


def listens(count=1500):
    """Made-up tracks: tempo, loudness, key and plays are numbers, of which key is a category; 30 % are missing."""
    random = numpy.random.default_rng(20250301)
    frame = pandas.DataFrame({
        "tempo": random.normal(120, 30, count),
        "loudness": random.normal(-8, 4, count).round(1),
        "key": random.integers(0, 12, count).astype(float),
        "plays": random.poisson(0.7, count).astype(float),
        "explicit": random.random(count) < 0.3,
        "genre": pandas.Categorical(random.choice(GENRES, count), categories=GENRES),
    })
    score = frame["tempo"] / 30 - 4 + (frame["key"] % 3 == 0) + 0.4 * frame["plays"] + 0.7 * frame["explicit"] \
        - (frame["genre"] == "pop") + random.normal(0, 0.5, count)
    for column in ["tempo", "loudness", "key", "plays"]:
        frame.loc[random.random(count) < 0.3, column] = numpy.nan
    frame.loc[random.random(count) < 0.1, "genre"] = None
    return frame, score


def strange_rows(frame):
    """Some of the rows, and values that training never saw."""
    rows = frame.head(40).copy()
    rows.loc[1, "key"] = 99
    rows.loc[2, ["tempo", "plays"]] = [0.0, 1e-36]
    rows.loc[3, ["tempo", "loudness"]] = [1e30, -1e30]
    rows.loc[4, "plays"] = -0.0
    return rows


def write(directory, name, rows, margins):
    margins = numpy.asarray(margins, dtype=float).reshape(len(rows), -1)
    lines = ["\t".join([*rows.columns, *(f"margin_{i}" for i in range(margins.shape[1]))])]
    for row, answers in zip(rows.itertuples(index=False), margins):
        cells = [value if isinstance(value, str) else repr(float(value)) for value in row]
        lines.append("\t".join([*cells, *(repr(float(answer)) for answer in answers)]))
    (pathlib.Path(directory) / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def numbers_of(frame):
    """A frame without texts of categories."""
    return frame.drop(columns="genre").astype(float)


def lightgbm_models(directory):
    import lightgbm
    frame, score = listens()
    rows = strange_rows(frame)
    options = {"num_leaves": 6, "verbose": -1, "num_threads": 1, "seed": 1}

    def model(name, features, target, tested, categories="auto", trees=3, whole=False, **more):
        data = lightgbm.Dataset(features, target, categorical_feature=categories)
        booster = lightgbm.train({**options, **more}, data, trees)
        text = booster.model_to_string()
        if not whole:  # the parameters are longer than the model, and do not matter
            text = text[:text.index("parameters:")] + text[text.index("pandas_categorical:"):]
        (pathlib.Path(directory) / f"{name}.txt").write_text(text, encoding="utf-8")
        write(directory, name, tested, booster.predict(tested, raw_score=True))

    model("lightgbm_binary", numbers_of(frame), score > 0, numbers_of(rows), ["key"], whole=True, objective="binary",
          sigmoid=1.5)
    model("lightgbm_multiclass", frame, numpy.digitize(score, [-1, 1]), rows, trees=2, objective="multiclass",
          num_class=3)
    model("lightgbm_poisson", numbers_of(frame), numpy.exp(score / 2).round(), numbers_of(rows), ["key"],
          objective="poisson", zero_as_missing=True)


def xgboost_models(directory, second):
    import xgboost
    frame, score = listens()
    rows = strange_rows(frame)
    types = ["float", "float", "c", "float", "float"]

    def numbers(features, target=None):
        return xgboost.DMatrix(numbers_of(features), target, feature_types=types, enable_categorical=True)

    def texts(features, target=None):
        return xgboost.DMatrix(features, target, enable_categorical=True)

    def model(name, matrix, target, trees=3, **options):
        booster = xgboost.train({"max_depth": 3, "nthread": 1, "seed": 1, **options}, matrix(frame, target), trees)
        path = pathlib.Path(directory) / f"{name}.json"
        booster.save_model(path)
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        tested = rows if matrix is texts else numbers_of(rows)
        write(directory, name, tested, booster.predict(matrix(rows), output_margin=True))

    if second:
        model("xgboost_poisson", numbers, numpy.exp(score / 2).round(), objective="count:poisson", tree_method="hist")
        return
    model("xgboost_binary", numbers, score > 0, objective="binary:logistic", base_score=0.3)
    frame, rows = frame.drop(columns="key"), rows.drop(columns="key")
    model("xgboost_multiclass", texts, numpy.digitize(score, [-1, 1]), 2, objective="multi:softprob", num_class=3,
          booster="dart", rate_drop=0.5, num_parallel_tree=2, subsample=0.8, max_depth=2)


if __name__ == "__main__":
    if sys.argv[1] == "lightgbm":
        lightgbm_models(sys.argv[2])
    else:
        xgboost_models(sys.argv[2], sys.argv[1] == "xgboost2")
