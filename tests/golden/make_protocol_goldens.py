# Writes protocols.json: what python mteb's own tasks score for small made-up data and an encoder of hashed words.
#   pip install mteb==2.26.24 scikit-learn==1.9.1 scipy==1.17.1;  python make_protocol_goldens.py protocols.json
import json
import math
import random
import sys
import warnings
from collections import defaultdict

import mteb
import numpy as np
import torch
from datasets import Dataset, DatasetDict
from mteb.abstasks.text.reranking import AbsTaskReranking
from mteb.types import PromptType
from sklearn.metrics.pairwise import paired_cosine_distances

warnings.simplefilter("ignore")
torch.set_default_dtype(torch.float64)
DIMS = 12
draw = random.Random(3)
WORDS = [w + e for w in "ra so ti ke lu mo pa vi".split() for e in "n rt sk la mme do".split()]


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def embed(text):
    """The sum of its words' vectors, whose numbers are multiples of 1/2048: exact in any order."""
    vector = [0] * DIMS
    for word in text.split(" "):
        for i in range(DIMS):
            vector[i] += (fnv(f"{i}{word}".encode()) >> 40 & 0xFFF) - 2048
    return [v / 2048 for v in vector]


def cosine(a, b):
    return math.fsum(x * y for x, y in zip(a, b)) / math.sqrt(math.fsum(x * x for x in a)) / math.sqrt(math.fsum(y * y for y in b))


class Model:
    """In double, so that goldens have no rounding of mteb's; with the prompts of E5."""
    mteb_model_meta = None

    def encode(self, inputs, *, task_metadata, hf_split, hf_subset, prompt_type=None, **kwargs):
        prompt = ""
        if task_metadata.type in {"Retrieval", "Reranking"}:
            prompt = "query: " if prompt_type == PromptType.query else "passage: "
        return torch.tensor([embed(prompt + text) for batch in inputs for text in batch["text"]], dtype=torch.float64)

    def similarity(self, a, b):
        return torch.tensor([[cosine(x, y) for y in b.tolist()] for x in a.tolist()] if a.dim() > 1 else cosine(a.tolist(), b.tolist()))

    def similarity_pairwise(self, a, b):
        return torch.from_numpy(1 - paired_cosine_distances(a, b))


def scores_of(name, data, subset="default", **settings):
    task = mteb.get_task(name)
    for key, value in settings.items():
        setattr(task, key, value)
    task.dataset, task.data_loaded = data, True
    task.hf_subsets = [subset]
    return task.evaluate(Model(), split="test", encode_kwargs={})[subset]


def flat(scores):
    """Numbers only; NaN as a text."""
    return {k: float(v) if math.isfinite(v) else "nan" for k, v in scores.items()
            if isinstance(v, (int, float, np.number))}


def text(words, n):
    return " ".join(draw.choice(words) for _ in range(n))


def changed(sentence, n):
    words = sentence.split(" ")
    for _ in range(n):
        words[draw.randrange(len(words))] = draw.choice(WORDS)
    return " ".join(words)


def pairs(n):
    first = [text(WORDS, draw.randint(2, 6)) for _ in range(n)]
    changes = [draw.randint(0, 4) for _ in range(n)]
    return first, [changed(s, c) for s, c in zip(first, changes)], changes


def sts():
    first, second, changes = pairs(30)
    gold = [float(max(0, min(5, 5 - c + draw.choice([-1, 0, 0.5])))) for c in changes]
    data = {"sentence1": first, "sentence2": second, "score": gold}
    return data | {"scores": flat(scores_of("STSBenchmark", {"test": Dataset.from_dict(data)}))}


def bitext():
    second = list({text(WORDS, 4) for _ in range(40)})
    second.sort()
    first = [changed(s, draw.randint(0, 3)) for s in second]
    data = {"sentence1": first, "sentence2": second}
    return data | {"scores": flat(scores_of("Tatoeba", {"deu-eng": {"test": Dataset.from_dict(data)}}, "deu-eng"))}


def pair_classification():
    first, second, changes = pairs(40)
    labels = [int(c + draw.choice([0, 0, 1, 2]) < 3) for c in changes]
    data = {"sentence1": first, "sentence2": second, "labels": labels}
    return data | {"scores": flat(scores_of("SprintDuplicateQuestions", {"test": Dataset.from_dict(data)}))}


def labelled(n, classes, share):
    topics = [draw.sample(WORDS, 6) for _ in range(classes)]
    labels = [i % classes for i in range(n)]
    return {"text": [text(topics[c] if draw.random() < share else WORDS, 4) for c in labels], "label": labels}


def classification(classes, n, per_label, share):
    both = labelled(2 * n, classes, share)
    train, test = ({k: v[part] for k, v in both.items()} for part in (slice(n), slice(n, None)))
    order = draw.sample(range(n), n)
    train = {k: [v[i] for i in order] for k, v in train.items()}
    data = DatasetDict({"train": Dataset.from_dict(train), "test": Dataset.from_dict(test)})
    scores = scores_of("Banking77Classification", data, samples_per_label=per_label)
    return {"train": train, "test": test, "per_label": per_label, "scores": flat(scores),
            "runs": {k: [float(e[k]) for e in scores["scores_per_experiment"]] for k in ("accuracy", "f1")}}


def clusters(n, k):
    """Far from each other, so that every k-means finds them; a few labels are of another cluster."""
    centers = [" ".join(draw.choice(WORDS) for _ in range(3) for _ in range(1)) for _ in range(k)]
    labels, texts = [], []
    for i in range(n):
        labels.append(f"label{i % k if draw.random() < 0.8 else draw.randrange(k)}")
        texts.append(" ".join([centers[i % k]] * 12 + [draw.choice(WORDS)]))
    return {"sentences": texts, "labels": labels}


def clustering():
    sets = [clusters(60, 3), clusters(45, 4), {"sentences": ["one", "two"], "labels": ["same", "same"]}]
    scores = scores_of("MasakhaNEWSClusteringS2S", {"eng": {"test": Dataset.from_list(sets)}}, "eng")
    return {"sets": sets, "scores": flat(scores), "runs": [float(v) for v in scores["v_measures"]]}


def clustering_fast():
    first, second = clusters(70, 4), clusters(50, 3)
    data = {"eng_Latn": {"test": Dataset.from_dict(first)}, "nld_Latn": {"test": Dataset.from_dict(second)}}
    task = mteb.get_task("SIB200ClusteringS2S")
    task.dataset, task.data_loaded, task.hf_subsets = data, True, ["eng_Latn", "nld_Latn"]
    found = task.evaluate(Model(), split="test", encode_kwargs={})  # the second goes on with the first one's draws
    return [{"data": d, "scores": flat(s), "runs": [float(v) for v in s["v_measures"]["Level 0"]]}
            for d, s in zip((first, second), found.values())]


def clustering_levels():
    """Labels in lists, of strings and of numbers. The texts of the first cluster have the first level alone: on the next
    they are a class of their own, or left out. On each level there are as many labels as clusters."""
    task = mteb.get_task("SIB200ClusteringS2S")
    task.data_loaded, task.hf_subsets, task.max_document_to_embed, found = True, ["eng_Latn"], 60, []
    for k, of_numbers, depth in ((3, False, None), (4, True, None), (3, False, 2)):  # each goes on with the draws before
        data = clusters(75, k)
        for i, label in enumerate(data["labels"]):
            number = int(label[-1])
            finer = max(number, 1)
            levels = [number, 10 + finer, 20] if of_numbers else [f"coarse{number}", f"fine{finer}", "third"]
            data["labels"][i] = levels[:1 if i % k == 0 else 3 if of_numbers or depth else 2]
        task.dataset, task.max_depth = {"eng_Latn": {"test": Dataset.from_dict(data)}}, depth
        scores = task.evaluate(Model(), split="test", encode_kwargs={})["eng_Latn"]
        found.append({"data": data, "max_depth": depth or 0, "most_texts": 60, "scores": flat(scores),
                      "runs": {level: [float(v) for v in runs] for level, runs in scores["v_measures"].items()}})
    return found


def retrieval(name):
    documents = [{"id": f"d{i}" if i % 7 else f"q{i}", "title": text(WORDS, 2) if i % 3 else "", "text": text(WORDS, draw.randint(3, 9))}
                 for i in range(60)]
    for i in (5, 17, 30):  # ties
        documents[i + 1] = dict(documents[i], id=f"e{i}")
    documents[9]["text"] = "  " + documents[9]["text"] + "\u3000"
    queries, judged = [], {}
    for i in range(12):
        target = draw.randrange(60)
        query = {"id": f"q{i}", "text": changed(documents[target]["text"].strip(), 2)}
        queries.append(query)
        judged[query["id"]] = {documents[target]["id"]: 2, **{f"d{draw.randrange(60)}": draw.randint(0, 1) for _ in range(3)}}
    judged["q3"] = {"d1": 0}
    scores = scores_of(name, {"default": {"test": {"corpus": Dataset.from_list(documents), "queries": Dataset.from_list(queries),
                                                   "relevant_docs": judged, "top_ranked": None}}})
    return {"documents": documents, "queries": queries, "judged": judged, "scores": flat(scores)}


def reranking():
    rows = []
    for _ in range(10):
        query = text(WORDS, 5)
        positive = [changed(query, 3) for _ in range(draw.randint(1, 3))]
        rows.append({"query": query, "positive": positive, "negative": [changed(query, 4) for _ in range(6)] + positive[:1]})
    rows.insert(3, {"query": "none", "positive": [], "negative": ["some"]})
    corpus, queries, judged, top = [], [], defaultdict(dict), defaultdict(list)
    kept = [r for r in rows if r["positive"] and r["negative"]]
    for i, row in enumerate(kept):
        item = AbsTaskReranking._process_example(None, row, "test", i)
        queries.append({"id": item["query_id"], "text": item["query"]})
        for id_, document, relevance in zip(item["doc_ids"], item["doc_texts"], item["relevance_scores"]):
            corpus.append({"id": id_, "title": "", "text": document})
            top[item["query_id"]].append(id_)
            judged[item["query_id"]][id_] = relevance
    scores = scores_of("AskUbuntuDupQuestions", {"default": {"test": {"corpus": Dataset.from_list(corpus), "queries": Dataset.from_list(queries),
                                                                      "relevant_docs": dict(judged), "top_ranked": dict(top)}}})
    return {"rows": rows, "scores": flat(scores)}


def reranking_merged():
    """Queries of one searcher, "s1_0" and "s1_1", with the same judgements and candidates of their own, some shared."""
    documents = {f"d{i}": text(WORDS, draw.randint(3, 6)) for i in range(30)}
    documents["d8"] = documents["d7"]  # a tie
    rows, judged, top = [], {}, {}
    for searcher in range(5):
        judgements = {f"d{draw.randrange(30)}": draw.randint(0, 2) for _ in range(6)} | {"d7": 1}
        for i in range(draw.randint(1, 3)):
            id_ = f"s_{searcher}_{i}"
            target = documents[draw.choice(sorted(judgements))]
            top[id_] = sorted({"d7", "d8", *draw.sample(sorted(documents), 9)}, reverse=True)
            judged[id_] = judgements
            rows.append({"id": id_, "text": changed(target, 2), "candidates": top[id_], "judged": judgements})
    corpus = [{"id": id_, "title": "", "text": t} for id_, t in documents.items()]
    queries = [{"id": row["id"], "text": row["text"]} for row in rows]
    scores = scores_of("MindSmallReranking", {"default": {"test": {"corpus": Dataset.from_list(corpus), "queries": Dataset.from_list(queries),
                                                                   "relevant_docs": judged, "top_ranked": top}}})
    return {"documents": documents, "rows": rows, "scores": flat(scores)}


def summarization():
    rows = []
    for i in range(8):
        source = text(WORDS, 8)
        human = [changed(source, 3) for _ in range(3)]
        changes = [draw.randint(0, 7) for _ in range(5)]
        relevance = [float(7 - c + draw.choice([-2, 0, 1])) for c in changes]
        rows.append({"text": source, "human_summaries": human, "machine_summaries": [changed(human[0], c) for c in changes],
                     "relevance": relevance if i != 4 else [2.0] * 5})
    rows[6]["machine_summaries"] = [rows[6]["machine_summaries"][0]] * 5
    data = {"test": Dataset.from_list(rows)}
    return {"rows": rows, "first_version": flat(scores_of("SummEval", data)), "scores": flat(scores_of("SummEvalSummarization.v2", data))}


parts = {"embeddings": [{"text": t, "vector": embed(t)} for t in ("", "one", "two one", "größer")],
         "sts": sts(), "bitext": bitext(), "pair_classification": pair_classification(),
         "classification": [classification(2, 40, 8, 0.6), classification(4, 60, 5, 0.7)],
         "clustering": clustering(), "clustering_fast": clustering_fast(),
         "retrieval": retrieval("SciFact"), "retrieval_without_own": retrieval("ArguAna"),
         "reranking": reranking(), "summarization": summarization(), "clustering_levels": clustering_levels(),
         "reranking_merged": reranking_merged()}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write('{"note":"Written by make_protocol_goldens.py.",\n')
    file.write(",\n".join(f"{json.dumps(name)}:{json.dumps(part, separators=(',', ':'), ensure_ascii=False)}" for name, part in parts.items()) + "}\n")
