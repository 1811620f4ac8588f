#!/usr/bin/env python3
"""A model folder comes in; how fast glossa and other engines are on this machine goes out: a table and a chart.

    python3 bench/compare.py --model models/multilingual-e5-small

Needs pip, and bench_workload (the native or release preset with GLOSSA_BUILD_BENCH). The other engines are installed
into a virtual environment of their own, outside this repository, and their models are made there, once. Then all run
bench/workload.json in turn, for some rounds; medians count. An engine that fails is reported and left out.
"""

import argparse
import array
import json
import math
import operator
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import compare_report  # noqa: E402

CACHE = pathlib.Path.home() / ".cache" / "glossa-bench"
EXPORT = ["torch", "transformers", "onnx"]
# What an engine's precision needs: modules (as pip calls them) to make its model and to run it, and its model.
PEERS = {
    "onnxruntime-f32": (EXPORT + ["onnxruntime", "tokenizers"], "fused.onnx"),
    "onnxruntime-int8": (EXPORT + ["onnxruntime", "tokenizers"], "fused-int8.onnx"),
    "openvino-f32": (EXPORT + ["openvino", "tokenizers"], "model.xml"),
    "openvino-bf16": (EXPORT + ["openvino", "tokenizers"], "model.xml"),
    "openvino-int8": (EXPORT + ["openvino", "nncf", "tokenizers"], "int8.xml"),
    "ctranslate2-int8": (["torch", "transformers", "ctranslate2", "tokenizers"], "ct2-int8"),
    "sentence-transformers-f32": (["torch", "sentence-transformers", "tokenizers"], None),
}
# Whose vectors are taken for the true ones, the first of these that ran.
REFERENCES = ["sentence-transformers-f32", "onnxruntime-f32", "openvino-f32", "glossa-f32"]


class Failure(Exception):
    """Why something cannot be done, and what to do about it."""


def run(command, what):
    """Standard output of a command."""
    try:
        result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    except OSError as error:
        raise Failure(f"{what}: {error}")
    if result.returncode != 0:
        lines = [line for line in (result.stderr or result.stdout).splitlines() if line.strip()]
        raise Failure(f"{what}: {lines[-1] if lines else 'exit status ' + str(result.returncode)}")
    return result.stdout


class Environment:
    """The virtual environment of the other engines."""

    def __init__(self, folder, pip_options, install):
        self.folder, self.pip_options, self.install = folder, pip_options, install
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def need(self, packages):
        if not self.python.exists():
            if not self.install:
                raise Failure(f"no virtual environment in {self.folder}; leave --no-install out, or name one by --venv")
            print(f"making a virtual environment in {self.folder}", file=sys.stderr)
            run([sys.executable, "-m", "venv", self.folder],
                "making a virtual environment (on Debian and Ubuntu: apt install python3-venv)")
        missing = [package for package in packages if not self._has(package)]
        if missing and not self.install:
            raise Failure(f"not installed in {self.folder}: {', '.join(missing)}")
        if missing:
            print(f"installing {', '.join(missing)}", file=sys.stderr)
            run([self.python, "-m", "pip", "install", "--quiet", *self.pip_options, *missing], "pip install")

    def _has(self, package):
        module = package.replace("-", "_")
        code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)"
        return subprocess.run([str(self.python), "-c", code]).returncode == 0


def run_glossa(options, precision, vectors):
    model = options.quantized.get(precision, options.model)
    output = run([options.tool, model, options.workload, options.threads, precision, vectors],
                 f"{options.tool.name} {precision}")
    return json.loads(output)


def run_peer(options, environment, name, vectors):
    started = repr(time.time())
    output = run([environment.python, HERE / "peers" / "measure.py", name, options.model, options.prepared,
                  options.workload, options.threads, vectors, started], name)
    return json.loads(output.strip().splitlines()[-1])


def prepare_peer(options, environment, name):
    packages, model = PEERS[name]
    environment.need(packages + ["numpy"])
    if model is None or (options.prepared / model).exists():
        return
    options.prepared.mkdir(parents=True, exist_ok=True)
    queries = json.loads(options.workload.read_text(encoding="utf-8"))["Q"]
    corpus = (HERE.parent / "examples" / "corpus.txt").read_text(encoding="utf-8").splitlines()
    # Not the texts that the fidelity is measured on.
    calibration = options.prepared / "calibration.txt"
    calibration.write_text("\n".join(queries + ["passage: " + line for line in corpus]) + "\n", encoding="utf-8")
    print(f"{name}: making its model", file=sys.stderr)
    run([environment.python, HERE / "peers" / "prepare.py", options.model, options.prepared, calibration, model],
        f"making {model}")


def medians(rounds):
    """The medians of all numbers, and the spread of the sentences/s: (largest - smallest) / median."""
    result = {key: statistics.median(row[key] for row in rounds)
              for key in ("Q_p50_ms", "S_per_s", "P_tokens_per_s", "peak_MB", "cold_start_s")}
    rates = [row["S_per_s"] for row in rounds]
    return {"engine": rounds[0]["engine"], **result, "spread": (max(rates) - min(rates)) / result["S_per_s"]}


def read_vectors(path, count):
    """Rows of unit length from a file of bare floats."""
    values = array.array("f")
    values.frombytes(path.read_bytes())
    size = len(values) // count
    for first in range(0, len(values), size):
        row = values[first:first + size]
        length = math.sqrt(sum(value * value for value in row))
        yield [value / length for value in row]


def compare_vectors(options, folder, names):
    """{name: (mean, least) cosine to the reference's vectors}, and whose these are."""
    reference = next((name for name in REFERENCES if name in names), None)
    if reference is None:
        return {}, None
    workload = json.loads(options.workload.read_text(encoding="utf-8"))
    count = sum(len(set(workload[key])) for key in "SP")
    truth = list(read_vectors(folder / reference, count))
    cosines = {}
    for name in names:
        found = [sum(map(operator.mul, *rows)) for rows in zip(truth, read_vectors(folder / name, count))]
        cosines[name] = (statistics.fmean(found), min(found))
    return cosines, reference


def choose_engines(options):
    precisions = options.precisions.split(",")
    kinds = sorted({name.rsplit("-", 1)[0] for name in PEERS})
    wanted = kinds if options.peers == "all" else [kind for kind in options.peers.split(",") if kind not in ("", "none")]
    for kind in wanted:
        if kind not in kinds:
            raise Failure(f"--peers: no engine is called {kind}; there are {', '.join(kinds)}")
    return [f"glossa-{precision}" for precision in precisions] + [
        name for name in PEERS if name.rsplit("-", 1)[0] in wanted and name.rsplit("-", 1)[1] in precisions]


def measure(options, environment, engines, folder):
    """{name: medians} of the engines that ran, and {name: reason} of those that did not."""
    failures, rounds = {}, {name: [] for name in engines}
    for name in engines:
        if not name.startswith("glossa-"):
            try:
                prepare_peer(options, environment, name)
            except Failure as failure:
                failures[name] = str(failure)
    for number in range(options.rounds):
        for name in engines:
            if name in failures:
                continue
            try:
                if name.startswith("glossa-"):
                    row = run_glossa(options, name.split("-", 1)[1], folder / name)
                else:
                    row = run_peer(options, environment, name, folder / name)
            except Failure as failure:
                failures[name] = str(failure)
                continue
            rounds[name].append(row)
            print(f"round {number + 1}: {row['engine']}: {row['S_per_s']:.1f} sentences/s", file=sys.stderr, flush=True)
    return {name: medians(rows) for name, rows in rounds.items() if rows and name not in failures}, failures


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=pathlib.Path, required=True, metavar="DIR")
    parser.add_argument("--quantized", default="", metavar="PRECISION=DIR,…",
                        help="folders of `glossa quantize`, as int8=DIR; without, weights are quantized at load")
    parser.add_argument("--tool", type=pathlib.Path, default=HERE.parent / "build-native" / "bin" / "bench_workload",
                        help="the built bench_workload (default: %(default)s)")
    parser.add_argument("--workload", type=pathlib.Path, default=HERE / "workload.json")
    parser.add_argument("--precisions", default="f32,int8", help="with commas (default: %(default)s)")
    parser.add_argument("--peers", default="all", help="engines to compare with: all, none, or names with commas")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--venv", type=pathlib.Path, default=CACHE / "venv", help="(default: %(default)s)")
    parser.add_argument("--prepared", type=pathlib.Path, help="folder of the peers' models (default: beside the venv)")
    parser.add_argument("--no-install", dest="install", action="store_false", help="use what the environment has")
    parser.add_argument("--pip", default="", help="options for pip, such as where torch's smaller CPU build lies")
    parser.add_argument("--readme", type=pathlib.Path, nargs="?", const=HERE.parent / "README.md",
                        help="write the table there, between its markers, and the chart to bench/compare.svg")
    parser.add_argument("--json", type=pathlib.Path, help="write the medians there; --from reads them back")
    parser.add_argument("--from", dest="source", type=pathlib.Path, help="measure nothing, take these")
    return parser.parse_args()


def main():
    options = arguments()
    if options.source:
        result = json.loads(options.source.read_text(encoding="utf-8"))
    else:
        if not (options.model / "config.json").exists():
            raise Failure(f"--model: {options.model} holds no config.json; examples/setup/model.sh fetches a model")
        if not options.tool.exists():
            raise Failure(f"--tool: no {options.tool}; cmake --preset native && cmake --build --preset native builds it")
        options.model, options.tool = options.model.resolve(), options.tool.resolve()
        options.quantized = dict(part.split("=", 1) for part in options.quantized.split(",") if part)
        options.prepared = options.prepared or options.venv.parent / "models" / options.model.name
        environment = Environment(options.venv, options.pip.split(), options.install)
        engines = choose_engines(options)
        with tempfile.TemporaryDirectory() as folder:
            measured, failures = measure(options, environment, engines, pathlib.Path(folder))
            if not measured:
                raise Failure("nothing ran: " + "; ".join(failures.values()))
            cosines, reference = compare_vectors(options, pathlib.Path(folder), list(measured))
        for name, (mean, least) in cosines.items():
            measured[name].update(cosine_mean=mean, cosine_min=least)
        result = {"model": options.model.name, "threads": options.threads, "rounds": options.rounds,
                  "machine": compare_report.machine(), "reference": reference, "engines": measured,
                  "failures": failures,
                  "quantized": [f"glossa {precision}" for precision in options.quantized]}
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(compare_report.table(result))
    for name, reason in result["failures"].items():
        print(f"{name} did not run: {reason}", file=sys.stderr)
    if options.readme:
        compare_report.write_readme(options.readme, result)
        compare_report.write_chart(HERE / "compare.svg", result)


if __name__ == "__main__":
    try:
        main()
    except (Failure, compare_report.NoPlace, OSError) as failure:
        sys.exit(f"compare.py: {failure}")
