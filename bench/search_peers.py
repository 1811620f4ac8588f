#!/usr/bin/env python3
"""A folder of make_search_data.py and a name of another search library come in; its figures go out as a JSON object.

    python3 bench/search_peers.py --data FOLDER --peer faiss-hnsw [--threads 2] [--ef 16,32,64]

compare_search.py calls this once for each peer, so that each has a process and its memory for itself. Peers are the
keys of FLAT and HNSW below; needs pip install numpy faiss-cpu hnswlib usearch. Vectors are read from the mapped file
and do not count as memory: "memory_bytes" is by how much the process's own (anonymous) memory grew in building.

Flat indexes take --batch queries a call: the median call counts. HNSW indexes take all queries in a call, shared by the
threads, for "qps" (the median of ROUNDS calls), and one query a call, on one thread, for the latencies.
"""

import argparse
import json
import pathlib
import resource
import statistics
import time

import numpy as np

NEIGHBOURS = 10
ROUNDS = 5
SECONDS = 6  # for the calls of one batch size
TRAINING_ROWS = 100_000
FIRST_ROWS = 1000  # of a first index, so that loading the library does not count


def faiss_index(base, arguments, description):
    """What searches and what sets ef, of the index that faiss's factory makes of the description."""
    import faiss

    faiss.omp_set_num_threads(arguments.threads)
    index = faiss.index_factory(base.shape[1], description.format(m=arguments.m), faiss.METRIC_INNER_PRODUCT)
    parameters = faiss.ParameterSpace()
    if "HNSW" in description:
        parameters.set_index_parameter(index, "efConstruction", arguments.ef_construction)
    index.train(base[:TRAINING_ROWS])
    index.add(base)
    return (
        lambda queries: index.search(queries, NEIGHBOURS)[1],
        lambda ef: parameters.set_index_parameter(index, "efSearch", ef),
    )


def hnswlib_index(base, arguments, space):
    import hnswlib

    index = hnswlib.Index(space=space, dim=base.shape[1])
    index.init_index(max_elements=len(base), ef_construction=arguments.ef_construction, M=arguments.m)
    index.add_items(base, num_threads=arguments.threads)
    return lambda queries: index.knn_query(queries, NEIGHBOURS, num_threads=arguments.threads)[0], index.set_ef


def usearch_index(base, arguments, numbers):
    from usearch.index import Index

    shape = {"connectivity": arguments.m, "expansion_add": arguments.ef_construction}
    index = Index(ndim=base.shape[1], metric="ip", dtype=numbers, **shape)
    index.add(np.arange(len(base)), base, threads=arguments.threads)
    return (
        lambda queries: index.search(queries, NEIGHBOURS, threads=arguments.threads).keys,
        lambda ef: setattr(index, "expansion_search", ef),
    )


def usearch_exact(base, arguments, metric):
    from usearch.index import MetricKind, search

    base, kind = np.array(base), getattr(MetricKind, metric)
    return lambda queries: search(base, queries, NEIGHBOURS, kind, exact=True, threads=arguments.threads).keys, None


FLAT = {
    "faiss-flat": ("f32", faiss_index, "Flat"),
    "faiss-flat-bf16": ("bf16", faiss_index, "SQbf16"),
    "faiss-flat-sq8": ("int8", faiss_index, "SQ8"),
    "usearch-flat": ("f32", usearch_exact, "IP"),
}
HNSW = {
    "faiss-hnsw": ("f32", faiss_index, "HNSW{m},Flat"),
    "faiss-hnsw-bf16": ("bf16", faiss_index, "HNSW{m},SQbf16"),
    "faiss-hnsw-sq8": ("int8", faiss_index, "HNSW{m},SQ8"),
    "hnswlib": ("f32", hnswlib_index, "ip"),
    "usearch-f32": ("f32", usearch_index, "f32"),
    "usearch-bf16": ("bf16", usearch_index, "bf16"),
    "usearch-i8": ("int8", usearch_index, "i8"),
}


def anonymous_bytes():
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this system does not tell a process's anonymous memory")


def recall(found, truth):
    return float(np.mean([len(np.intersect1d(a, b)) for a, b in zip(found, truth)]) / NEIGHBOURS)


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def milliseconds(times):
    return {"p50_ms": float(np.percentile(times, 50)) * 1e3, "p99_ms": float(np.percentile(times, 99)) * 1e3}


def flat_run(search, queries, truth, batch):
    search(queries[:batch])
    times, found = [], []
    for start in range(0, len(queries) - batch + 1, batch):
        seconds, ids = timed(lambda: search(queries[start : start + batch]))
        times.append(seconds)
        found += list(ids.reshape(batch, NEIGHBOURS))
        if sum(times) > SECONDS:
            break
    share = recall(found, truth)
    speed = batch / statistics.median(times)
    return {"batch": batch, "recall10": share, "recall10_raw": share, "qps": speed, **milliseconds(times)}


def hnsw_run(search, queries, truth, ef):
    share = recall(search(queries), truth)
    speed = len(queries) / statistics.median(timed(lambda: search(queries))[0] for _ in range(ROUNDS))
    single = [timed(lambda: search(queries[i : i + 1]))[0] for i in range(len(queries))]
    return {"ef": ef, "recall10": share, "recall10_raw": share, "qps": speed, **milliseconds(single)}


def main():
    numbers = lambda text: [int(part) for part in text.split(",")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--peer", required=True, choices=[*FLAT, *HNSW])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--m", type=int, default=16)
    parser.add_argument("--ef-construction", type=int, default=128)
    parser.add_argument("--ef", type=numbers, default=[16, 32, 64, 128, 256, 512])
    parser.add_argument("--batch", type=numbers, default=[1, 64])
    arguments = parser.parse_args()
    base = np.load(arguments.data / "base.npy", mmap_mode="r").view(np.ndarray)
    queries, truth = np.load(arguments.data / "queries.npy"), np.load(arguments.data / "truth.npy")
    vectors, build, description = (FLAT | HNSW)[arguments.peer]
    build(base[:FIRST_ROWS], arguments, description)
    before = anonymous_bytes()
    seconds, (search, set_ef) = timed(lambda: build(base, arguments, description))
    memory = anonymous_bytes() - before
    if arguments.peer in FLAT:
        runs = [flat_run(search, queries, truth, batch) for batch in arguments.batch]
    else:
        runs = []
        for ef in arguments.ef:
            set_ef(ef)
            runs.append(hnsw_run(search, queries, truth, ef))
    kind = "flat" if arguments.peer in FLAT else "hnsw"
    result = {"kind": kind, "vectors": vectors, "rows": len(base), "dims": base.shape[1], "build_s": seconds}
    result |= {"memory_bytes": memory, "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    print(json.dumps(result | {"runs": runs}))


if __name__ == "__main__":
    main()
