#!/usr/bin/env python3
"""Evaluation sets and the scores that they are known to have come in; what `glossa eval` scores beside them goes out.

    python3 bench/expected_scores.py --model MODEL_DIR --data DATA [--glossa build/bin/glossa] [--only sts,bitext]

DATA has a folder for each category, and expected_scores.json: {"sts/stsb-de": {"main": 0.785285, "pearson": ...}, ...},
which is what NumPy, SciPy and scikit-learn score by mteb's protocol. Each set is one `glossa eval --category`, in f32
unless --precision says otherwise. Classification may differ by 0.005; clustering, whose draws are no others' draws, by
three deviations of the mean of ten runs and the mean of --runs; all else by 0.0005. Scores besides the main one are
shown where they are known. Vectors are kept in --cache, by which a second run takes seconds.

Exit status 1 where a score differs by more, 2 where something that is needed is missing.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys

# What glossa calls the scores that stand beside the main one.
NAMES = {"pearson": "pearson", "accuracy": "accuracy", "f1": "f1", "recall_at_10": "recall_at_10", "cosine": "cosine_ap",
         "euclidean": "euclidean_ap", "manhattan": "manhattan_ap"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--glossa", default="build/bin/glossa", help="the command (default: %(default)s)")
    parser.add_argument("--only", default="", help="sets whose names begin so, separated by commas")
    parser.add_argument("--precision", default="f32")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--runs", type=int, default=30, help="clusterings of each set (default: %(default)s)")
    parser.add_argument("--cache", help="folder of vectors")
    return parser.parse_args()


def evaluate(arguments, name):
    """What glossa eval tells of one set."""
    category = name.split("/")[0]
    path = arguments.data / name
    command = [arguments.glossa, "eval", "--model", arguments.model, "--category", category, "--precision",
               arguments.precision, "--threads", arguments.threads, "--json", "--data",
               path if path.exists() else path.with_name(path.name + ".jsonl")]
    if arguments.cache:
        command += ["--cache", arguments.cache]
    if category == "clustering":
        command += ["--experiments", arguments.runs]
    try:
        result = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        print(f"no such program: {arguments.glossa}; build it with the release preset, or name it by --glossa",
              file=sys.stderr)
        sys.exit(2)
    if result.returncode != 0:
        print(result.stderr.strip(), file=sys.stderr)
        sys.exit(2)
    return json.loads(result.stdout)


def tolerance(name, known, runs):
    category = name.split("/")[0]
    if category == "clustering":
        return 3 * known["std"] * math.sqrt(1 / 10 + 1 / runs)
    return 0.005 if category == "classification" else 0.0005


def main():
    arguments = parse()
    try:
        expected = json.loads((arguments.data / "expected_scores.json").read_text(encoding="utf-8"))
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    missed, shown = [], 0
    print("| set | expected | glossa | difference | allowed | seconds | besides |\n|---|---:|---:|---:|---:|---:|---|")
    for name, known in sorted(expected.items()):
        if arguments.only and not name.startswith(tuple(arguments.only.split(","))):
            continue
        scores = evaluate(arguments, name)
        main_score = scores["main_score"] if scores["main_score"] is not None else math.nan
        allowed, difference = tolerance(name, known, arguments.runs), main_score - known["main"]
        besides = ", ".join(f"{key} {value:.5f}: {scores[NAMES[key]]:.5f}" for key, value in known.items()
                            if NAMES.get(key) in scores)
        print(f"| {name} | {known['main']:.6f} | {main_score:.6f} | {difference:+.6f} | {allowed:.4f} | "
              f"{scores['seconds']:.1f} | {besides} |", flush=True)
        shown += 1
        if not abs(difference) <= allowed:
            missed.append(name)
    print(f"\n{shown - len(missed)} of {shown} sets score what is expected" + (": not " + ", ".join(missed) if missed else ""))
    return 1 if missed or shown == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
