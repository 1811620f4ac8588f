#!/usr/bin/env python3
"""Texts come in; a folder with vectors to search, queries and their exact neighbours goes out.

    python3 bench/make_search_data.py --model models/multilingual-e5-small --output FOLDER DATA...
    python3 bench/make_search_data.py --first-of FOLDER --rows 100000 --output SMALLER_FOLDER

DATA: what compare_tokenizing.py takes: files of JSON lines, or folders with such files, of which all distinct texts
count. A part of those in files named queries.jsonl (or of all, where these are too few) is held out as queries. The
second form takes the first rows of a folder that is there, with neighbours of their own. Needs pip install numpy.

The vectors are real as far as they go. The rest, up to --rows, are perturbed copies of the real ones, so each stands in
a cluster: a vector without the mean of all is turned by noise of the real vectors' own covariance until its cosine to
what it was is between .90 and .99 (even in between), then gets the mean back and is brought to length 1. This keeps
the cone in which models' vectors lie, and directions that matter; it does not make new topics, and queries find copies
of one text where a million real texts would have a million different ones.

Written: base.npy (f32, rows x dims, real ones first), queries.npy, truth.npy (int64, the ten best rows of each query by
dot product in f32, best first) and meta.json.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys

import numpy as np
from compare_tokenizing import read_texts

HERE = pathlib.Path(__file__).resolve().parent
CHUNK = 50_000  # rows at a time: 77 MB of 384 dimensions
NEIGHBOURS = 10
COSINES = (0.90, 0.99)


def texts_and_queries(paths, count):
    """All texts in random but fixed order, split into those of the base and the queries."""
    texts = read_texts(paths)
    folders = [path for path in map(pathlib.Path, paths) if path.is_dir()]
    files = [file for folder in folders for file in sorted(folder.rglob("queries.jsonl"))]
    candidates = read_texts(files) if files else []
    chosen = set(candidates)
    candidates += [text for text in texts if text not in chosen]
    if count >= len(texts):
        sys.exit(f"{len(texts)} texts are too few for {count} queries")
    queries = candidates[:count]
    held_out = set(queries)
    return [text for text in texts if text not in held_out], queries


def embed(arguments, role, texts, folder):
    """The texts' vectors by the tool."""
    lines, vectors = folder / f"{role}.txt", folder / f"{role}.npy"
    lines.write_text("\n".join(texts) + "\n", encoding="utf-8", newline="\n")
    command = [arguments.tool, "embed", "--model", arguments.model, "--role", role, "--format", "lines"]
    command += ["--input", lines, "--output", vectors, "--threads", str(arguments.threads)]
    result = subprocess.run(list(map(str, command)), stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{arguments.tool}: {result.stderr.strip() or result.returncode}")
    embedded = np.load(vectors)
    if len(embedded) != len(texts):
        sys.exit(f"{len(texts)} texts became {len(embedded)} vectors")
    lines.unlink()
    vectors.unlink()
    return unit(embedded)


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def perturbed(real, count):
    """Chunks of copies, of each vector as often as of any other."""
    generator = np.random.default_rng(1)
    mean = real.mean(axis=0)
    centred = real - mean
    values, directions = np.linalg.eigh(np.cov(centred, rowvar=False, dtype=np.float64))
    spread = (directions * np.sqrt(np.maximum(values, 0))).T.astype(np.float32)
    order = generator.permutation(len(real))
    for start in range(0, count, CHUNK):
        chosen = centred[order[np.arange(start, min(start + CHUNK, count)) % len(real)]]
        lengths = np.linalg.norm(chosen, axis=1, keepdims=True)
        chosen /= lengths
        noise = generator.standard_normal(chosen.shape, dtype=np.float32) @ spread
        noise = unit(noise - (noise * chosen).sum(axis=1, keepdims=True) * chosen)
        cosines = generator.uniform(*COSINES, (len(chosen), 1)).astype(np.float32)
        yield unit(lengths * (cosines * chosen + np.sqrt(1 - cosines**2) * noise) + mean)


def exact_neighbours(base, queries):
    """The best rows of each query, best first."""
    ids = np.empty((len(queries), 0), np.int64)
    scores = np.empty((len(queries), 0), np.float32)
    for start in range(0, len(base), CHUNK):
        found = queries @ base[start : start + CHUNK].T
        best = np.argpartition(-found, min(NEIGHBOURS, found.shape[1]) - 1, axis=1)[:, :NEIGHBOURS]
        ids = np.hstack([ids, best + start])
        scores = np.hstack([scores, np.take_along_axis(found, best, axis=1)])
        order = np.argsort(-scores, axis=1, kind="stable")[:, :NEIGHBOURS]
        ids, scores = np.take_along_axis(ids, order, axis=1), np.take_along_axis(scores, order, axis=1)
    return ids


def write_base(folder, rows, chunks):
    """Fills base.npy with the chunks, cut at its last row."""
    first = next(chunks)
    base = np.lib.format.open_memmap(folder / "base.npy", "w+", np.float32, (rows, first.shape[1]))
    start = 0
    while start < rows:
        part = first[: rows - start]
        base[start : start + len(part)] = part
        start += len(part)
        first = next(chunks, None)
    base.flush()


def made_from_texts(arguments, folder):
    texts, queries = texts_and_queries(arguments.data, arguments.queries)
    texts = texts[: arguments.rows]
    print(f"embedding {len(texts)} texts and {len(queries)} queries", file=sys.stderr)
    np.save(folder / "queries.npy", embed(arguments, "query", queries, folder))
    real = embed(arguments, "passage", texts, folder)

    def chunks():
        yield real
        yield from perturbed(real, arguments.rows - len(real))

    write_base(folder, arguments.rows, chunks())
    return len(real)


def made_from_folder(arguments, folder):
    source = pathlib.Path(arguments.first_of)
    base = np.load(source / "base.npy", mmap_mode="r")
    if arguments.rows > len(base):
        sys.exit(f"{source} has {len(base)} rows")
    write_base(folder, arguments.rows, (base[start : start + CHUNK] for start in range(0, len(base), CHUNK)))
    np.save(folder / "queries.npy", np.load(source / "queries.npy")[: arguments.queries])
    return min(json.loads((source / "meta.json").read_text())["real"], arguments.rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="the model's folder; one of glossa quantize is faster")
    parser.add_argument("--tool", default=HERE.parent / "build/bin/glossa")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--first-of", metavar="FOLDER", help="a folder made before, in place of DATA")
    parser.add_argument("--output", required=True, metavar="FOLDER")
    parser.add_argument("data", nargs="*", metavar="DATA")
    arguments = parser.parse_args()
    if bool(arguments.data) == bool(arguments.first_of) or (arguments.data and not arguments.model):
        parser.error("give --model and DATA, or --first-of")
    folder = pathlib.Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    real = (made_from_folder if arguments.first_of else made_from_texts)(arguments, folder)
    base = np.load(folder / "base.npy", mmap_mode="r")
    queries = np.load(folder / "queries.npy")
    np.save(folder / "truth.npy", exact_neighbours(base, queries))
    meta = {"rows": len(base), "dims": base.shape[1], "real": real, "queries": len(queries), "cosines": COSINES}
    (folder / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")
    print(json.dumps(meta))


if __name__ == "__main__":
    main()
