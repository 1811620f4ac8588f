#!/usr/bin/env python3
"""Evaluation data come in; the scores of each precision, and what it loses against f32, go out.

    python3 bench/scores.py --data DATA --glossa build/bin/glossa MODEL_DIR [MODEL_DIR ...]

Needs numpy and the glossa tool, which embeds the texts. DATA is a folder with the tasks' JSON lines:

    sts/NAME.jsonl               {"sentence1", "sentence2", "score"}     Spearman's rho of the cosine
    bitext/NAME.jsonl            {"sentence1", "sentence2"}              weighted F1 of the nearest sentence2
    retrieval/NAME/corpus.jsonl  {"_id", "title"?, "text"}, queries.jsonl {"_id", "text"}, qrels/test.tsv    nDCG@10

In place of a precision there may be a folder of glossa quantize, made of the model.

The protocols are mteb's: texts stripped; the model's prompts for queries and passages in retrieval alone. Exit status 1
where a precision loses more than --limit points (of 100) of a main score, or f32 misses an expected one; 2 where
something needed is missing.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

try:
    import numpy
except ImportError:
    sys.exit("scores.py needs numpy: pip install numpy")


class Missing(Exception):
    """What this program needs is not there."""


def read_rows(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


class Engine:
    """The glossa tool with one model and one precision."""

    def __init__(self, tool, model, precision, threads):
        self.tool, self.model, self.precision, self.threads = str(tool), str(model), precision, threads
        # Models without prompts of their own get none, as in sentence-transformers.
        known = self._run("info", self.model).stdout
        self.has_prompts = "query prompt   unknown" not in known

    def _run(self, *arguments):
        try:
            result = subprocess.run([self.tool, *arguments], capture_output=True, text=True)
        except FileNotFoundError:
            raise Missing(f"no such program: {self.tool}; build it with the release preset, or name it by --glossa")
        if result.returncode != 0:
            raise Missing(f"{' '.join([self.tool, *arguments])}: {result.stderr.strip()}")
        return result

    def embed(self, texts, role="none"):
        """Vectors of unit length, [texts, dims]."""
        with tempfile.TemporaryDirectory() as folder:
            source, target = pathlib.Path(folder, "texts.jsonl"), pathlib.Path(folder, "vectors.npy")
            with open(source, "w", encoding="utf-8") as lines:
                for text in texts:
                    lines.write(json.dumps({"text": text.strip()}, ensure_ascii=False) + "\n")
            self._run("embed", "--model", self.model, "--role", role if self.has_prompts else "none",
                      "--precision", self.precision, "--threads", str(self.threads),
                      "--input", str(source), "--output", str(target))
            vectors = numpy.load(target)
        return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


def average_ranks(values):
    """Ranks from 1; equal values share the mean of theirs."""
    _, place, counts = numpy.unique(values, return_inverse=True, return_counts=True)
    return (numpy.cumsum(counts) - (counts - 1) / 2)[place]


def correlation(a, b):
    return float(numpy.corrcoef(a, b)[0, 1])


def score_sts(path, engine):
    rows = read_rows(path)
    first, second = (engine.embed([row[side] for row in rows]) for side in ("sentence1", "sentence2"))
    cosines = numpy.einsum("ij,ij->i", first, second, dtype=numpy.float64)
    gold = numpy.array([row["score"] for row in rows])
    return {"main": correlation(average_ranks(cosines), average_ranks(gold)), "pearson": correlation(cosines, gold)}


def score_bitext(path, engine):
    """Each sentence1 takes its nearest sentence2. With one gold pair a class, precision is 1 / how often it was taken."""
    rows = read_rows(path)
    first, second = (engine.embed([row[side] for row in rows]) for side in ("sentence1", "sentence2"))
    taken = numpy.argmax(first @ second.T, axis=1)
    right = taken == numpy.arange(len(rows))
    times = numpy.bincount(taken, minlength=len(rows))
    return {"main": float(numpy.mean(numpy.where(right, 2 / (1 + times), 0))), "accuracy": float(numpy.mean(right))}


def read_judgements(path):
    judged = {}
    with open(path, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            query, document, score = line.rstrip("\n").split("\t")
            judged.setdefault(query, {})[document] = int(score)
    return judged


def score_retrieval(path, engine):
    documents = read_rows(path / "corpus.jsonl")
    judged = read_judgements(path / "qrels" / "test.tsv")
    queries = [row for row in read_rows(path / "queries.jsonl") if row["_id"] in judged]
    # By descending id, so that a stable sort by score leaves ties in this order, which is trec_eval's.
    documents.sort(key=lambda row: row["_id"], reverse=True)
    texts = [(row.get("title", "") + " " + row["text"]).strip() for row in documents]
    similarity = engine.embed([row["text"] for row in queries], "query") @ engine.embed(texts, "passage").T
    gains, recalls = [], []
    for row, scores in zip(queries, similarity):
        grades = judged[row["_id"]]
        best = [documents[i]["_id"] for i in numpy.argsort(-scores, kind="stable")[:10]]
        discounts = 1 / numpy.log2(numpy.arange(2, 12))
        ideal = sorted(grades.values(), reverse=True)[:10]
        gain = sum(grades.get(name, 0) * discount for name, discount in zip(best, discounts))
        gains.append(gain / sum(grade * discount for grade, discount in zip(ideal, discounts)))
        relevant = {name for name, grade in grades.items() if grade > 0}
        recalls.append(len(relevant.intersection(best)) / len(relevant))
    return {"main": float(numpy.mean(gains)), "recall_at_10": float(numpy.mean(recalls))}


SCORERS = {"sts": (score_sts, "Spearman"), "bitext": (score_bitext, "F1"), "retrieval": (score_retrieval, "nDCG@10")}


def find_tasks(data, patterns):
    tasks = {}
    for pattern in patterns:
        # A task is a folder, or a file whose ending its name does without.
        paths = sorted({*data.glob(pattern), *data.glob(pattern + ".jsonl")})
        found = [path for path in paths if path.relative_to(data).parts[0] in SCORERS]
        if not found:
            raise Missing(f"nothing in {data} is called {pattern}; --data names the folder of the evaluation data")
        tasks.update({path.relative_to(data).with_suffix("").as_posix(): path for path in found})
    return tasks


def in_points(value):
    return f"{100 * value:.2f}"


def table(scores, precisions):
    """Markdown: a row for each score, main ones first of their task, in points of 100; differences to f32 behind."""
    head = ["task", "score", "f32"] + [cell for name in precisions[1:] for cell in (name, f"{name} − f32")]
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * 2 + "---:|" * (len(head) - 2)
    for task, by_precision in scores.items():
        for kind, reference in by_precision["f32"].items():
            name = SCORERS[task.split("/")[0]][1] if kind == "main" else kind
            cells = [task, name, in_points(reference)]
            for precision in precisions[1:]:
                value = by_precision[precision][kind]
                cells += [in_points(value), f"{100 * (value - reference):+.2f}"]
            yield "| " + " | ".join(cells) + " |"


def complaints(scores, precisions, limit, expected, tolerance):
    for task, by_precision in scores.items():
        reference = by_precision["f32"]["main"]
        for precision in precisions[1:]:
            loss = 100 * (reference - by_precision[precision]["main"])
            if not loss <= limit:  # nor a NaN
                yield f"{task}: {precision} loses {loss:.2f} points, more than {limit}"
        if task in expected and abs(100 * (reference - expected[task]["main"])) > tolerance:
            yield f"{task}: f32 scores {in_points(reference)}, expected {in_points(expected[task]['main'])}"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="+", type=pathlib.Path, metavar="MODEL_DIR")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder of the evaluation data")
    parser.add_argument("--glossa", default="build/bin/glossa", help="the tool (default: %(default)s)")
    parser.add_argument("--precisions", default="int8",
                        help="or quantized folders, compared with f32, with commas (default: %(default)s)")
    parser.add_argument("--tasks", default="sts/*,bitext/*,retrieval/scifact", help="patterns (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=0, help="0: all")
    parser.add_argument("--limit", type=float, default=0.2, help="points of 100 that may be lost (default: %(default)s)")
    parser.add_argument("--expected", type=pathlib.Path,
                        help="JSON file of the main scores, by task, that the first model's f32 has to reach")
    parser.add_argument("--tolerance", type=float, default=0.1, help="points around them (default: %(default)s)")
    parser.add_argument("--json", type=pathlib.Path, help="write all scores there")
    return parser.parse_args()


def main():
    options = arguments()
    precisions = ["f32"] + [name for name in options.precisions.split(",") if name not in ("", "f32")]
    tasks = find_tasks(options.data, options.tasks.split(","))
    expected = json.loads(options.expected.read_text(encoding="utf-8")) if options.expected else {}
    failures, everything = [], {}
    for model in options.models:
        engines = {name: Engine(options.glossa, *((name, "automatic") if pathlib.Path(name).is_dir() else (model, name)),
                                options.threads) for name in precisions}
        scores = {}
        for task, path in tasks.items():
            scores[task] = {}
            for precision, engine in engines.items():
                start = time.monotonic()
                scores[task][precision] = SCORERS[task.split("/")[0]][0](path, engine)
                print(f"{model.name} {task} {precision}: {in_points(scores[task][precision]['main'])} "
                      f"({time.monotonic() - start:.0f} s)", file=sys.stderr, flush=True)
        everything[model.name] = scores
        print(f"\n{model.name}, points of 100:\n\n" + "\n".join(table(scores, precisions)))
        is_first = model == options.models[0]
        failures += [f"{model.name}: {text}" for text in complaints(scores, precisions, options.limit,
                                                                    expected if is_first else {}, options.tolerance)]
        if options.json:
            options.json.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Missing, OSError, KeyError) as problem:
        print(f"scores.py: {type(problem).__name__ + ': ' if isinstance(problem, KeyError) else ''}{problem}",
              file=sys.stderr)
        sys.exit(2)
