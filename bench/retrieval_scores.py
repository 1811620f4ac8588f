"""What benchmarks of retrieval have in common: commands that have to end well, a task's judgements, and nDCG@10."""

import math
import subprocess
import sys

TOP = 10


def run(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{command[0]}: {result.stderr.strip() or result.returncode}")
    return result.stdout


def read_judgements(path):
    """Grades by query and document."""
    grades = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0:
            grades.setdefault(query, {})[document] = int(grade)
    return grades


def ndcg(hits, grades):
    """Of one query: gains of the grades themselves, as trec_eval has them."""
    discounted = sum(grades.get(hit, 0) / math.log2(rank + 2) for rank, hit in enumerate(hits))
    best = sorted(grades.values(), reverse=True)[:TOP]
    return discounted / sum(grade / math.log2(rank + 2) for rank, grade in enumerate(best))
