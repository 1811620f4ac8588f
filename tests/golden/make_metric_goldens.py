# Writes metrics.json: what SciPy, scikit-learn, pytrec_eval and python mteb make of small cases, and the draws of NumPy and Python.
#   pip install mteb==2.26.24 scikit-learn==1.9.1 scipy==1.17.1;  python make_metric_goldens.py metrics.json
import json
import math
import random
import sys
import types
import warnings

import numpy as np
import pytrec_eval
from mteb._evaluators.retrieval_metrics import mrr, nauc
from mteb.abstasks.classification import AbsTaskClassification
from mteb.abstasks.pair_classification import AbsTaskPairClassification
from mteb.abstasks.text.bitext_mining import AbsTaskBitextMining
from scipy import special, stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)
CUTOFFS = [1, 3, 5, 10, 20, 100, 1000]


def number(x):
    """Floats that JSON has no numbers for, as texts."""
    return float(x) if math.isfinite(x) else str(float(x))


def numbers(values):
    return [number(x) for x in values]


def correlations():
    nan, inf = math.nan, math.inf
    pairs = [([], []), ([1], [2]), ([1, 2], [3, 9]), ([2, 1], [3, 9]), ([1, 2], [3, 3]), ([1, 1, 1], [1, 2, 3]), ([0, 0, 0], [0, 0, 0]),
             ([1, nan, 2], [1, 2, 3]), ([1, 2, 3], [nan, nan, nan]), ([1, inf, 2, -inf], [1, 2, 3, 0]), ([1e300, -1e300, 5], [1, 2, 3]),
             ([1e-300, 3e-300, 2e-300, 0], [1, 2, 3, 1]), ([1, 2, 3, 4], [8, 6, 4, 2]), ([1, 1, 2, 2], [1, 2, 1, 2]), ([0.0, -0.0, 1], [1, 2, 3])]
    for n, levels in ((12, 3), (40, 6), (60, 0)):
        x = np.round(rng.normal(size=n), 3)
        y = np.round(x + rng.normal(size=n), 3)
        pairs.append((np.round(x * levels) / levels if levels else x, np.round(y * levels) / levels if levels else y))
    pairs.append((1e8 + np.round(rng.normal(size=30), 2), rng.integers(0, 6, 30).astype(float)))
    cases = []
    for x, y in pairs:
        pearson, pearson_p = stats.pearsonr(x, y) if len(x) > 1 else (nan, nan)
        spearman, spearman_p = stats.spearmanr(x, y)
        ranks = stats.rankdata(x, nan_policy="propagate") if len(x) else []
        cases.append({"x": numbers(x), "y": numbers(y), "pearson": number(pearson), "pearson_p": number(pearson_p),
                      "spearman": number(spearman), "spearman_p": number(spearman_p), "ranks": numbers(ranks)})
    return cases


def correlation_ps():
    """[correlation, count, p-value]"""
    def tails(r, n):
        return 2 * special.stdtr(n - 2, -abs(r) * np.sqrt(np.float64(n - 2) / ((1 - r) * (1 + r))))

    return [[r, n, float(tails(r, n))] for n in (3, 4, 5, 16, 17, 101, 5000, 100000)
            for r in (0.0, 1e-9, -1e-3, 0.02, -0.1, 0.3, 0.5, -0.7, 0.9, 0.99999, -1.0)]


def ranking_cases():
    yield {"a": 1}, {}
    yield {"a": 0, "b": -1}, {"a": 0.5, "b": 0.25}
    yield {"a": 2, "b": -1, "c": -3, "d": 1}, {"a": 0.3, "b": 0.6, "c": 0.5, "z": 0.4}
    yield {"a": 1}, {"a": 0.5, "b": 0.5}
    yield {"b": 1}, {"a": 0.5, "b": 0.5}
    yield {"10": 1, "9": 1}, {"10": 0.5, "9": 0.5, "100": 0.5, "": 0.5}
    yield {"é": 1, "\ufeffx": 2, "😀": 3}, {"é": 1.0, "z": 1.0, "中": 1.0, "😀": 1.0, "\ufeffx": 1.0}
    yield {"a": 1, "b": 3}, {"a": math.inf, "c": 1.0, "b": -math.inf}
    yield {"a": 3, "b": 2, "c": 1, "d": 0}, {"c": 4.0, "a": 3.0, "d": 2.0, "b": 1.0}
    for count, judged, levels in ((5, 2, 1), (12, 30, 3), (30, 8, 4), (60, 25, 1)):
        documents = [f"d{i}" for i in range(count)]
        relevance = {f"d{i}": int(rng.integers(-1, levels + 1)) for i in rng.permutation(count + 10)[:judged]}
        yield relevance, {d: float(np.round(rng.random() * 8) / 8) if count < 40 else float(rng.random()) for d in documents}


def rankings():
    cases, sums = [], None
    ks = ",".join(map(str, CUTOFFS))
    for judged, run in ranking_cases():
        run = {d: float(np.float32(s)) for d, s in run.items()}
        found = pytrec_eval.RelevanceEvaluator({"q": judged}, {f"{m}.{ks}" for m in ("ndcg_cut", "map_cut", "recall", "P", "success")})
        scores = found.evaluate({"q": run})["q"]
        first = mrr({"q": judged}, {"q": run}, CUTOFFS)
        rows = [[scores[f"ndcg_cut_{k}"], scores[f"map_cut_{k}"], scores[f"recall_{k}"], scores[f"P_{k}"], first[f"MRR@{k}"][0],
                 scores[f"success_{k}"]] for k in CUTOFFS]
        cases.append({"judged": judged, "run": {d: number(s) for d, s in run.items()}, "scores": rows})
        sums = np.array(rows) if sums is None else sums + np.array(rows)
    return {"cutoffs": CUTOFFS, "cases": cases, "mean": (sums / len(cases)).tolist()}


def binary():
    cases = [([0.3], [1]), ([0.3], [0]), ([0.1, 0.9], [0, 1]), ([0.9, 0.1], [0, 1]), ([0.5, 0.5, 0.5], [0, 1, 1]), ([0.1, 0.2, 0.3], [0, 0, 0]),
             ([0.1, 0.2, 0.3], [1, 1, 1]), ([1e308, -1e308, 1.5e308], [1, 0, 1]), ([0.5, 0.5, 0.7, 0.2], [1, 0, 1, 0]), ([0.0, -0.0, 1], [1, 0, 0])]
    for n, decimals, share in ((10, 1, 0.5), (40, 1, 0.3), (40, 6, 0.7), (80, 2, 0.1)):
        labels = (rng.random(n) < share).astype(int)
        cases.append((np.round(rng.normal(size=n) + labels, decimals).tolist(), labels.tolist()))
    entries = []
    for scores, labels in cases:
        y = np.asarray(labels, dtype=np.int64)
        accuracy = AbsTaskPairClassification._find_best_acc_and_threshold(None, scores, y, True)
        f1 = AbsTaskPairClassification._find_best_f1_and_threshold(None, scores, y, True)
        down = [-s for s in scores]  # distances, of which the least are matches
        assert AbsTaskPairClassification._find_best_acc_and_threshold(None, down, y, False)[0] == accuracy[0]
        assert AbsTaskPairClassification._find_best_f1_and_threshold(None, down, y, False)[:3] == f1[:3]
        entries.append({"scores": scores, "labels": labels, "ap": average_precision_score(y, np.array(scores)),
                        "accuracy": [float(v) for v in accuracy], "f1": [number(v) for v in f1]})
    return entries


def classification():
    cases = [([0], [0]), ([0], [1]), ([0, 1], [1, 0]), ([1, 1, 1], [1, 1, 1]), ([0, 0, 1, 1], [0, 1, 2, 1]), ([0, 0, 0], [0, 1, 2]),
             ([0, 1, 2, 3], [3, 3, 3, 3]), ([1, 4, 1, 4, 4], [4, 4, 1, 1, 4]), ([-3, 1, -3, 1], [-3, -3, 1, 1]), ([5, 6, 7], [8, 9, 10])]
    for n, classes in ((20, 2), (50, 5), (120, 30)):
        truth = rng.integers(0, classes, n)
        cases.append((truth.tolist(), np.where(rng.random(n) < 0.6, truth, rng.integers(0, classes + 1, n)).tolist()))
    entries = []
    for truth, predicted in cases:
        scores = AbsTaskClassification._calculate_scores(None, truth, predicted)
        entries.append({"truth": truth, "predicted": predicted} | {k: None if v is None else float(v) for k, v in scores.items()})
    bitext = rng.integers(0, 25, 40)
    bitext[::2] = np.arange(0, 40, 2)
    scores = AbsTaskBitextMining._compute_metrics(None, [{"corpus_id": int(j)} for j in bitext], [(i, i) for i in range(40)])
    return {"cases": entries, "bitext": {"nearest": bitext.tolist()} | {k: float(v) for k, v in scores.items()}}


def regression():
    cases = []
    for n, dims, classes, scale, c, iterations in ((24, 5, 2, 1, 1, 100), (40, 8, 4, 1, 1, 100), (40, 8, 4, 3, 100, 4), (40, 8, 4, 3, 100, 25),
                                                   (30, 6, 3, 30, 1, 100), (12, 20, 5, 0.1, 1, 100), (24, 3, 2, 20, 1000, 12), (16, 4, 3, 0, 1, 100)):
        y = np.arange(n) % classes * 3 - 1
        x = np.round((rng.normal(size=(classes, dims))[np.arange(n) % classes] + rng.normal(size=(n, dims))) * scale, 3)
        test = np.round(rng.normal(size=(20, dims)) * scale * 1.5, 3)
        model = LogisticRegression(max_iter=iterations, C=c).fit(x, y)
        cases.append({"x": x.tolist(), "y": y.tolist(), "c": c, "iterations": iterations, "n_iter": int(model.n_iter_[0]),
                      "weights": model.coef_.tolist(), "intercepts": model.intercept_.tolist(), "test": test.tolist(),
                      "predicted": model.predict(test).tolist()})
    return cases


def checksum(values):
    return sum((i + 1) * v for i, v in enumerate(values))


def draws():
    shuffles = []
    for n in (0, 1, 2, 10, 1004, 70000):
        state = np.random.RandomState(42)
        items = list(range(n))
        state.shuffle(items)
        once = list(items)
        state.shuffle(items)
        shuffles.append({"count": n, "once": once[:12], "twice": items[:12], "checksums": [checksum(once), checksum(items)]})
    python = []
    for seed in (0, 42, 2**31, 2**32 + 5, 2**64 - 1):
        r = random.Random(seed)
        python.append({"seed": seed, "random": [r.random() for _ in range(4)],
                       "below": [[n, r.randrange(n)] for n in (1, 2, 3, 2**31, 2**32 - 1, 2**32, 2**40, 2**53 - 1, 2**63, 2**64 - 1)]})
    samples = []
    r = random.Random(42)
    for count, wanted in ((5, 5), (21, 3), (22, 3), (22, 5), (85, 6), (86, 6), (50, 10), (1004, 1004), (100000, 30), (277, 63), (1004, 0), (0, 0)):
        drawn = r.sample(range(count), wanted)
        samples.append({"count": count, "wanted": wanted, "drawn": drawn[:30], "checksum": checksum(drawn)})
    labels = [int(v) for v in rng.integers(0, 4, 60)] + [9]
    task = types.SimpleNamespace(seed=42, label_column_name="label", samples_per_label=3)
    table = type("Table", (dict,), {"select": lambda self, idxs: None, "__len__": lambda self: len(labels)})(label=labels)
    idxs, experiments = None, []
    for i in range(4):
        _, idxs, taken = AbsTaskClassification._undersample_data(task, table, i, idxs)
        experiments.append(taken)
    choices = r.choices(range(1004), k=16384)
    return {"shuffles": shuffles, "python": python, "samples": samples, "choices": {"drawn": choices[:12], "checksum": checksum(choices)},
            "label_samples": {"labels": labels, "per_label": 3, "experiments": experiments}}


def abstention():
    cases = []
    for n, decimals in ((2, 2), (5, 2), (7, 1), (15, 2), (40, 1), (40, 6)):
        confidence, metric = np.round(rng.random(n), decimals), np.round(rng.random(n), decimals)
        cases += [(confidence, metric), (metric, metric), (-metric, metric), (confidence, metric * 0 + 0.5)]
    return [{"confidence": c.tolist(), "metric": m.tolist(), "area": number(nauc(c, m))} for c, m in cases]


def comparisons():
    cases = []
    for a, b in (([1.0, 2.0], [2.0, 2.5]), ([0.5, 0.5], [0.5, 0.5]), ([0, 1, 0, 1, 1], [1, 1, 0, 1, 1]), (rng.random(8).round(2), rng.random(8).round(2)),
                 (rng.random(12).round(2), (rng.random(12) + 0.3).round(2))):
        test = stats.permutation_test((np.asarray(b) - np.asarray(a),), lambda d, axis: np.mean(d, axis=axis), permutation_type="samples",
                                      vectorized=True, n_resamples=math.inf)
        cases.append({"a": list(map(float, a)), "b": list(map(float, b)), "permutation_p": float(test.pvalue)})
    values = rng.gamma(2, size=60).round(3)
    interval = stats.bootstrap((values,), np.mean, n_resamples=200000, method="percentile", rng=np.random.default_rng(1)).confidence_interval
    return {"cases": cases, "bootstrap": {"values": values.tolist(), "low": float(interval.low), "high": float(interval.high)}}


def lines(value):
    """One case a line."""
    if isinstance(value, list):
        return "[\n" + ",\n".join(json.dumps(v, separators=(",", ":"), ensure_ascii=False, allow_nan=False) for v in value) + "\n]"
    if not any(isinstance(v, (list, dict)) for v in value.values()):
        return json.dumps(value, separators=(",", ":"))
    return "{" + ",\n".join(json.dumps(k) + ":" + (lines(v) if isinstance(v, list) and v and isinstance(v[0], dict) else
                                                   json.dumps(v, separators=(",", ":"), allow_nan=False)) for k, v in value.items()) + "}"


with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write('{"note":"Written by make_metric_goldens.py.",\n')
    parts = {"correlations": correlations(), "rankings": rankings(), "binary": binary(), "classification": classification(),
             "regression": regression(), "draws": draws(), "comparisons": comparisons(), "abstention": abstention(),
             "correlation_ps": correlation_ps()}
    file.write(",\n".join(f'"{name}":{lines(part)}' for name, part in parts.items()) + "}\n")
