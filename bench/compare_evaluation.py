#!/usr/bin/env python3
"""A model and a task's data come in; how long python mteb with sentence-transformers and `glossa eval` take goes out.

    python3 bench/compare_evaluation.py --model MODEL_DIR --data DATA [--task SciFact] [--precision int8] [--bridge]

Needs pip install mteb sentence-transformers, and the glossa command. DATA has a folder for each category, as for
examples/mteb_bridge.py, whose subclasses of mteb's tasks read it here too. Each is a process of its own, one after the
other, with --threads threads: glossa first without vectors, then again with those it kept, then mteb. Of glossa the
whole process counts, from its start to its end; of mteb the model's loading and mteb.evaluate(), in f32 as
sentence-transformers has it, but not the import of its packages, which is told apart. With --bridge python mteb scores
glossa's vectors as well.

Exit status 1 where the scores differ by more than 0.005, which is more than int8 costs.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--glossa", default=str(ROOT / "build/bin/glossa"), help="the command (default: %(default)s)")
    parser.add_argument("--task", default="SciFact")
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bridge", action="store_true")
    parser.add_argument("--as", dest="part", choices=("mteb", "bridge"), help=argparse.SUPPRESS)
    return parser.parse_args()


def score_by_mteb(arguments):
    """In a process of its own: prints the scores, and seconds without imports."""
    import torch
    from mteb.models import SentenceTransformerEncoderWrapper
    from sentence_transformers import SentenceTransformer

    sys.path.insert(0, str(ROOT / "examples"))
    import mteb_bridge

    torch.set_num_threads(arguments.threads)
    start = time.monotonic()
    if arguments.part == "bridge":
        model = mteb_bridge.GlossaEncoder(arguments.model, glossa=arguments.glossa, precision=arguments.precision,
                                          threads=arguments.threads)
    else:
        prompts = mteb_bridge.own_prompts(arguments.glossa, arguments.model)
        model = SentenceTransformerEncoderWrapper(SentenceTransformer(arguments.model, device="cpu"),
                                                  model_prompts=prompts)
    scores = mteb_bridge.mteb_scores(model, arguments.task, arguments.data)
    print(json.dumps({"scores": scores, "seconds": time.monotonic() - start}))


def run(command):
    """The last line that a process prints, as JSON; the seconds from its start to its end; and its peak memory in MB."""
    start = time.monotonic()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    lines = process.stdout.read().strip().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with status {process.returncode}; see its message above")
    return json.loads(lines[-1]), time.monotonic() - start, usage.ru_maxrss / 1024


def by_glossa(arguments, cache):
    told, seconds, memory = run([arguments.glossa, "eval", "--model", arguments.model, "--task", arguments.task, "--data",
                         arguments.data, "--precision", arguments.precision, "--threads", arguments.threads, "--cache",
                         cache, "--json"])
    subsets = told.get("subsets", [{"subset": "default", **told}])
    return {one["subset"]: one["main_score"] for one in subsets}, seconds, memory


def by_mteb(arguments, part):
    return run([sys.executable, pathlib.Path(__file__).resolve(), "--model", arguments.model, "--data", arguments.data,
                "--glossa", arguments.glossa, "--task", arguments.task, "--precision", arguments.precision, "--threads",
                arguments.threads, "--as", part])


def main():
    arguments = parse()
    if arguments.part:
        return score_by_mteb(arguments)
    print(f"{arguments.task}, {arguments.threads} threads\n")
    print("| | seconds | main score | peak MB of the process |\n|---|---:|---:|---:|")

    def show(name, seconds, memory, scores):
        mean = sum(scores.values()) / len(scores)
        print(f"| {name} | {seconds:.1f} | {mean:.6f} | {memory:.0f} |", flush=True)
        return mean

    with tempfile.TemporaryDirectory() as cache:
        own, seconds, memory = by_glossa(arguments, cache)
        first = show(f"glossa eval, {arguments.precision}", seconds, memory, own)
        again, cached, memory = by_glossa(arguments, cache)
        show("the same again, from its cache", cached, memory, again)
    if arguments.bridge:
        told, whole, memory = by_mteb(arguments, "bridge")
        show(f"python mteb over glossa, {arguments.precision}", told["seconds"], memory, told["scores"])
    told, whole, memory = by_mteb(arguments, "mteb")
    theirs = show("python mteb, sentence-transformers, f32", told["seconds"], memory, told["scores"])
    print(f"\n{told['seconds'] / seconds:.1f} times as fast ({whole / seconds:.1f} with the import of python's packages)")
    return 0 if own == again and abs(first - theirs) <= 0.005 else 1


if __name__ == "__main__":
    sys.exit(main())
