#!/usr/bin/env python3
"""Retrieval data comes in; nDCG@10 of exact search and of approximate indexes goes out.

    python3 bench/index_scores.py --model models/multilingual-e5-small --data FOLDER [--indexes hnsw:f32,hnsw:int8]

FOLDER holds one folder a task with corpus.jsonl, queries.jsonl and qrels/test.tsv (BEIR's layout). Everything goes
through the command: `glossa index build` and `glossa search --json`, with a flat index of floats as the exact one. Exit
status 1 where an index is farther from it than --limit.
"""

import argparse
import json
import pathlib
import sys
import tempfile

from retrieval_scores import TOP, ndcg, read_judgements, run

HERE = pathlib.Path(__file__).resolve().parent


def score(arguments, task, kind, folder):
    name, _, form = kind.partition(":")
    form, _, rescore = form.partition("+")
    index = folder / f"{task.name}-{kind}.index".replace(":", "-")
    build = [arguments.tool, "index", "build", "--model", arguments.model, "--input", task / "corpus.jsonl"]
    build += ["--output", index, "--kind", name, "--vectors", form, "--threads", arguments.threads]
    run(*build, *(["--rescore", rescore] if rescore else []))
    search = [arguments.tool, "search", "--model", arguments.model, "--index", index, "--k", TOP, "--json"]
    answers = run(*search, "--threads", arguments.threads, "--input", task / "queries.jsonl")
    grades = read_judgements(task / "qrels/test.tsv")
    hits = {}
    for line in answers.splitlines():
        answer = json.loads(line)
        hits[answer["id"]] = [hit["id"] for hit in answer["hits"]]
    return 100 * sum(ndcg(hits.get(query, []), own) for query, own in grades.items()) / len(grades)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path, help="a folder of retrieval tasks")
    parser.add_argument("--tool", default=HERE.parent / "build/bin/glossa")
    parser.add_argument("--indexes", default="hnsw:f32,hnsw:int8,ivf:int8+f16", help="kind:form[+form to re-score from]")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=float, default=0.2, help="points of nDCG@10 (100 is perfect)")
    arguments = parser.parse_args()
    kinds = ["flat:f32", *arguments.indexes.split(",")]
    print("| nDCG@10 | " + " | ".join(kinds) + " |\n|---|" + "---:|" * len(kinds))
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        for task in sorted(path.parent for path in arguments.data.glob("*/corpus.jsonl")):
            scores = [score(arguments, task, kind, pathlib.Path(folder)) for kind in kinds]
            worst = max(worst, *(abs(own - scores[0]) for own in scores[1:]))
            print(f"| {task.name} | " + " | ".join(f"{own:.2f}" for own in scores) + " |", flush=True)
    if worst > arguments.limit:
        sys.exit(f"an index is {worst:.2f} points from the exact search; at most {arguments.limit} are allowed")


if __name__ == "__main__":
    main()
