#!/usr/bin/env python3
"""Vectors come in; a table of glossa's projections into a plane beside scikit-learn's goes out.

    python3 bench/compare_projection.py --data F.npy [--rows 1000,4000] [--tool build/bin/bench_projection]

Needs bench_projection (the native or release preset with GLOSSA_BUILD_BENCH) and pip install numpy scikit-learn. The
first so many of the vectors, float32, are projected by PCA and by t-SNE (perplexity 30, 1000 iterations, Barnes and Hut's
gradient at an angle of 0.5, a start by PCA), by either program in a process of its own, one after the other. Times are of
the call alone. kept: how many of the 10 nearest of a vector are among the 10 nearest on the map, of --sample vectors;
trustworthiness: see scikit-learn, of the same. --no-peers leaves scikit-learn out, which takes minutes from some 10,000 on.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def run_peer(arguments):
    import time

    import numpy
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    threadpool_limits(arguments.threads)
    vectors = numpy.load(arguments.data)[: arguments.rows]
    start = time.perf_counter()
    if arguments.peer == "pca":
        places = PCA(2).fit_transform(vectors)
        result = {}
    else:
        model = TSNE(2, init="pca", random_state=0, n_jobs=arguments.threads)
        places = model.fit_transform(vectors)
        result = {"divergence": float(model.kl_divergence_)}
    result["seconds"] = time.perf_counter() - start
    places.astype("f4").tofile(arguments.places)
    print(json.dumps(result))


def kept_and_trust(vectors, places, sample, k=10):
    import numpy

    some = numpy.random.default_rng(0).choice(len(vectors), min(sample, len(vectors)), replace=False)
    kept, penalty, n = 0.0, 0.0, len(vectors)
    for i in some:
        real = numpy.argsort(((vectors - vectors[i]) ** 2).sum(1), kind="stable")
        shown = numpy.argsort(((places - places[i]) ** 2).sum(1), kind="stable")
        rank = numpy.empty(n, int)
        rank[real[real != i]] = numpy.arange(1, n)
        near = shown[shown != i][:k]
        kept += (rank[near] <= k).mean()
        penalty += numpy.maximum(rank[near] - k, 0).sum()
    return kept / len(some), 1 - penalty / len(some) * 2 / (k * (2 * n - 3 * k - 1))


def result_of(command, threads):
    environment = os.environ | {key: str(threads) for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        sys.exit(result.stderr.strip())
    return json.loads(result.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=pathlib.Path, metavar="F.npy")
    parser.add_argument("--tool", default=HERE.parent / "build/bin/bench_projection")
    parser.add_argument("--rows", default="1000,4000", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--methods", default="pca,tsne")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--places", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        arguments.rows = arguments.rows[0]
        return run_peer(arguments)
    import numpy

    vectors = numpy.load(arguments.data)
    print("| vectors | method | program | seconds | divergence | kept of 10 | trustworthiness |\n|---:|---|---|---:|---:|---:|---:|")
    for rows in arguments.rows:
        for method in arguments.methods.split(","):
            with tempfile.TemporaryDirectory() as folder:
                places = pathlib.Path(folder) / "places"
                ours = [arguments.tool, "--data", arguments.data, "--rows", rows, "--method", method, "--threads", arguments.threads]
                theirs = [sys.executable, __file__, "--data", arguments.data, "--rows", rows, "--peer", method, "--threads",
                          arguments.threads]
                for name, command in (("glossa", ours), ("scikit-learn", theirs)):
                    if arguments.no_peers and command is theirs:
                        continue
                    result = result_of([*command, "--places", places], arguments.threads)
                    shown = numpy.fromfile(places, "f4").reshape(-1, 2)
                    kept, trust = kept_and_trust(vectors[:rows], shown, arguments.sample)
                    divergence = f"{result['divergence']:.3f}" if "divergence" in result else ""
                    print(f"| {rows:,} | {method} | {name} | {result['seconds']:.2f} | {divergence} | {kept:.3f} | {trust:.4f} |", flush=True)


if __name__ == "__main__":
    main()
