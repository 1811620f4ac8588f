# Compares the tasks that glossa knows by name with those of the installed python mteb, and prints what differs: the kind
# of the task, revision, split, main score, language, settings, and whether mteb draws its data by chance when it loads
# it. A part of the peers suite (tests/peers/run.sh); exits with 1 where something differs. Nothing is downloaded.
#   glossa eval tasks --json | python check_known_tasks.py
# With the name of a benchmark, such as "MTEB(eng, v2)", also prints which of its tasks are not known, and their kind.
import inspect
import json
import re
import sys

import mteb
from mteb.abstasks.clustering import AbsTaskClustering
from mteb.abstasks.clustering_legacy import AbsTaskClusteringLegacy

CATEGORIES = {"STS": "sts", "BitextMining": "bitext", "Classification": "classification", "Reranking": "reranking",
              "PairClassification": "pair_classification", "Retrieval": "retrieval", "Summarization": "summarization"}
# What mteb's loading code calls where it leaves something to chance.
DRAWS = re.compile(r"stratified_subsampling|train_test_split|\.shuffle\(|\.sample\(|\bchoice|_convert_to_fast|default_rng")
# Settings that the protocols here do not have, and the values that they are written for.
FIXED = {"classification": {"train_split": "train", "is_cross_validation": False},
         "clustering_fast": {"max_documents_per_cluster": 16384, "k_mean_batch_size": 512},
         "bitext": {}, "sts": {"input1_prompt_type": None, "input2_prompt_type": None},
         "pair_classification": {"input1_prompt_type": None, "input2_prompt_type": None},
         "retrieval": {"skip_first_result": False}, "reranking": {"skip_first_result": False, "ignore_identical_ids": False}}


def category_of(task):
    if isinstance(task, AbsTaskClustering):
        return "clustering_fast"
    if isinstance(task, AbsTaskClusteringLegacy):
        return "clustering"
    return CATEGORIES.get(task.metadata.type, task.metadata.type)


def loading_code(task):
    """What the task's own classes and the functions of their modules do to data."""
    code = ""
    for cls in type(task).__mro__:
        if cls.__module__.startswith("mteb.tasks"):
            for name in ("load_data", "dataset_transform"):
                if name in vars(cls):
                    code += inspect.getsource(vars(cls)[name])
            module = sys.modules[cls.__module__]
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == cls.__module__ and re.search(rf"\b{name}\(", code):
                    code += inspect.getsource(function)
    return code


def facts_of(task):
    """mteb's word for each field of glossa's."""
    data = task.metadata
    category = category_of(task)
    languages = [] if data.is_multilingual else list(data.eval_langs)
    facts = {"category": category, "revision": data.dataset["revision"], "main_score": data.main_score,
             "languages": languages, "draws_data": bool(DRAWS.search(loading_code(task)))}
    if category == "classification":
        facts["samples_per_label"] = task.samples_per_label
        facts["experiments"] = 0 if task.n_experiments == 10 else task.n_experiments
    if category == "clustering_fast":
        facts["most_texts"] = task.max_document_to_embed or 0
        is_reset = "self.max_fraction_of_documents_to_embed = None" in loading_code(task)
        facts["text_share"] = 0 if is_reset else task.max_fraction_of_documents_to_embed or 0
        facts["most_levels"] = task.max_depth or 0
        facts["experiments"] = 0 if task.n_clusters == 10 else task.n_clusters
    if category == "retrieval":
        facts["ignore_identical_ids"] = task.ignore_identical_ids
    return facts


def differences(ours):
    try:
        task = mteb.get_task(ours["task"])
    except KeyError:
        return ["mteb has no such task"]
    found = []
    facts = facts_of(task)
    for name, value in facts.items():
        if ours[name] != value:
            found.append(f"{name}: glossa {ours[name]!r}, mteb {value!r}")
    if ours["split"] not in task.metadata.eval_splits:
        found.append(f"split: glossa {ours['split']!r}, mteb {task.metadata.eval_splits}")
    for name, value in FIXED.get(facts["category"], {}).items():
        if getattr(task, name) != value:
            found.append(f"mteb has {name} = {getattr(task, name)!r}, which is not implemented")
    return found


known = [json.loads(line) for line in sys.stdin]
count = 0
for one in known:
    for difference in differences(one):
        print(f"{one['task']}: {difference}")
        count += 1
names = {one["task"] for one in known}
for benchmark in sys.argv[1:]:
    for task in mteb.get_benchmark(benchmark).tasks:
        name = task.metadata.name
        if name not in names:
            print(f"{benchmark}: {name} ({category_of(task)}) is not known")
        else:
            split = next(one["split"] for one in known if one["task"] == name)
            if split not in task.eval_splits:
                print(f"{benchmark}: {name} is scored on {task.eval_splits}, and known with {split!r}")
                count += 1
print(f"{len(known)} tasks, {count} differences to mteb {mteb.__version__}")
sys.exit(count > 0)
