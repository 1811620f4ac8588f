#!/usr/bin/env python3
"""A folder of FaissStore, a query, and the ids and scores that the store found come in; whether Python's faiss finds the
same in the folder's index goes out as the exit status.

    python3 tests/store/servers/read_faiss.py FOLDER NUMBERS IDS SCORES
"""

import json
import pathlib
import sys

import faiss
import numpy as np


def main():
    folder = pathlib.Path(sys.argv[1])
    query, scores = (np.array(text.split(","), dtype=np.float32) for text in (sys.argv[2], sys.argv[4]))
    about = json.loads((folder / "store.json").read_text())
    names = {part: one["name"] for part, one in about["files"].items()}
    index = faiss.read_index(str(folder / names["index"]))
    records = [json.loads(line) for line in (folder / names["records"]).read_text(encoding="utf-8").splitlines()]
    ids = {record["label"]: record["id"] for record in records}
    assert index.ntotal == len(records) == about["records"], (index.ntotal, len(records))
    rows = np.load(folder / names["vectors"])
    assert rows.shape == (about["kept"], about["dims"]), rows.shape
    if about["metric"] == "cosine":
        query = query / np.linalg.norm(query)
    if about["kind"] == "ivf_pq":
        faiss.extract_index_ivf(index).nprobe = about["lists"]
    distances, labels = index.search(query[None], len(scores))
    found = [ids[label] for label in labels[0]]
    mine = -np.sqrt(np.maximum(distances[0], 0)) if about["metric"] == "euclidean" else distances[0]
    assert np.allclose(mine, scores, atol=1e-4), (mine, scores)
    assert found == sys.argv[3].split(","), (found, sys.argv[3])


if __name__ == "__main__":
    main()
