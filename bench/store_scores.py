#!/usr/bin/env python3
"""Retrieval data come in; how well a store finds by meaning, by words and by both goes out.

    python3 bench/store_scores.py --model models/multilingual-e5-small --data FOLDER [--tasks scifact] [--cross en,es,ar,zh,ru]

FOLDER holds one folder a task with corpus.jsonl, queries.jsonl and qrels/test.tsv (BEIR's layout). Everything goes
through the command: `glossa store init`, `add` and `search --json --pool best`. --cross takes folders xquad-LANGUAGE
whose question ids are shared: questions of one language are asked of documents of another. Exit status 1 where a task's
hybrid score is below --least.
"""

import argparse
import json
import pathlib
import sys
import tempfile

from retrieval_scores import TOP, ndcg, read_judgements, run

HERE = pathlib.Path(__file__).resolve().parent


class Store:
    """A store of a task's corpus; one that is in the folder already is used as it is."""

    def __init__(self, arguments, task, folder):
        self.arguments, self.folder = arguments, folder / task.name
        self.common = ["--model", arguments.model, "--store", self.folder, "--threads", arguments.threads]
        if self.folder.exists():
            return
        run(arguments.tool, "store", "init", *self.common, "--precision", arguments.precision)
        run(arguments.tool, "store", "add", *self.common, "--input", task / "corpus.jsonl")

    def hits(self, queries, *options):
        """Documents by query id, best first."""
        answers = run(self.arguments.tool, "store", "search", *self.common, "--pool", "best", "--k", TOP, "--json",
                      "--input", queries, *options)
        return {answer["id"]: [hit["id"] for hit in answer["hits"]] for answer in map(json.loads, answers.splitlines())}


def mean_ndcg(hits, grades):
    return sum(ndcg(hits.get(query, []), own) for query, own in grades.items()) / len(grades)


def score_tasks(arguments, folder):
    modes = [("dense", ["--mode", "dense"]), ("lexical", ["--mode", "lexical"]), ("hybrid", []),
             ("rrf", ["--fusion", "rrf"])]
    print("| nDCG@10 | " + " | ".join(name for name, _ in modes) + " |\n|---|" + "---:|" * len(modes), flush=True)
    worst = 1.0
    for name in filter(None, arguments.tasks.split(",")):
        task = arguments.data / name
        store = Store(arguments, task, folder)
        grades = read_judgements(task / "qrels/test.tsv")
        scores = [mean_ndcg(store.hits(task / "queries.jsonl", *options), grades) for _, options in modes]
        worst = min(worst, scores[2])
        print(f"| {name} | " + " | ".join(f"{own:.4f}" for own in scores) + " |", flush=True)
    return worst


def score_languages(arguments, folder):
    """Rows: the questions' language; columns: the documents'. Top-1 / nDCG@10."""
    languages = arguments.cross.split(",")
    tasks = {language: arguments.data / f"xquad-{language}" for language in languages}
    grades = {language: read_judgements(task / "qrels/test.tsv") for language, task in tasks.items()}
    shared = set.intersection(*(set(own) for own in grades.values()))
    print(f"\n{len(shared)} questions, {arguments.cross_mode}: top-1 / nDCG@10")
    print("| questions \\ documents | " + " | ".join(languages) + " |\n|---|" + "---:|" * len(languages), flush=True)
    for asked in languages:
        queries = folder / f"questions-{asked}.jsonl"
        lines = (tasks[asked] / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        queries.write_text("".join(line + "\n" for line in lines if json.loads(line)["_id"] in shared), encoding="utf-8")
        cells = []
        for language in languages:
            hits = Store(arguments, tasks[language], folder).hits(queries, "--mode", arguments.cross_mode)
            own = {query: grades[language][query] for query in shared}
            first = sum(hits[query][:1] != [] and hits[query][0] in own[query] for query in shared) / len(shared)
            cells.append(f"{first:.3f} / {mean_ndcg(hits, own):.3f}")
        print(f"| {asked} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path, help="a folder of retrieval tasks")
    parser.add_argument("--tool", default=HERE.parent / "build/bin/glossa")
    parser.add_argument("--tasks", default="scifact")
    parser.add_argument("--cross", default="", help="languages of xquad-LANGUAGE")
    parser.add_argument("--cross-mode", default="dense", choices=["dense", "lexical", "hybrid"])
    parser.add_argument("--precision", default="automatic")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--stores", type=pathlib.Path, help="a folder where the stores are kept for the next time")
    parser.add_argument("--least", type=float, default=0.0, help="of the hybrid score")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.stores or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        worst = score_tasks(arguments, folder)
        if arguments.cross:
            score_languages(arguments, folder)
    if worst < arguments.least:
        sys.exit(1)


main()
