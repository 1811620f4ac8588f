#!/usr/bin/env python3
"""Vectors come in; tables of glossa's mining beside sentence-transformers', and of what it costs by size, go out.

    python3 bench/compare_mining.py --vectors FOLDER/base.npy [--rows 100000] [--sizes 10000,20000,50000,100000]
    python3 bench/compare_mining.py --vectors FOLDER/base.npy --scan [--threshold 0.98] [--sample 100000]

Needs bench_mining (GLOSSA_BUILD_BENCH) and, for the first form, pip install sentence-transformers. FOLDER is one of
make_search_data.py.

The first form has both mine the pairs with the greatest cosines among the first --rows vectors, each pair within the
100 nearest of one of its vectors, with the same threads, one after the other, --rounds times; the best time counts.
Told is also the part of sentence-transformers' pairs that glossa has too: of equal cosines at the end, others may stay.

--scan looks for near-duplicates among all vectors along a graph (int8), in memory that is told, and then for all pairs
among --sample of them drawn at random by comparing all: the part of these that the scan has found is its recall.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent


def pairs_of(path):
    return np.fromfile(path, np.int32).reshape(-1, 2)


def coded(pairs):
    return pairs[:, 0].astype(np.int64) << 32 | pairs[:, 1]


def glossa(arguments, vectors, **options):
    """The tool's report and its pairs."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "pairs"
        command = [arguments.tool, "--vectors", vectors, "--threads", arguments.threads, "--pairs", file]
        for name, value in options.items():
            command += ["--" + name.replace("_", "-"), value]
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"{arguments.tool}: {result.stderr.strip() or result.returncode}")
        return json.loads(result.stdout), pairs_of(file)


def sentence_transformers(arguments):
    """Seconds, and the pairs, in this process."""
    import torch
    from sentence_transformers import util

    torch.set_num_threads(arguments.threads)
    vectors = torch.from_numpy(np.load(arguments.vectors, mmap_mode="r")[: arguments.rows].copy())
    start = time.monotonic()
    found = util.paraphrase_mining_embeddings(vectors, top_k=100, max_pairs=arguments.pairs)
    seconds = time.monotonic() - start
    return seconds, np.array([(i, j) for _, i, j in found], np.int32)


def compare(arguments):
    peer_seconds, own_seconds = [], []
    for _ in range(arguments.rounds):
        command = [sys.executable, __file__, *sys.argv[1:], "--only-peer"]
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "pairs"
            result = subprocess.run([*command, str(file)], capture_output=True, text=True)
            if result.returncode != 0:
                sys.exit(result.stderr)
            peer_seconds.append(float(result.stdout))
            peer = pairs_of(file)
        report, own = glossa(arguments, arguments.vectors, rows=arguments.rows, most=len(peer), neighbors=100)
        own_seconds.append(report["seconds"])
    same = np.isin(coded(np.sort(peer, axis=1)), coded(own)).mean()
    print(f"\n| {arguments.rows:,} vectors of {report['dims']}, {arguments.threads} threads | seconds | pairs |")
    print("|---|---:|---:|")
    print(f"| glossa | {min(own_seconds):.1f} | {len(own):,} |")
    print(f"| sentence-transformers | {min(peer_seconds):.1f} | {len(peer):,} |")
    print(f"\n{min(peer_seconds) / min(own_seconds):.1f} times as fast; {100 * same:.3f} % of the pairs are the same")


def costs(arguments):
    print("\n| vectors | search | seconds | pairs | memory beside the vectors, MB |\n|---:|---|---:|---:|---:|")
    for rows in map(int, arguments.sizes.split(",")):
        for search in ("exact", "graph"):
            report, pairs = glossa(arguments, arguments.vectors, rows=rows, search=search)
            print(f"| {rows:,} | {search} | {report['seconds']:.1f} | {len(pairs):,} | {report['megabytes']:,} |", flush=True)


def scan(arguments):
    options = {"threshold": arguments.threshold, "most": 0, "neighbors": arguments.neighbors}
    report, found = glossa(arguments, arguments.vectors, search="graph", ef=arguments.ef, **options)
    vectors = np.load(arguments.vectors, mmap_mode="r")
    chosen = np.sort(np.random.default_rng(1).choice(len(vectors), arguments.sample, replace=False))
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "sample.npy"
        np.save(file, vectors[chosen])
        exact_report, exact = glossa(arguments, file, **(options | {"neighbors": arguments.sample}))
    recall = np.isin(coded(chosen[exact]), coded(found)).mean()
    print(f"{report['rows']:,} vectors: {len(found):,} pairs with a cosine of {arguments.threshold} or more in "
          f"{report['seconds']:.0f} s, {report['megabytes']:,} MB beside the vectors' {report['vector_megabytes']:,}")
    print(f"of the {len(exact):,} pairs among {arguments.sample:,} of them ({exact_report['seconds']:.0f} s), "
          f"{100 * recall:.2f} % are found")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", required=True, metavar="F.npy")
    parser.add_argument("--tool", default=HERE.parent / "build/bin/bench_mining")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=500_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--sizes", help="numbers of vectors whose cost is to be told")
    parser.add_argument("--scan", action="store_true")
    parser.add_argument("--threshold", type=float, default=0.98)
    parser.add_argument("--neighbors", type=int, default=32)
    parser.add_argument("--ef", type=int, default=96)
    parser.add_argument("--sample", type=int, default=100_000)
    parser.add_argument("--only-peer", metavar="FILE", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only_peer:
        seconds, pairs = sentence_transformers(arguments)
        pairs.tofile(arguments.only_peer)
        print(seconds)
    elif arguments.scan:
        scan(arguments)
    elif arguments.sizes:
        costs(arguments)
    else:
        compare(arguments)


if __name__ == "__main__":
    main()
