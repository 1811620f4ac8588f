#!/usr/bin/env python3
"""A model comes in; the size, scores and speed of all its exports, in the runtimes they are for, go out as a table.

    python3 bench/compare_export.py --model MODEL_DIR --data DATA --work FOLDER [--glossa build/bin/glossa]
        [--runtimes onnx,openvino] [--tasks 'sts/*,retrieval/scifact'] [--documents 1000] [--rounds 9] [--peers]
        [--texts F.jsonl]

Needs pip install numpy tokenizers onnx onnxruntime openvino, the glossa command, and for peers that are not in --work
yet what export_peers.py tells. FOLDER keeps exports, peers and scores: a run that was ended goes on there.

Cosines are to what `glossa embed --precision f32` gives for the texts of bench/workload_texts.txt, or those of --texts
(JSON lines with a field "text"); scores are those of scores.py (DATA is laid out as it tells), of the retrieval corpus the judged documents and the first others up to
--documents. Texts of retrieval get the prompts "query: " and "passage: " where the model's folder has them.

For speed all graphs of a runtime take the same batches, in turns within each round, so that a busy machine meets all of
them alike, in another order each round, and each once before its time is taken, so that none meets what its neighbour
left in the caches. A time is the median of the rounds; the ratio to a peer is the median of the rounds' ratios, with the
processor time of the process where there is one thread, by the clock where there are more. Exit status 1 where a form
misses what export promises: f32's cosine .999999, int8-static's mean .997 and no more than 0.3 points lost on STS-B,
f32 at .98 and int8 at 1.0 times the speed of the runtime's own.
"""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import numpy

import export_graphs
import export_peers
import scores as scoring

ROOT = pathlib.Path(__file__).resolve().parent.parent
PRECISIONS = ["f32", "f16", "int8", "int8-static", "int4-int8"]
# The arguments of `glossa export` for each form; and the peers, of which the fastest is what its speed is compared with.
FORMS = {"onnx": {name: ["--precision", name] for name in PRECISIONS}
         | {"f32, fused": ["--precision", "f32", "--operators", "runtime"],
            "int8, fused": ["--precision", "int8", "--operators", "runtime"],
            "int8-static, fused": ["--precision", "int8-static", "--operators", "runtime"]},
         "openvino": {name: ["--precision", name] for name in PRECISIONS}}
INT8_PEERS = ["ort-int8", "ort-f32-int8", "ort-static"]
PEERS = {"onnx": {"f32": ["ort-f32"], "f32, fused": ["ort-f32"], "int8": INT8_PEERS, "int8-static": INT8_PEERS,
                  "int8, fused": INT8_PEERS, "int8-static, fused": INT8_PEERS, "int4-int8": INT8_PEERS},
         "openvino": {"f32": ["torch-f32"], "int8": ["nncf-int8-weights"], "int4-int8": ["nncf-int8-weights"],
                      "int8-static": ["nncf-int8"]}}
LEAST_SPEED = {"onnx": {"f32": 0.98, "f32, fused": 0.98, "int8": 1.0, "int8, fused": 1.0, "int8-static": 1.0,
                        "int8-static, fused": 1.0},
               "openvino": {"f32": 0.98, "int8": 1.0, "int8-static": 1.0}}
SHAPES = [(1, 16), (1, 128), (16, 32), (8, 128)]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--texts", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, help="folder of the evaluation data (default: no scores)")
    parser.add_argument("--work", required=True, type=pathlib.Path, help="folder for exports, peers and scores")
    parser.add_argument("--glossa", default=str(ROOT / "build/bin/glossa"), help="the command (default: %(default)s)")
    parser.add_argument("--runtimes", default="onnx,openvino")
    parser.add_argument("--forms", default="", help="with semicolons (default: all)")
    parser.add_argument("--tasks", default="sts/*,retrieval/scifact", help="patterns (default: %(default)s)")
    parser.add_argument("--documents", type=int, default=0, help="of a retrieval corpus (default: all)")
    parser.add_argument("--peers", action="store_true", help="with what the runtimes' own tools make")
    parser.add_argument("--rounds", type=int, default=9, help="0: no speed")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


class Notes:
    """Numbers that are found already, by graph and name; a graph that is made anew has none."""

    def __init__(self, path):
        self.path = path
        self.known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def of(self, graph, name, make):
        key = f"{graph} {graph.stat().st_mtime_ns} {name}"
        if key not in self.known:
            start = time.monotonic()
            self.known[key] = make()
            print(f"{graph.parent.name if graph.parent.name == 'peers' else graph.parts[-3]} {graph.stem} {name}: "
                  f"{self.known[key]} ({time.monotonic() - start:.0f} s)", file=sys.stderr, flush=True)
            self.path.write_text(json.dumps(self.known, indent=1) + "\n", encoding="utf-8")
        return self.known[key]


def make_exports(arguments, runtime):
    """The graphs by form."""
    wanted = [form for form in arguments.forms.split(";") if form]
    out = {}
    for form, options in FORMS[runtime].items():
        if wanted and form not in wanted:
            continue
        folder = arguments.work / f"{runtime}-{form.replace(', ', '-')}"
        if not folder.exists():
            subprocess.run([arguments.glossa, "export", runtime, "--model", str(arguments.model), "--output",
                            str(folder), *options], check=True)
        out[form] = export_graphs.graph_path(folder)
    return out


class Engine:
    """What scores.py asks for vectors."""

    def __init__(self, graph, model):
        self.graph, self.padding = graph, export_graphs.padding_of(model)
        self.tokenizer = export_graphs.tokenizer_of(model)
        prompts = model / "config_sentence_transformers.json"
        self.prompts = json.loads(prompts.read_text(encoding="utf-8")).get("prompts", {}) if prompts.exists() else {}

    def embed(self, texts, role="none"):
        prompt = self.prompts.get(role, "")
        vectors = export_graphs.embed(self.graph, [prompt + text.strip() for text in texts], self.tokenizer,
                                      self.padding)
        return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


def with_fewer_documents(task, path, arguments):
    """A copy of a retrieval task with the judged documents and the first others."""
    if not task.startswith("retrieval/") or not arguments.documents:
        return path
    target = arguments.work / "data" / f"{path.name}-{arguments.documents}"
    if target.exists():
        return target
    judged = {name for grades in scoring.read_judgements(path / "qrels" / "test.tsv").values() for name in grades}
    rows = scoring.read_rows(path / "corpus.jsonl")
    rows.sort(key=lambda row: row["_id"] not in judged)
    rows = rows[:max(arguments.documents, len(judged))]
    target.mkdir(parents=True)
    shutil.copytree(path / "qrels", target / "qrels")
    shutil.copy(path / "queries.jsonl", target)
    with open(target / "corpus.jsonl", "w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return target


def reference_vectors(arguments, texts):
    """What the library itself gives in f32."""
    path = arguments.work / "reference.npy"
    if not path.exists():
        source = arguments.work / "texts.jsonl"
        with open(source, "w", encoding="utf-8") as lines:
            for text in texts:
                lines.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
        subprocess.run([arguments.glossa, "embed", "--model", str(arguments.model), "--precision", "f32", "--role",
                        "none", "--input", str(source), "--output", str(path)], check=True)
    return numpy.load(path)


def read_texts(path=None):
    if path:
        return export_graphs.read_texts(path)
    lines = (ROOT / "bench/workload_texts.txt").read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("? ") for line in lines if line.strip() and not line.startswith("#")]


def time_graphs(graphs, arguments, words):
    """Seconds by shape, name and round."""
    clock = time.process_time if arguments.threads == 1 else time.perf_counter
    random = numpy.random.default_rng(3)
    out = {}
    for batch, length in SHAPES:
        ids = random.integers(5, words, (batch, length))
        fed = {name: graph.feed(ids, numpy.ones_like(ids)) for name, graph in graphs.items()}
        seconds = {name: [] for name in graphs}
        repeats = max(1, 512 // (batch * length))
        names = list(graphs)
        for _ in range(arguments.rounds):
            random.shuffle(names)
            for name in names:
                graph = graphs[name]
                graph.run(fed[name], graph.outputs[-1:])
                start = clock()
                for _ in range(repeats):
                    graph.run(fed[name], graph.outputs[-1:])
                seconds[name].append((clock() - start) / repeats)
        out[f"{batch}x{length}"] = seconds
        print(f"{batch}x{length}: " + ", ".join(f"{name} {1e3 * statistics.median(some):.2f} ms"
                                                for name, some in seconds.items()), file=sys.stderr, flush=True)
    return out


def ratio(ours, theirs):
    """How many times as fast as theirs, in the median round."""
    return statistics.median(b / a for a, b in zip(ours, theirs))


def compare(arguments, runtime, notes, tasks):
    """Prints the runtime's table; what is short of the promises."""
    paths = make_exports(arguments, runtime)
    forms = list(paths)
    if arguments.peers:
        make = export_peers.openvino_peers if runtime == "openvino" else export_peers.onnx_peers
        paths |= make(arguments.model, arguments.work / "peers", arguments.work / "calibration.txt")
    texts = read_texts(arguments.texts)
    reference = reference_vectors(arguments, texts)
    found = {}
    for name, path in paths.items():
        row = found[name] = {}
        engines = []  # opened where there is a number to find

        def engine():
            if not engines:
                engines.append(Engine(export_graphs.open_graph(path, arguments.threads), arguments.model))
            return engines[0]

        def cosine():
            some = export_graphs.cosines(engine().embed(texts), reference)
            return [float(some.mean()), float(some.min())]
        row["cosine"] = notes.of(path, f"cosines of {len(texts)} texts", cosine)
        for task, place in tasks.items():
            scorer = scoring.SCORERS[task.split("/")[0]][0]
            row[task] = 100 * notes.of(path, f"{task} of {place.name}", lambda: scorer(place, engine())["main"])
    seconds = {}
    if arguments.rounds:
        graphs = {name: export_graphs.open_graph(path, arguments.threads) for name, path in paths.items()}
        words = json.loads((arguments.model / "config.json").read_text(encoding="utf-8"))["vocab_size"]
        seconds = time_graphs(graphs, arguments, words)
    head = [runtime, "MB", "cosine, mean / min", *(task.split("/")[1] for task in tasks)]
    head += [cell for shape in seconds for cell in (f"{shape}: ms", "ratio")]
    print("\n| " + " | ".join(head) + " |")
    print("|---|---:|---|" + "---:|" * (len(tasks) + 2 * len(seconds)))
    faults = []
    for name, path in paths.items():
        row, first = found[name], found[forms[0]]
        cells = [name, f"{export_graphs.bytes_of(path) / 1e6:.1f}", "{:.6f} / {:.6f}".format(*row["cosine"])]
        for task in tasks:
            cells.append(f"{row[task]:.2f}" if name == forms[0] else f"{row[task] - first[task]:+.2f}")
            if name == "int8-static" and task.startswith("sts/") and first[task] - row[task] > 0.3:
                faults.append(f"{runtime} {name}: {task} loses {first[task] - row[task]:.2f} points")
        least = 0.999999 if name.startswith("f32") else 0.997 if name == "int8-static" else 0
        if name in forms and row["cosine"][0] < least:
            faults.append(f"{runtime} {name}: cosine {row['cosine'][0]:.7f}")
        ratios = []
        for shape, some in seconds.items():
            times = [ratio(some[name], some[peer]) for peer in PEERS[runtime].get(name, []) if peer in some]
            cells.append(f"{1e3 * statistics.median(some[name]):.1f}")
            cells.append(f"{min(times):.2f}" if times else "")
            if times:
                ratios.append(min(times))
        if ratios and statistics.geometric_mean(ratios) < LEAST_SPEED[runtime].get(name, 0):
            faults.append(f"{runtime} {name}: {statistics.geometric_mean(ratios):.3f} times as fast as its peer")
        print("| " + " | ".join(cells) + " |", flush=True)
    return faults


def main():
    arguments = parse()
    arguments.work.mkdir(parents=True, exist_ok=True)
    tasks = scoring.find_tasks(arguments.data, arguments.tasks.split(",")) if arguments.data else {}
    tasks = {task: with_fewer_documents(task, path, arguments) for task, path in tasks.items()}
    notes = Notes(arguments.work / "scores.json")
    (arguments.work / "calibration.txt").write_text("\n".join(read_texts()) + "\n", encoding="utf-8")
    faults = []
    for runtime in arguments.runtimes.split(","):
        faults += compare(arguments, runtime, notes, tasks)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
