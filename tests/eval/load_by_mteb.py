#!/usr/bin/env python3
"""Result files of `glossa eval --results` come in; what python mteb makes of them goes out, file by file.

    python3 tests/eval/load_by_mteb.py RESULTS

A part of the peers suite (tests/peers/run.sh), which makes results for it. Each file is read by
TaskResult.from_disk(), which checks it against mteb's schema, and once more from the folder as a whole by ResultCache;
the scores are those that stand in the file. Exit status 1 where mteb refuses a file, leaves one out or has another
score: NaN too, unless that stands in the file.
"""

import json
import math
import pathlib
import shutil
import sys
import tempfile

from mteb.cache import ResultCache
from mteb.results import TaskResult


def mean(values):
    return sum(values) / len(values)


def are_alike(own, theirs):
    return abs(own - theirs) <= 1e-9 or (math.isnan(own) and math.isnan(theirs))


def main():
    folder = pathlib.Path(sys.argv[1])
    files = sorted(path for path in folder.glob("*/*/*.json") if path.name != "model_meta.json")
    if not files:
        sys.exit(f"there are no results in {folder}")
    faults = 0
    for path in files:
        result = TaskResult.from_disk(path)
        written = json.loads(path.read_text(encoding="utf-8"))
        own = mean([mean([subset["main_score"] for subset in subsets]) for subsets in written["scores"].values()])
        theirs = result.get_score()
        differs = not are_alike(own, theirs)
        faults += differs
        print(f"{result.task_name:36} {'+'.join(result.scores):16} {len(result.hf_subsets):3} subsets, "
              f"main score {theirs:.6f}{': another than ' + str(own) if differs else ''}")
    with tempfile.TemporaryDirectory() as place:  # mteb wants them in a folder of this name
        shutil.copytree(folder, pathlib.Path(place) / "results")
        loaded = ResultCache(place).load_results(include_remote=False)
        found = sum(len(model.task_results) for model in loaded.model_results)
        names = ", ".join(sorted({model.model_name for model in loaded.model_results}))
    print(f"{found} of {len(files)} in the folder as mteb's cache, of {names}")
    return 1 if faults or found != len(files) else 0


if __name__ == "__main__":
    sys.exit(main())
