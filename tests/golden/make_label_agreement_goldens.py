# Writes label_agreement.json: scikit-learn's measures of how well two labellings agree.
#   pip install numpy scikit-learn==1.9.1;  python make_label_agreement_goldens.py label_agreement.json
import json
import sys

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, homogeneity_completeness_v_measure, normalized_mutual_info_score

random = np.random.default_rng(1)
cases = [([], []), ([3], [7]), ([0, 0, 0], [1, 1, 1]), ([0, 0, 0], [0, 1, 2]), ([0, 1, 2], [5, 5, 5]), ([0, 1, 2], [2, 0, 1]),
         ([0, 0, 1, 1], [1, 1, 0, 0]), ([0, 0, 1, 1], [0, 1, 0, 1]), ([0, 0, 1, 2], [0, 0, 1, 1]), ([-1, -1, 0, 5], [0, -1, -1, 5]),
         ([0, 0, 0, 1], [0, 1, 0, 0])]
for classes, clusters, count in ((2, 2, 10), (3, 8, 40), (7, 7, 150), (20, 3, 200), (1, 6, 30), (12, 12, 300)):
    truth = random.integers(0, classes, count)
    found = np.where(random.random(count) < 0.6, truth * 17 % clusters, random.integers(0, clusters, count))
    cases.append((truth.tolist(), found.tolist()))
with open(sys.argv[1], "w") as file:
    file.write('{"note":"Written by make_label_agreement_goldens.py.","cases":[\n')
    lines = []
    for truth, found in cases:
        entry = {"classes": truth, "clusters": found, "ari": adjusted_rand_score(truth, found),
                 "nmi": normalized_mutual_info_score(truth, found), "ami": adjusted_mutual_info_score(truth, found), "v": []}
        for beta in (1.0, 0.3, 2.0):
            entry["v"].append([beta, *homogeneity_completeness_v_measure(truth, found, beta=beta)])
        lines.append(json.dumps(entry, separators=(",", ":")))
    file.write(",\n".join(lines) + "\n]}\n")
