#!/usr/bin/env python3
"""Vectors come in; a table of glossa's density-based and hierarchical clustering beside others goes out, by size.

    python3 bench/compare_density.py [--data X.npy] [--tool build/bin/bench_cluster_density] [--threads 2]
                                     [--kinds dbscan,hdbscan,average,ward,complete,single,communities,communities-wide]
                                     [--rows 5000,10000,20000,50000] [--peer-rows 20000] [--repeat 1]

Needs bench_cluster_density (the release preset with GLOSSA_BUILD_BENCH) and pip install numpy scikit-learn
sentence-transformers. Without --data, 100,000 vectors of 384 numbers around 300 centres are made and kept in a file in
the temporary folder. Each size is run with glossa and then, up to --peer-rows of them, with the peer, in the same run
and with the same number of threads; times are the least of --repeat. With `communities`, few vectors are near enough to each other; with `communities-wide`, nearly all belong
to one. Labels are compared: "same" is equal labels for
DBSCAN, equal partitions for the trees and for HDBSCAN, and equal communities. scikit-learn's HDBSCAN leaves edges of
equal length to an unstable sort (see hdbscan.hpp); `ari` says how far the partitions agree.
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
KINDS = {
    "dbscan": (["--kind", "dbscan", "--eps", "0.35", "--min-points", "5"], "scikit-learn DBSCAN"),
    "hdbscan": (["--kind", "hdbscan", "--min-cluster-size", "5"], "scikit-learn HDBSCAN"),
    "average": (["--kind", "agglomerative", "--linkage", "average", "--metric", "cosine"], "scikit-learn Agglomerative"),
    "ward": (["--kind", "agglomerative", "--linkage", "ward"], "scikit-learn Agglomerative"),
    "complete": (["--kind", "agglomerative", "--linkage", "complete"], "scikit-learn Agglomerative"),
    "single": (["--kind", "agglomerative", "--linkage", "single"], "scikit-learn Agglomerative"),
    "communities": (["--kind", "communities", "--threshold", "0.7", "--min-size", "10"], "sentence-transformers"),
    "communities-wide": (["--kind", "communities", "--threshold", "0.58", "--min-size", "10"], "sentence-transformers"),
}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--tool", default=ROOT / "build/bin/bench_cluster_density")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--rows", default="5000,10000,20000,50000")
    parser.add_argument("--peer-rows", type=int, default=20000)
    parser.add_argument("--repeat", type=int, default=1)
    return parser.parse_args()


def make_data(path):
    import numpy as np

    random = np.random.default_rng(0)
    centers = random.standard_normal((300, 384)).astype("f4")
    x = centers[random.integers(0, 300, 100000)] + 0.8 * random.standard_normal((100000, 384)).astype("f4")
    np.save(path, x / np.linalg.norm(x, axis=1, keepdims=True))


def ours(options, kind, rows, labels):
    best = None
    for _ in range(options.repeat):
        command = [options.tool, "--data", options.data, *KINDS[kind][0], "--rows", rows, "--threads", options.threads,
                   "--labels", labels]
        result = json.loads(subprocess.run([str(x) for x in command], check=True, capture_output=True, text=True).stdout)
        best = result if best is None or result["seconds"] < best["seconds"] else best
    return best


def peer(options, kind, x):
    """Seconds, and labels or communities."""
    import torch
    from sentence_transformers.util import community_detection
    from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering

    torch.set_num_threads(options.threads)
    best, out = float("inf"), None
    for _ in range(options.repeat):
        start = time.perf_counter()
        if kind == "dbscan":
            out = DBSCAN(eps=0.35, min_samples=5, metric="cosine", n_jobs=options.threads).fit(x).labels_
        elif kind == "hdbscan":
            out = HDBSCAN(5, n_jobs=options.threads, copy=True).fit(x).labels_
        elif kind.startswith("communities"):
            threshold = 0.7 if kind == "communities" else 0.58
            out = community_detection(torch.from_numpy(x.copy()), threshold=threshold, min_community_size=10)
        else:
            metric = "cosine" if kind == "average" else "euclidean"
            out = AgglomerativeClustering(100, linkage=kind, metric=metric).fit(x).labels_
        best = min(best, time.perf_counter() - start)
    return best, out


def same(kind, labels_file, theirs):
    import numpy as np
    from sklearn.metrics import adjusted_rand_score

    if kind.startswith("communities"):
        lists = [[int(i) for i in line.split()] for line in open(labels_file)]
        # Floats and double may order members otherwise whose cosines are equal to within rounding.
        return "same" if [(c[0], set(c)) for c in lists] == [(c[0], set(c)) for c in theirs] else "differ"
    labels = np.loadtxt(labels_file, dtype=int)
    if kind == "dbscan" and (labels == theirs).all():
        return "same"
    ari = adjusted_rand_score(labels, theirs)
    noise = ((labels < 0) == (theirs < 0)).all()
    return "same" if ari == 1 and noise else f"ari {ari:.5f}"


def main():
    options = parse()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    import numpy as np

    if options.data is None:
        options.data = pathlib.Path(tempfile.gettempdir()) / "glossa_bench_density.npy"
        if not options.data.exists():
            make_data(options.data)
    data = np.load(options.data, mmap_mode="r")
    labels = pathlib.Path(tempfile.gettempdir()) / f"glossa_bench_density_{os.getpid()}.txt"
    for kind in options.kinds.split(","):
        print(f"\n{kind}, {data.shape[1]} numbers a vector, {options.threads} threads, beside {KINDS[kind][1]}\n")
        print("| vectors | seconds | peak MB, vectors included | peer's seconds | ratio | result |\n|---:|---:|---:|---:|---:|---|", flush=True)
        for rows in [int(r) for r in options.rows.split(",") if int(r) <= len(data)]:
            own = ours(options, kind, rows, labels)
            line = f"| {rows:,} | {own['seconds']:.2f} | {own['peak_rss_bytes'] / 1e6:.0f} | "
            if rows <= options.peer_rows:
                seconds, theirs = peer(options, kind, np.ascontiguousarray(data[:rows]))
                line += f"{seconds:.2f} | {seconds / own['seconds']:.1f} | {same(kind, labels, theirs)} |"
            else:
                line += "| | |"
            print(line, flush=True)
    labels.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
