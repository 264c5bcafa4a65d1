#!/usr/bin/env python3
"""The peers of gradient boosting: fetch a table and boost with LightGBM, XGBoost and scikit-learn, beside musicintel.

    gradient_boosting_peer.py fetch TABLE RUNS
    gradient_boosting_peer.py speed LIBRARY TRAIN TEST PROCESSES RUNS SCORE
    gradient_boosting_peer.py accuracy DATA
    gradient_boosting_peer.py explain MODEL TABLE RUNS DIFFERENCE

The first column of a table is its target. fetch prints for each run the lines 'seconds way' of the ways to a data
frame; speed prints for each run the lines 'seconds part' of its parts, and writes the area under the ROC curve on TEST
to the file SCORE. accuracy fits the same data by everybody, musicintel through the server, and prints for each a line
'set metric standard_error' with the scores of musicintel, LightGBM, XGBoost and scikit-learn.
explain times pred_contribs of XGBoost, one thread, on the trees of a named model, and writes to DIFFERENCE how far
musicintel's contributions are from its.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

import lightgbm
import numpy
import pandas
import psycopg2
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, roc_auc_score

TREES, LEAVES, RATE = 100, 31, 0.1


def copy_command(table):
    return ["psql", "--no-psqlrc", "--command", f"COPY (SELECT * FROM {table}) TO STDOUT (FORMAT csv, HEADER)"]


def parsed(file):
    return pandas.read_csv(file, engine="c", true_values=["t"], false_values=["f"])


def frame_while_sending(table):
    """pandas parses while the server still sends."""
    with subprocess.Popen(copy_command(table), stdout=subprocess.PIPE) as psql:
        frame = parsed(psql.stdout)
    if psql.returncode != 0:
        sys.exit("psql failed")
    return frame


def frame_by_file(table):
    with tempfile.TemporaryFile() as file:
        subprocess.run(copy_command(table), stdout=file, check=True)
        file.seek(0)
        return parsed(file)


def fetch(table, runs):
    for number in range(1 + int(runs)):
        for way in (frame_while_sending, frame_by_file):
            started = time.perf_counter()
            way(table)
            if number > 0:
                print(f"{time.perf_counter() - started:.6f} {way.__name__}", flush=True)


def fetched(table):
    frame = frame_while_sending(table)
    return frame[frame.columns[1:]], frame[frame.columns[0]]


# ---- One library each: what it bins, how it boosts, how it predicts ----


def lightgbm_fit(features, target, threads, quantized=False, objective="binary", classes=None, categories="auto"):
    params = {"objective": objective, "num_leaves": LEAVES, "learning_rate": RATE, "num_threads": threads,
              "verbose": -1}
    if quantized:
        params.update(use_quantized_grad=True, quant_train_renew_leaf=True)
    if classes:
        params["num_class"] = classes
    data = lightgbm.Dataset(features, target, params=params, categorical_feature=categories)
    data.construct()
    yield "bin"
    model = lightgbm.train(params, data, TREES)
    yield "boost"
    yield model.predict


def xgboost_fit(features, target, threads, objective="binary:logistic", classes=None):
    params = {"objective": objective, "tree_method": "hist", "grow_policy": "lossguide", "max_leaves": LEAVES,
              "max_depth": 0, "eta": RATE, "nthread": threads}
    if classes:
        params["num_class"] = classes
    data = xgboost.QuantileDMatrix(features, target, nthread=threads, enable_categorical=True)
    yield "bin"
    model = xgboost.train(params, data, TREES)
    yield "boost"
    yield lambda rows: model.predict(xgboost.DMatrix(rows, enable_categorical=True))


def sklearn_fit(features, target, _threads, kind=HistGradientBoostingClassifier, categories="from_dtype"):
    yield "bin"
    model = kind(max_iter=TREES, max_leaf_nodes=LEAVES, learning_rate=RATE, early_stopping=False,
                 categorical_features=categories).fit(features, target)
    yield "boost"
    if kind is HistGradientBoostingRegressor:
        yield model.predict
    elif len(model.classes_) == 2:
        yield lambda rows: model.predict_proba(rows)[:, 1]
    else:
        yield model.predict_proba


LIBRARIES = {
    "lightgbm": lightgbm_fit,
    "lightgbm_quantized": lambda *arguments: lightgbm_fit(*arguments, quantized=True),
    "xgboost": xgboost_fit,
    "scikit-learn": sklearn_fit,
}


def speed(library, train, test, threads, runs, score):
    os.environ["OMP_NUM_THREADS"] = threads
    for number in range(1 + int(runs)):
        parts = {}
        features, target = fetched(train)
        steps = LIBRARIES[library](features, target, int(threads))
        for part in ("bin", "boost"):
            started = time.perf_counter()
            assert next(steps) == part
            parts[part] = time.perf_counter() - started
        if number > 0:
            for part, seconds in parts.items():
                print(f"{seconds:.6f} {part}", flush=True)
    features, target = fetched(test)
    with open(score, "w", encoding="ascii") as file:
        print(roc_auc_score(target, next(steps)(features)), file=file)


# ---- Accuracy ----


class Musicintel:
    """Trains and predicts in the server: rows go there as a table of their own."""

    def __init__(self):
        self.connection = psycopg2.connect("")
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()

    def store(self, table, features, target):
        frame = features.assign(target=target, row_number=range(len(features)))
        types = {"b": "boolean", "O": "text", "i": "bigint", "u": "bigint"}
        columns = ", ".join(f"{name} {types.get(frame[name].dtype.kind, 'float8')}" if frame[name].dtype.kind in "biufO"
                            else f"{name} text" for name in frame)
        self.cursor.execute(f"DROP TABLE IF EXISTS {table}; CREATE UNLOGGED TABLE {table} ({columns})")
        with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
            frame.to_csv(file, index=False, header=False)
            file.seek(0)
            self.cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv)", file)

    def fit_predict(self, train, test, multiclass):
        self.store("bench.train_rows", *train)
        self.store("bench.test_rows", *test)
        names = ", ".join(train[0])
        self.cursor.execute(
            "SELECT name FROM musicintel.train('bench.accuracy', 'gradient_boosting', %s, 'target', %s)",
            (f"SELECT target, {names} FROM bench.train_rows ORDER BY row_number",
             json.dumps({"num_iterations": TREES, "num_leaves": LEAVES, "learning_rate": RATE})))
        function = "predict_probabilities" if multiclass else "predict"
        self.cursor.execute(f"""SELECT musicintel.{function}('bench.accuracy', t)
            FROM bench.test_rows t ORDER BY row_number""")
        return numpy.array([row[0] for row in self.cursor.fetchall()])


def as_peers_like(features):
    texts = [name for name in features if str(features[name].dtype).startswith(("object", "str"))]
    return features.astype({name: "category" for name in texts})


def by_everybody(train, test, kind):
    (features, target), (test_features, _) = train, test
    plain, plain_test = as_peers_like(features), test_features
    for name in plain.select_dtypes("category"):
        plain_test = plain_test.assign(**{name: pandas.Categorical(test_features[name], plain[name].cat.categories)})
    classes = sorted(set(target)) if kind == "multiclass" else None
    numbers = target.map({c: i for i, c in enumerate(classes)}) if classes else target.astype(float)
    objective = {"binary": ("binary", "binary:logistic"), "regression": ("regression", "reg:squarederror"),
                 "multiclass": ("multiclass", "multi:softprob")}[kind]
    count = len(classes) if classes else None
    sklearn_kind = HistGradientBoostingRegressor if kind == "regression" else HistGradientBoostingClassifier
    fits = [
        lightgbm_fit(plain, numbers, 2, objective=objective[0], classes=count),
        xgboost_fit(plain, numbers, 2, objective=objective[1], classes=count),
        sklearn_fit(plain, numbers, 2, sklearn_kind),
    ]
    yield Musicintel().fit_predict(train, test, kind == "multiclass")
    for steps in fits:
        *_, predict = steps
        yield numpy.asarray(predict(plain_test))


def scored(kind, target, predicted):
    if kind == "binary":
        return roc_auc_score(target, predicted)
    if kind == "multiclass":
        return log_loss(target, predicted, labels=sorted(set(target)))
    return float(numpy.sqrt(numpy.mean((target - predicted) ** 2)))


def standard_error(kind, target, predicted):
    """Of the score, as the test rows are a sample: by the bootstrap."""
    random = numpy.random.default_rng(1)
    target = target.to_numpy()
    draws = [random.integers(0, len(target), len(target)) for _ in range(200)]
    return numpy.std([scored(kind, target[rows], predicted[rows]) for rows in draws])


def lightgbm_example(data, name, kind):
    frames = [pandas.read_csv(f"{data}/reference/boosting/{name}.{part}", sep="\t", header=None)
              for part in ("train", "test")]
    for frame in frames:
        frame.columns = ["target"] + [f"x{i}" for i in range(1, frame.shape[1])]
    return [(frame[frame.columns[1:]], frame.target.astype(bool) if kind == "binary" else frame.target.astype(float))
            for frame in frames]


def halves(features, target):
    cut = len(features) * 3 // 4
    return [(features[:cut].reset_index(drop=True), target[:cut].reset_index(drop=True)),
            (features[cut:].reset_index(drop=True), target[cut:].reset_index(drop=True))]


def spotify_songs(data):
    songs = pandas.read_csv(f"{data}/popularity/spotify_songs.csv").drop_duplicates("track_id")
    return songs.sample(frac=1.0, random_state=1).reset_index(drop=True)


SOUND = ["danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness", "liveness", "valence",
         "tempo", "duration_ms"]


def data_sets(data):
    random = numpy.random.default_rng(1)
    yield "binary", "binary", lightgbm_example(data, "binary", "binary")
    yield "regression", "regression", lightgbm_example(data, "regression", "regression")
    binary = lightgbm_example(data, "binary", "binary")
    yield "30 % missing", "binary", [(features.mask(random.uniform(size=features.shape) < 0.3), target)
                                     for features, target in binary]
    songs = spotify_songs(data)
    yield "categories", "binary", halves(songs[SOUND + ["playlist_subgenre", "key", "mode"]].astype({"key": str}),
                                         songs.track_popularity >= 50)
    yield "multiclass", "multiclass", halves(songs[SOUND], songs.playlist_genre)


def accuracy(data):
    for name, kind, (train, test) in data_sets(data):
        predictions = list(by_everybody(train, test, kind))
        scores = [scored(kind, test[1], predicted) for predicted in predictions]
        error = standard_error(kind, test[1], predictions[0])
        metric = {"binary": "auc", "multiclass": "log_loss", "regression": "rmse"}[kind]
        print(name.replace(" ", "_"), metric, f"{error:.5f}", *(f"{score:.5f}" for score in scores), flush=True)


# ---- Explanations ----


def exported(cursor, model, library):
    cursor.execute(f"SELECT musicintel.to_{library}(musicintel.get_model(%s))", (model,))
    return cursor.fetchone()[0]


def xgboost_booster(text):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "model.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        booster = xgboost.Booster(model_file=path)
    booster.set_param({"nthread": 1})
    return booster


def contributions(cursor, model, table, rows):
    """Of the first rows of a table, feature by feature, the base value last."""
    cursor.execute(f"""SELECT e.feature, array_agg(e.contribution ORDER BY t.n)
        FROM (SELECT row_number() OVER () AS n, t AS features FROM {table} t LIMIT {rows}) t,
            LATERAL musicintel.explain(%s::musicintel.model, t.features) e
        GROUP BY e.feature""", (model,))
    return dict(cursor.fetchall())


def largest_difference(ours, theirs, names):
    return max(numpy.abs(numpy.array(ours[name]) - theirs[:, i]).max() for i, name in enumerate(names))


def explain(model, table, runs, difference):
    cursor = psycopg2.connect("").cursor()
    booster = xgboost_booster(exported(cursor, model, "xgboost"))
    features, _ = fetched(table)
    rows = xgboost.DMatrix(features, nthread=1)
    for number in range(1 + int(runs)):
        started = time.perf_counter()
        theirs = booster.predict(rows, pred_contribs=True)
        if number > 0:
            print(f"{time.perf_counter() - started:.6f} contributions", flush=True)
    few = 500
    names = [*features.columns, "(base)"]
    # The same trees with XGBoost's hessians, and with LightGBM's numbers of rows, as the shares that go either way.
    text = exported(cursor, model, "xgboost")
    cursor.execute("SELECT musicintel.from_xgboost(%s)::text", (text,))
    from_xgboost = largest_difference(contributions(cursor, cursor.fetchone()[0], table, few), theirs[:few], names)
    text = exported(cursor, model, "lightgbm")
    cursor.execute("SELECT musicintel.from_lightgbm(%s)::text", (text,))
    theirs = lightgbm.Booster(model_str=text).predict(features[:few], pred_contrib=True)
    from_lightgbm = largest_difference(contributions(cursor, cursor.fetchone()[0], table, few), theirs, names)
    with open(difference, "w", encoding="ascii") as file:
        print(from_xgboost, from_lightgbm, file=file)


{"fetch": fetch, "speed": speed, "accuracy": accuracy, "explain": explain}[sys.argv[1]](*sys.argv[2:])
