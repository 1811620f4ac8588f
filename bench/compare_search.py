#!/usr/bin/env python3
"""A folder of make_search_data.py comes in; tables of glossa's search beside faiss, hnswlib and usearch go out.

    python3 bench/compare_search.py --data FOLDER [--tool build/bin/bench_search] [--reuse-peers]

Needs bench_search (the native or release preset with GLOSSA_BUILD_BENCH) and pip install numpy faiss-cpu hnswlib
usearch. Each index is built in a process of its own, one after the other: glossa's by the tool, the others' by
search_peers.py. Flat indexes are asked in --rounds turns, of which the median counts. HNSW indexes, all with the same
links a node and the same breadth of building, are built once and asked with each of --ef; their queries/s at a recall
of --recall are read off between the two settings around it, the logarithm of queries/s being taken as linear in recall.
Latencies are of one query a call, and contain what the Python of the others costs a call, which is microseconds.

--reuse-peers takes those of the others' results that are in FOLDER/peers.json, where each run leaves them: for work on
glossa only, or to go on with a run that was cut off, as two runs on a shared machine cannot be compared well. All
figures go to --output, too.
"""

import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import time

from search_peers import FLAT, HNSW

HERE = pathlib.Path(__file__).resolve().parent


def result_of(name, command):
    """The JSON object that a program printed; None, with its reason told, where it failed."""
    start = time.monotonic()
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if result.returncode != 0:
        print(f"{name}: {result.stderr.strip() or result.returncode}", file=sys.stderr, flush=True)
        return None
    print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return json.loads(result.stdout)


def settings_of(arguments):
    settings = {"threads": arguments.threads, "m": arguments.m, "ef-construction": arguments.ef_construction}
    return settings | {"ef": arguments.ef, "batch": arguments.batch}


def options_of(arguments):
    options = [part for name, value in settings_of(arguments).items() for part in (f"--{name}", value)]
    return ["--data", arguments.data, *options]


def glossa_commands(arguments, kind):
    """Each name's command; none without the tool."""
    if not os.access(arguments.tool, os.X_OK):
        return {}
    commands = {}
    for form in arguments.vectors.split(","):
        vectors, _, rescore = form.partition(":")
        name = f"glossa {vectors}" + (f", re-scored in {rescore}" if rescore else "")
        command = [arguments.tool, "--kind", kind, "--vectors", vectors, *options_of(arguments)]
        commands[name] = command + (["--rescore", rescore, "--oversample", arguments.oversample] if rescore else [])
    return commands


def peer_commands(arguments, names):
    script = [sys.executable, HERE / "search_peers.py"]
    chosen = [name for name in names if not arguments.peers or name in arguments.peers.split(",")]
    return {name: [*script, "--peer", name, *options_of(arguments)] for name in chosen}


def in_turn(commands, rounds):
    """Each name's result; of several, the build of the fastest and of each run the one of median queries/s."""
    results = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            results[name].append(result_of(name, command))
    merged = {}
    for name, all_rounds in results.items():
        if good := [result for result in all_rounds if result]:
            runs = zip(*(result["runs"] for result in good))
            medians = [sorted(same, key=lambda run: run["qps"])[len(same) // 2] for same in runs]
            merged[name] = min(good, key=lambda result: result["build_s"]) | {"runs": medians}
    return merged


def at_recall(runs, target):
    """The first run that reaches a recall, and queries/s at that recall; None where none does."""
    for before, run in zip([None, *runs], runs):
        if run["recall10"] < target:
            continue
        if before is None:
            return run, run["qps"]
        share = (target - before["recall10"]) / (run["recall10"] - before["recall10"])
        return run, math.exp(math.log(before["qps"]) * (1 - share) + math.log(run["qps"]) * share)
    return None


def print_table(header, rows):
    print("\n| " + " | ".join(header) + " |\n|---" + "|---:" * (len(header) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def print_flat(results, batches):
    header = ["flat index", "memory, MB", *(f"queries/s, {batch} a call" for batch in batches)]
    rows = []
    for name, result in results.items():
        recall = result["runs"][0]
        speeds = [f"{run['qps']:,.1f}" for run in result["runs"]]
        recalls = [f"{recall[kind]:.4f}" for kind in ("recall10_raw", "recall10")]
        rows.append([name, f"{result['memory_bytes'] / 1e6:,.0f}", *speeds, *recalls])
    print_table([*header, "recall@10 before re-scoring", "recall@10"], rows)


def print_hnsw(results, target):
    goal = f"recall {target:g}"
    header = ["HNSW index", "build, s", "memory, MB", f"queries/s at {goal}", "ef that reaches it"]
    rows = []
    for name, result in results.items():
        row = [name, f"{result['build_s']:,.0f}", f"{result['memory_bytes'] / 1e6:,.0f}"]
        if found := at_recall(result["runs"], target):
            run, speed = found
            row += [f"{speed:,.0f}", str(run["ef"]), f"{run['p50_ms']:.2f}", f"{run['p99_ms']:.2f}"]
        else:
            row += ["not reached", "", "", ""]
        last = result["runs"][-1]
        rows.append([*row, f"{last['recall10']:.4f} ({last['ef']})"])
    print_table([*header, "p50 there, ms", "p99 there, ms", "last recall (ef)"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--tool", default=HERE.parent / "build/bin/bench_search")
    parser.add_argument("--kinds", default="flat,hnsw")
    parser.add_argument("--vectors", default="f32,bf16,int8:f32", help="glossa's, with :PRECISION for re-scoring")
    parser.add_argument("--oversample", default="3", help="how many times ten results are re-scored")
    parser.add_argument("--peers", help="only these, separated by commas: " + ", ".join([*FLAT, *HNSW]))
    parser.add_argument("--reuse-peers", action="store_true")
    parser.add_argument("--threads", default="2")
    parser.add_argument("--m", default="16")
    parser.add_argument("--ef-construction", default="128")
    parser.add_argument("--ef", default="16,24,32,48,64,96,128,192,256,384,512")
    parser.add_argument("--batch", default="1,64")
    parser.add_argument("--rounds", type=int, default=3, help="of flat indexes")
    parser.add_argument("--recall", type=float, default=0.95)
    parser.add_argument("--output", type=pathlib.Path, help="by default FOLDER/search.json")
    arguments = parser.parse_args()
    if not os.access(arguments.tool, os.X_OK):
        print(f"{arguments.tool} is not there: only the others are run", file=sys.stderr)

    cache = arguments.data / "peers.json"
    reuse = arguments.reuse_peers and cache.is_file()
    known = json.loads(cache.read_text()) if reuse else {"settings": settings_of(arguments)}
    if known["settings"] != settings_of(arguments):
        sys.exit(f"{cache} was measured with other settings: {known['settings']}")
    results = {}
    for kind, names, rounds in (("flat", FLAT, arguments.rounds), ("hnsw", HNSW, 1)):
        if kind in arguments.kinds.split(","):
            reused = known.get(kind, {})
            peers = peer_commands(arguments, [name for name in names if name not in reused])
            commands = glossa_commands(arguments, kind) | peers
            parts = [commands] if kind == "flat" else [{name: command} for name, command in commands.items()]
            results[kind] = reused
            for part in parts:
                results[kind] |= in_turn(part, rounds)
                known[kind] = {name: result for name, result in results[kind].items() if name in names}
                cache.write_text(json.dumps(known, indent=1) + "\n")
    output = arguments.output or arguments.data / "search.json"
    output.write_text(json.dumps({"settings": settings_of(arguments)} | results, indent=1) + "\n")
    if "flat" in results:
        print_flat(results["flat"], arguments.batch.split(","))
    if "hnsw" in results:
        print_hnsw(results["hnsw"], arguments.recall)


if __name__ == "__main__":
    main()
