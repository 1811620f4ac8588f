#!/usr/bin/env python3
"""Vectors come in; a table of glossa's clustering beside scikit-learn and faiss goes out.

    python3 bench/compare_clustering.py --data FOLDER [--tool build/bin/bench_cluster]

Needs bench_cluster (the native or release preset with GLOSSA_BUILD_BENCH) and pip install numpy scikit-learn faiss-cpu.
FOLDER/vectors.npy is clustered, float32; where there is none, --rows x 384 vectors of length 1 around 300 random centres
are made first. Each program runs in a process of its own, one after the other, in --rounds turns of which the median
counts. Times are of the call alone.

All are given the same vectors, clusters, threads and at most as many iterations; inertia, Σ |vector - centre|², tells
whether they did the same work. From one start, --clusters of the vectors, labels are compared with scikit-learn's too.
All figures go to FOLDER/clustering.json.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def make_vectors(path, rows):
    import numpy

    random = numpy.random.default_rng(0)
    centers = random.standard_normal((300, 384)).astype("f4")
    vectors = centers[random.integers(0, 300, rows)] + 0.8 * random.standard_normal((rows, 384)).astype("f4")
    numpy.save(path, vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True))


def run_peer(arguments):
    """One peer's run in this process; its figures are printed as JSON."""
    import time

    import numpy

    vectors = numpy.load(arguments.data / "vectors.npy")
    peer = arguments.peer
    if peer.startswith("faiss"):
        import faiss

        faiss.omp_set_num_threads(arguments.threads)
        model = faiss.Kmeans(vectors.shape[1], arguments.clusters, niter=arguments.iterations, seed=arguments.seed,
                             max_points_per_centroid=10**9)
        start = time.perf_counter()
        model.train(vectors)
        seconds = time.perf_counter() - start
        distances, _ = model.index.search(vectors, 1)
        result = {"inertia": float(distances.sum(dtype="f8")), "iterations": arguments.iterations}
    else:
        from sklearn.cluster import KMeans, MiniBatchKMeans
        from threadpoolctl import threadpool_limits

        threadpool_limits(arguments.threads)
        options = {"n_clusters": arguments.clusters, "n_init": 1, "random_state": arguments.seed}
        if peer == "scikit-learn, mini-batch":
            model = MiniBatchKMeans(**options)
        elif peer == "scikit-learn, given start":
            model = KMeans(**options, max_iter=arguments.iterations,
                           init=numpy.load(arguments.data / "start.npy"))
        else:
            model = KMeans(**options, max_iter=arguments.iterations,
                           init="random" if peer.endswith("random") else "k-means++")
        start = time.perf_counter()
        model.fit(vectors)
        seconds = time.perf_counter() - start
        numpy.save(arguments.data / "peer_labels.npy", model.labels_)
        steps = model.n_steps_ if peer == "scikit-learn, mini-batch" else model.n_iter_
        result = {"inertia": float(model.inertia_), "iterations": int(steps)}
    print(json.dumps({"seconds": seconds} | result))


def result_of(name, command, threads):
    environment = os.environ | {key: str(threads) for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        sys.exit(f"{name}: {result.stderr.strip() or result.returncode}")
    return json.loads(result.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--tool", default=HERE.parent / "build/bin/bench_cluster")
    parser.add_argument("--rows", type=int, default=100000, help="of vectors that are made")
    parser.add_argument("--clusters", type=int, default=100)
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="these rows of the table, separated by semicolons")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return run_peer(arguments)

    import numpy

    arguments.data.mkdir(parents=True, exist_ok=True)
    path = arguments.data / "vectors.npy"
    if not path.is_file():
        make_vectors(path, arguments.rows)
    vectors = numpy.load(path, mmap_mode="r")
    numpy.save(arguments.data / "start.npy", vectors[:: len(vectors) // arguments.clusters][: arguments.clusters])

    shared = [f"--{name}={getattr(arguments, name)}"
              for name in ("data", "clusters", "iterations", "threads", "seed")]
    peers = ["scikit-learn, k-means++", "scikit-learn, random", "scikit-learn, given start", "scikit-learn, mini-batch",
             "faiss, random"]
    commands = {name: [sys.executable, __file__, "--peer", name, *shared] for name in peers}
    own = [arguments.tool, "--data", path, "--threads", arguments.threads, "--clusters", arguments.clusters,
           "--seed", arguments.seed, "--iterations", arguments.iterations, "--labels", arguments.data / "labels.npy"]
    kmeans = [*own, "--kind", "kmeans"]
    commands |= {
        "glossa, k-means++": kmeans,
        "glossa, k-means||": [*kmeans, "--start", "parallel"],
        "glossa, random": [*kmeans, "--start", "random"],
        "glossa, random, without bounds": [*kmeans, "--start", "random", "--bounds", 0],
        "glossa, given start": [*kmeans, "--centers", arguments.data / "start.npy"],
        "glossa, mini-batch": [*own, "--kind", "minibatch"],
    }
    if arguments.only:
        commands = {name: command for name, command in commands.items() if name in arguments.only.split(";")}
    results = {}
    labels = {}
    for _ in range(arguments.rounds):
        for name, command in commands.items():
            results.setdefault(name, []).append(result_of(name, command, arguments.threads))
            if name.endswith("given start"):
                file = "labels.npy" if name.startswith("glossa") else "peer_labels.npy"
                labels[name] = numpy.load(arguments.data / file)
    medians = {name: runs[0] | {"seconds": statistics.median(run["seconds"] for run in runs)}
               for name, runs in results.items()}
    if len(labels) == 2:
        ours, theirs = labels.values()
        medians["labels that differ from the same start"] = int((ours != theirs).sum())
    (arguments.data / "clustering.json").write_text(json.dumps(medians, indent=1) + "\n")
    print(f"{len(vectors):,} x {vectors.shape[1]}, {arguments.clusters} clusters, {arguments.threads} threads\n")
    print("| k-means | seconds | iterations | inertia |\n|---|---:|---:|---:|")
    for name, result in medians.items():
        if isinstance(result, dict):
            print(f"| {name} | {result['seconds']:.2f} | {result['iterations']} | {result['inertia']:,.1f} |")
        else:
            print(f"\n{name}: {result}")


if __name__ == "__main__":
    main()
