# Writes kmeans.json: what scikit-learn makes of real embeddings, from given starts and by its measures of clusterings.
#   pip install numpy scikit-learn==1.9.1;  python make_kmeans_goldens.py kmeans.json ENG.npy NLD.npy SWH.npy THA.npy
# The arrays are multilingual-e5-small's vectors of the sentences of SIB-200 (dadelani/sib-200, CC BY-SA 4.0) in four
# languages, in one order, as `glossa embed --model MODEL --input sib200-eng_Latn.jsonl --output ENG.npy` writes them.
# The first 75 of each are taken, as whole numbers from -127 to 127, so that the file is small and exact.
import base64
import json
import sys

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples, silhouette_score

rows = np.concatenate([np.load(path)[:75] for path in sys.argv[2:]])
codes = np.clip(np.round(rows / np.abs(rows).max() * 127), -127, 127).astype(np.int8)
floats = codes.astype(np.float32)
doubles = codes.astype(np.float64)


def fit(values, start, tolerance):
    model = KMeans(len(start), init=values[start], n_init=1, tol=tolerance, max_iter=300).fit(values)
    return {"start": start, "tolerance": tolerance, "labels": model.labels_.tolist(), "inertia": float(model.inertia_),
            "iterations": model.n_iter_}


def measures(labels):
    return {
        "labels": labels.tolist(),
        "silhouette": silhouette_score(doubles, labels),
        "silhouette_cosine": silhouette_score(doubles, labels, metric="cosine"),
        "silhouettes": silhouette_samples(doubles, labels)[:20].tolist(),
        "davies_bouldin": davies_bouldin_score(doubles, labels),
        "calinski_harabasz": calinski_harabasz_score(doubles, labels),
    }


runs = []
for clusters in (1, 2, 4, 10, 25):
    start = [i * len(rows) // clusters for i in range(clusters)]
    for tolerance in (1e-4, 0.0):
        # tol=0 ends when no label changes. scikit-learn's float and double runs are to agree, else rounding would decide
        run = fit(doubles, start, tolerance)
        assert run["labels"] == fit(floats, start, tolerance)["labels"]
        runs.append(run)
# Some centres of these starts are the same vector, or one that is near to nothing: their clusters run empty.
for start in ([0, 0, 75, 150], [10, 10, 10, 10, 10, 10], [5, 5, 80, 80, 155, 155, 230, 230]):
    runs.append(fit(doubles, start, 1e-4))

# Of so few vectors in so many dimensions, the best of ten starts is within 2 % with another seed: the median of twelve.
def best_of_ten(clusters):
    inertias = [KMeans(clusters, n_init=10, random_state=seed).fit(doubles).inertia_ for seed in range(12)]
    return {"clusters": clusters, "inertia": float(np.median(inertias))}


free = [best_of_ten(clusters) for clusters in (2, 4, 10, 25)]
random = np.random.default_rng(0)
lone = random.integers(0, 5, len(rows))
lone[lone == 4] = 3
lone[7] = 4  # alone in its cluster
measured = [measures(np.array(runs[i]["labels"])) for i in (2, 4, 6, 8)] + [measures(lone)]
with open(sys.argv[1], "w") as file:
    file.write('{"note":"Written by make_kmeans_goldens.py from SIB-200 (CC BY-SA 4.0).",\n')
    file.write(f'"rows":{len(rows)},"dims":{rows.shape[1]},"codes":"{base64.b64encode(codes.tobytes()).decode()}",\n')
    for name, entries in (("runs", runs), ("free", free), ("measures", measured)):
        body = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
        file.write(f'"{name}":[\n{body}\n]{"" if name == "measures" else ","}\n')
    file.write("}\n")
print([run["iterations"] for run in runs], file=sys.stderr)
