# Writes density.json: sentence embeddings, and what scikit-learn, SciPy and sentence-transformers make of them.
#   glossa embed --model multilingual-e5-small --role query --input sib200-eng_Latn.jsonl --format jsonl --output eng.npy
#   glossa embed (the same)                                 --input sib200-nld_Latn.jsonl …               --output nld.npy
#   pip install numpy==2.3.5 scikit-learn==1.9.1 sentence-transformers==6.2.0
#   python make_density_goldens.py eng.npy nld.npy density.json
# The vectors are those of the first 150 sentences of SIB-200 (CC BY-SA 4.0) in English and in Dutch, as this library
# makes them, less their mean and turned to their 48 principal axes; rounded to multiples of 2^-20, so that float and
# double hold the same numbers.
import json
import sys
import warnings

import numpy as np
import sklearn.cluster._hdbscan.hdbscan as hdbscan_module
import torch
from scipy.cluster.hierarchy import linkage
from sentence_transformers.util import community_detection
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

warnings.filterwarnings("ignore")
SCALE = 2.0**20
x = np.vstack([np.load(sys.argv[1])[:150], np.load(sys.argv[2])[:150]]).astype(np.float64)
x -= x.mean(0)
x = x @ np.linalg.svd(x, full_matrices=False)[2][:48].T
x = np.round(x * SCALE) / SCALE
golden = {"note": "Written by make_density_goldens.py.", "rows": len(x), "dims": x.shape[1], "scale": SCALE,
          "values": (x * SCALE).astype(int).ravel().tolist(), "dbscan": [], "hdbscan": [], "agglomerative": [],
          "communities": []}

for metric, eps, min_points in [("cosine", 0.1, 2), ("cosine", 0.25, 2), ("cosine", 0.35, 3), ("cosine", 0.45, 5), ("cosine", 0.6, 10),
                                ("euclidean", 0.2, 2), ("euclidean", 0.3, 2), ("euclidean", 0.36, 3), ("euclidean", 0.42, 6), ("euclidean", 0.46, 12)]:
    model = DBSCAN(eps=eps, min_samples=min_points, metric=metric).fit(x)
    golden["dbscan"].append({"metric": metric, "eps": eps, "min_points": min_points, "labels": model.labels_.tolist(),
                             "core_points": model.core_sample_indices_.tolist()})
    print("dbscan", metric, eps, min_points, model.labels_.max() + 1, (model.labels_ < 0).sum(), file=sys.stderr)

# scikit-learn sorts the spanning tree's edges by an unstable sort, which NumPy has several of, for different
# processors; many edges are equally long (see HdbscanResult). The goldens are of a stable one.
process = hdbscan_module._process_mst
stable = lambda mst: hdbscan_module.make_single_linkage(mst[np.argsort(mst["distance"], kind="stable")])
for metric, size, samples, selection, more in [
        ("euclidean", 2, 1, "eom", {}), ("euclidean", 2, 2, "eom", {}), ("euclidean", 3, 2, "eom", {}), ("euclidean", 3, 2, "leaf", {}),
        ("euclidean", 4, 3, "leaf", {}), ("euclidean", 5, 5, "eom", {}), ("euclidean", 8, 2, "eom", {"allow_single_cluster": True}),
        ("euclidean", 40, 3, "eom", {"allow_single_cluster": True}), ("euclidean", 3, 2, "eom", {"cluster_selection_epsilon": 0.38}),
        ("euclidean", 3, 2, "leaf", {"cluster_selection_epsilon": 0.36}), ("euclidean", 3, 2, "eom", {"max_cluster_size": 10}),
        ("euclidean", 40, 3, "eom", {"allow_single_cluster": True, "cluster_selection_epsilon": 0.45}),
        ("cosine", 2, 1, "eom", {}), ("cosine", 3, 2, "leaf", {}), ("cosine", 3, 2, "eom", {}),
        # Clusters that are more stable than those they split into: only here do the two ways of choosing differ.
        ("euclidean", 2, 3, "eom", {}), ("euclidean", 2, 3, "leaf", {}), ("euclidean", 5, 3, "eom", {}), ("euclidean", 5, 3, "leaf", {}),
        ("cosine", 5, 1, "eom", {}), ("cosine", 5, 1, "leaf", {})]:
    results = []
    for how in (process, stable):
        hdbscan_module._process_mst = how
        results.append(HDBSCAN(size, min_samples=samples, metric=metric, cluster_selection_method=selection, copy=True, **more).fit(x))
    model = results[1]
    golden["hdbscan"].append({"metric": metric, "min_cluster_size": size, "min_samples": samples, "selection": selection,
                              "epsilon": more.get("cluster_selection_epsilon", 0), "max_cluster_size": more.get("max_cluster_size", 0),
                              "allow_single_cluster": "allow_single_cluster" in more, "labels": model.labels_.tolist(),
                              "probabilities": [float(f"{p:.6g}") for p in model.probabilities_]})
    print("hdbscan", metric, size, samples, selection, more, model.labels_.max() + 1, (model.labels_ < 0).sum(), "agreement with the unstable sort",
          adjusted_rand_score(*(r.labels_ for r in results)), file=sys.stderr)

for metric, kind in [("euclidean", "ward"), ("euclidean", "average"), ("euclidean", "complete"), ("euclidean", "single"),
                     ("cosine", "average"), ("cosine", "complete"), ("cosine", "single")]:
    tree = linkage(x, kind, metric)
    threshold = round(float(tree[-60, 2] + tree[-61, 2]) / 2, 6)
    by_count = AgglomerativeClustering(25, metric=metric, linkage=kind).fit(x)
    by_distance = AgglomerativeClustering(None, metric=metric, linkage=kind, distance_threshold=threshold).fit(x)
    golden["agglomerative"].append({"metric": metric, "linkage": kind, "merges": np.sort(tree[:, :2], 1).astype(int).ravel().tolist(),
                                    "distances": [float(f"{d:.7g}") for d in tree[:, 2]], "labels_of_25": by_count.labels_.tolist(),
                                    "threshold": threshold, "labels_at_threshold": by_distance.labels_.tolist()})
    print("agglomerative", metric, kind, by_distance.n_clusters_, file=sys.stderr)

for threshold, size in [(0.9, 2), (0.75, 2), (0.5, 3), (0.4, 5), (0.3, 1), (0.1, 10), (-0.5, 20)]:
    communities = community_detection(torch.tensor(x.astype(np.float32)), threshold=threshold, min_community_size=size)
    golden["communities"].append({"threshold": threshold, "min_size": size, "communities": communities})
    print("communities", threshold, size, [len(c) for c in communities][:12], len(communities), file=sys.stderr)

with open(sys.argv[3], "w") as file:
    json.dump(golden, file, separators=(",", ":"))
    file.write("\n")
