#!/usr/bin/env python3
"""Writes translations.json: vectors of sentences in two languages, and the pairs that NumPy mines from them.

    python3 tests/golden/make_translations.py BITEXT.jsonl VECTORS.npy > tests/golden/translations.json

BITEXT is Tatoeba's Japanese and English (facebookresearch/LASER, CC BY 2.0; {"sentence1", "sentence2"} a line), VECTORS
those of all sentence1 and then all sentence2, as glossa embed made them of multilingual-e5-small without a prompt. Of
the first 200 lines, 100 keep both sides, 50 the one and 50 the other. The vectors are rounded to 8 bits each, which the
test reads as they are, so that both see the same numbers.

"mutual" and "mutual_any" are the mutual nearest neighbours by the ratio margin (Artetxe & Schwenk 2019, k = 4) on unit
vectors from which their language's mean was taken, as mine_translations() takes it: with the weight of four texts for
the mean of all; in the first, neighbours are of the other language alone.
"""

import base64
import json
import sys

import numpy as np

PAIRS, REST, NEIGHBOURS, PRIOR = 100, 50, 4, 4


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def centred(rows, languages):
    rows = unit(rows)
    general = rows.sum(axis=0) / (len(rows) + PRIOR)
    for language in (0, 1):
        own = languages == language
        rows[own] -= (rows[own].sum(axis=0) + PRIOR * general) / (own.sum() + PRIOR)
    return unit(rows)


def mined(rows, languages, across):
    cosines = rows @ rows.T
    hidden = languages[:, None] == languages[None, :] if across else np.eye(len(rows), dtype=bool)
    cosines[hidden] = -np.inf
    means = -np.sort(-cosines, axis=1)[:, :NEIGHBOURS].mean(axis=1)
    margins = cosines / ((means[:, None] + means[None, :]) / 2)
    best = margins.argmax(axis=1)
    pairs = [(i, int(j)) for i, j in enumerate(best) if best[j] == i and i < j]
    return [[i, j, round(float(margins[i, j]), 6)] for i, j in pairs]


def main():
    texts = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    vectors = np.load(sys.argv[2])
    first = list(range(PAIRS + REST))
    second = [*range(PAIRS), *range(PAIRS + REST, PAIRS + 2 * REST)]
    rows = np.vstack([vectors[first], vectors[[len(texts) + i for i in second]]])
    languages = np.array([0] * len(first) + [1] * len(second))
    order = np.random.default_rng(1).permutation(len(rows))
    rows, languages = rows[order], languages[order]
    source = np.array([*first, *second])[order]
    scale = 127 / np.abs(rows).max(axis=1, keepdims=True)
    codes = np.round(rows * scale).astype(np.int8)
    points = centred(codes.astype(np.float64), languages)
    truth = [
        [i, j]
        for i in range(len(rows))
        for j in range(i + 1, len(rows))
        if source[i] == source[j] and languages[i] != languages[j]
    ]
    out = {
        "dims": rows.shape[1],
        "languages": languages.tolist(),
        "truth": truth,
        "mutual": mined(points, languages, True),
        "mutual_any": mined(points, languages, False),
        "codes": base64.b64encode(codes.tobytes()).decode(),
    }
    print(json.dumps(out))


if __name__ == "__main__":
    main()
