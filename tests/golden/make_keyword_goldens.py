# Writes keywords.json: sentences in clusters, and the words that class-based TF-IDF puts first in each.
#   pip install numpy==2.4.6 scikit-learn==1.9.1;  python make_keyword_goldens.py sib200-eng.jsonl sib200-swh.jsonl keywords.json
# The weights are those of BERTopic's ClassTfidfTransformer (Grootendorst 2022), computed here by its formula from the counts
# of scikit-learn's CountVectorizer. The sentences are every seventh of the first 210 of SIB-200 (dadelani/sib-200, CC BY-SA
# 4.0) in English and Swahili, their clusters the data set's topics.
import json
import sys

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

texts, topics = [], []
for path in sys.argv[1:3]:
    for line in open(path, encoding="utf-8").read().splitlines()[:210:7]:
        row = json.loads(line)
        texts.append(row["text"])
        topics.append(row["label"])
names = sorted(set(topics))
labels = [names.index(topic) for topic in topics]
classes = [" ".join(text for text, label in zip(texts, labels) if label == c) for c in range(len(names))]
# Words of two characters at least with a letter among them, apostrophes between letters included.
vectorizer = CountVectorizer(token_pattern=r"(?u)(?<![\w])(?=\w*[^\W\d_])(?:\w(?:\w|(?<=[^\W\d_])['’](?=[^\W\d_]))+)")
counts = vectorizer.fit_transform(classes).toarray().astype(float)
frequency = counts / counts.sum(1, keepdims=True)
weights = frequency * np.log(1 + counts.sum(1).mean() / counts.sum(0))
words = vectorizer.get_feature_names_out()
best = []
for c in range(len(names)):
    order = sorted(range(len(words)), key=lambda w: (-weights[c, w], words[w]))[:12]
    best.append([[words[w], weights[c, w], int(counts[c, w])] for w in order])
golden = {"note": "Words by class-based TF-IDF; written by make_keyword_goldens.py.", "texts": texts, "labels": labels, "keywords": best}
with open(sys.argv[3], "w", encoding="utf-8") as file:
    json.dump(golden, file, ensure_ascii=False, indent=0)
    file.write("\n")
