#!/usr/bin/env python3
"""Writes classifiers.json: vectors of labelled sentences, and what scikit-learn's classifiers, as python mteb has them, take them for.

    pip install numpy==2.4.6 scikit-learn==1.9.1
    python3 make_classifier_goldens.py TRAIN.jsonl TRAIN.npy TEST.jsonl TEST.npy > classifiers.json

TRAIN and TEST are SIB-200 in English (dadelani/sib-200, CC BY-SA 4.0; {"text", "label"} a line), the vectors those that
glossa embed made of the texts by multilingual-e5-small without a prompt. They are rounded to multiples of 1/512, which the
test reads as they are, so that both see the same numbers. Training rows are those of mteb's first two experiments. Each
case has those of them that a classifier learns from, and its labels for the test's rows.
"""

import base64
import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

STEPS, PER_LABEL = 512, 8


def rows_of(texts, vectors):
    labels = [json.loads(line)["label"] for line in open(texts, encoding="utf-8")]
    codes = np.round(np.load(vectors) * STEPS)
    assert np.abs(codes).max() <= 127 and len(codes) == len(labels)
    return np.array(labels), codes.astype(np.int8)


def experiments(labels):
    order = list(range(len(labels)))
    while True:
        np.random.RandomState(42).shuffle(order)
        taken = {}
        for i in order:
            if len(taken.setdefault(labels[i], [])) < PER_LABEL:
                taken[labels[i]].append(i)
        yield [i for i in order if i in taken[labels[i]]]


def margins(scores):
    return np.abs(scores) if scores.ndim == 1 else np.diff(np.sort(scores, axis=1)[:, -2:])


def main():
    train_labels, train = rows_of(*sys.argv[1:3])
    test_labels, test = rows_of(*sys.argv[3:5])
    draws = experiments(train_labels)
    first, second = next(draws), next(draws)
    rows = sorted({*first, *second})
    place = {row: i for i, row in enumerate(rows)}
    names, numbers = np.unique(train_labels[rows], return_inverse=True)
    x = train[rows].astype(np.float32) / STEPS
    y = np.searchsorted(names, test_labels)
    tests = test.astype(np.float32) / STEPS
    sets = [[place[i] for i in first], [place[i] for i in second], list(range(len(rows)))]
    sets.append([i for i in sets[1] if numbers[i] < 2])
    cases = []
    for taken in sets:
        for c in (1, 100):
            model = LogisticRegression(max_iter=100, C=c).fit(x[taken], numbers[taken])
            assert margins(model.decision_function(tests)).min() > 1e-4  # what rounding does not turn
            cases.append({"rows": taken, "c": c, "n_iter": int(model.n_iter_[0]), "labels": model.predict(tests).tolist(),
                          "accuracy": model.score(tests, y)})
    out = {
        "note": "Written by make_classifier_goldens.py.",
        "dims": train.shape[1],
        "steps": STEPS,
        "train": numbers.tolist(),
        "test": y.tolist(),
        "cases": cases,
        "codes": base64.b64encode(np.vstack([train[rows], test]).tobytes()).decode(),
    }
    print(json.dumps(out, separators=(",", ":")))


if __name__ == "__main__":
    main()
