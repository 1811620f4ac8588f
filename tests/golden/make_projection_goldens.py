# Writes projection.json: vectors of real sentences, and what scikit-learn makes of them: principal components, exact, and
# how well its t-SNE keeps neighbours.
#   glossa embed --model models/multilingual-e5-small --input sentences.jsonl --output sentences.npy
#   pip install numpy==2.4.6 scikit-learn==1.9.1;  python make_projection_goldens.py sentences.npy projection.json
# sentences.jsonl: the first 80 sentences of SIB-200 (dadelani/sib-200, CC BY-SA 4.0; train, dev and test in this order) in
# English, Dutch, Swahili and Thai, one language after another. Of each vector, less the mean of all, the first 64 of 384
# dimensions are kept, as integers of a 400th: that is what is committed, and what both libraries start from.
import json
import sys

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

vectors = np.load(sys.argv[1]).astype(np.float64)
codes = np.clip(np.rint((vectors - vectors.mean(0))[:, :64] * 400), -127, 127).astype(int) + 3  # a mean that is not 0
data = codes / 400


def pca(rows, components):
    found = PCA(components, svd_solver="full").fit(rows)
    return {"rows": len(rows), "components": components, "coordinates": found.transform(rows).round(10).ravel().tolist(),
            "directions": found.components_.round(10).ravel().tolist(), "variance": found.explained_variance_.tolist(),
            "ratio": found.explained_variance_ratio_.tolist()}


def tsne(seeds):
    """Where the descent ends is chance. scikit-learn starts it at the components whatever the seed, so that noise makes its runs differ, a hundredth of them."""
    start = PCA(2, svd_solver="full").fit_transform(data)
    start *= 1e-4 / start[:, 0].std()
    runs = [TSNE(2, init=(start + np.random.default_rng(seed).normal(0, 1e-6, start.shape)).astype(np.float32), perplexity=30).fit(data) for seed in seeds]
    return {"divergences": [float(run.kl_divergence_) for run in runs],
            "trustworthiness": [float(trustworthiness(data, run.embedding_, n_neighbors=10)) for run in runs]}


golden = {"note": "Vectors of sentences, and what scikit-learn makes of them; written by make_projection_goldens.py.", "dims": 64, "scale": 400,
          "codes": codes.ravel().tolist(), "pca": [pca(data, 2), pca(data, 5), pca(data[:40], 3)], "tsne": tsne(range(15))}
with open(sys.argv[2], "w") as file:
    file.write(json.dumps(golden, separators=(",", ":")).replace(',"', ',\n"') + "\n")
print(golden["tsne"], [part["ratio"] for part in golden["pca"]], file=sys.stderr)
