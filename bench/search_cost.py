#!/usr/bin/env python3
"""A folder of make_search_data.py comes in; a table of what each kind of index costs, by number of vectors, goes out.

    python3 bench/search_cost.py --data FOLDER [--tool build/bin/bench_search] [--sizes 1000,10000,100000,1000000]

For each size the folder's first rows are indexed by bench_search, with true neighbours of their own. The last lines
carry the figures on to a thousand million vectors: flat and IVF searches by the rows that they read, HNSW by the growth
from size to size; memory by the bytes of a vector.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
INDEXES = {
    "flat f32": ["--kind", "flat", "--vectors", "f32"],
    "flat int8": ["--kind", "flat", "--vectors", "int8"],
    "ivf int8": ["--kind", "ivf", "--vectors", "int8", "--probes", "0"],
    "hnsw int8": ["--kind", "hnsw", "--vectors", "int8", "--ef", "128"],
}
FAR = 1_000_000_000


def measured(arguments, name, rows):
    command = [arguments.tool, "--data", arguments.data, "--rows", rows, "--threads", arguments.threads, "--files", 1]
    result = subprocess.run(list(map(str, command + INDEXES[name])), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{arguments.tool}: {result.stderr.strip() or result.returncode}")
    print(f"{name}, {rows:,} vectors: done", file=sys.stderr, flush=True)
    report = json.loads(result.stdout)
    runs = {run["batch"]: run for run in report["runs"]}
    return report | {"one": runs[1], "many": runs[64]}


def row_of(name, rows, report):
    memory = report["memory_bytes"] / 1e6
    return (
        f"| {name} | {rows:,} | {report['build_s']:.1f} | {memory:,.1f} | {1e3 * report['load_s']:,.0f} "
        f"| {report['one']['recall10']:.3f} | {report['one']['p50_ms']:.3f} | {report['many']['qps']:,.0f} |"
    )


def carried_on(name, sizes, reports):
    """What the largest size's figures mean for FAR vectors."""
    large, small = reports[-1], reports[-2]
    times = FAR / sizes[-1]
    memory = large["memory_bytes"] * times / 1e9
    if name.startswith("hnsw"):
        growth = (large["one"]["p50_ms"] / small["one"]["p50_ms"]) ** (math.log(times) / math.log(sizes[-1] / sizes[-2]))
        build = (large["build_s"] / small["build_s"]) ** (math.log(times) / math.log(sizes[-1] / sizes[-2]))
    else:
        growth = times  # of ivf a tenth of the lists is read, whatever their number
        build = times**1.5 if name.startswith("ivf") else times  # each row meets each of the 2·sqrt(n) centres
    return (
        f"| {name} | {FAR:,} (carried on) | {large['build_s'] * build / 3600:,.1f} h | {memory:,.0f} GB | | "
        f"| {large['one']['p50_ms'] * growth:,.1f} | {large['many']['qps'] / growth:,.2g} |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="a folder of make_search_data.py")
    parser.add_argument("--tool", default=HERE.parent / "build/bin/bench_search")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--indexes", default=",".join(INDEXES))
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    print("| index | vectors | build, s | memory, MB | load, ms | recall@10 | p50, ms | queries/s, 64 a call |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in arguments.indexes.split(","):
        reports = []
        for rows in sizes:
            reports.append(measured(arguments, name, rows))
            print(row_of(name, rows, reports[-1]), flush=True)
        if len(sizes) > 1:
            print(carried_on(name, sizes, reports), flush=True)


if __name__ == "__main__":
    main()
