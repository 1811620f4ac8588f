#!/usr/bin/env python3
"""A built glossa, a model and texts come in; whether python mteb takes the results of a task of each category goes out.

    python3 tests/peers/results_in_mteb.py GLOSSA MODEL TEXTS.jsonl

TEXTS.jsonl has objects with "lang" and "text". Small tasks are made of pieces of them, `glossa eval --results` scores a model on
these, and tests/eval/load_by_mteb.py loads what it wrote. Exit status 1 where mteb refuses something or has another
score.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

TEXTS = 24
PIECES = 4


def read_texts(path):
    """One long enough to be cut of each language."""
    texts = {}
    for line in filter(None, path.read_text(encoding="utf-8").split("\n")):
        row = json.loads(line)
        if len(row["text"].split()) > 2 * PIECES:
            texts.setdefault(row["lang"], row["text"])
    return list(texts.values())[:TEXTS]


def pieces(text, count):
    words = text.split()
    return [" ".join(words[i * len(words) // count: (i + 1) * len(words) // count]) for i in range(count)]


def rows_of(texts):
    """A text's halves belong together, and its pieces are a class."""
    pairs = [(*pieces(text, 2), i) for i, text in enumerate(texts)]
    others = [pairs[(i + 1) % len(pairs)][1] for i in range(len(pairs))]
    labelled = [{"text": piece, "label": str(i)} for i, text in enumerate(texts) for piece in pieces(text, PIECES)]
    return {
        "sts": [{"sentence1": a, "sentence2": b, "score": i % 5} for a, b, i in pairs],
        "bitext": [{"sentence1": a, "sentence2": b} for a, b, _ in pairs],
        "pair_classification": [{"sentence1": a, "sentence2": b, "label": 1} for a, b, _ in pairs]
        + [{"sentence1": a, "sentence2": other, "label": 0} for (a, _, _), other in zip(pairs, others)],
        "clustering": [{"sentences": [row["text"] for row in labelled], "labels": [row["label"] for row in labelled]}],
        "reranking": [{"query": a, "positive": [b], "negative": [other]} for (a, b, _), other in zip(pairs, others)],
    }


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tool, model, texts = map(pathlib.Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        for category, rows in rows_of(read_texts(texts)).items():
            data = folder / f"{category}.jsonl"
            data.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
            done = subprocess.run([tool, "eval", "--model", model, "--category", category, "--data", data, "--results",
                                   folder / "results"], stdout=subprocess.DEVNULL)
            if done.returncode != 0:
                return 1
        loader = pathlib.Path(__file__).resolve().parent.parent / "eval" / "load_by_mteb.py"
        return subprocess.run([sys.executable, loader, folder / "results"]).returncode


if __name__ == "__main__":
    sys.exit(main())
