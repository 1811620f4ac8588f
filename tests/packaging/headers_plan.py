# Headers come in; how each is compiled as if alone goes out, in a fraction of the time:
#   headers_plan.py FOLDER HEADER…        in the folder that the headers' names begin at
# Prints a line for each file that is to be precompiled, "- FILE.hpp", which it writes to FOLDER; then a line for each
# header that is to be compiled, with the precompiled file that comes before it, or none:  "FILE.hpp HEADER"  "- HEADER".
#
# What a header's own text needs, its includes have to bring. A precompiled file hides nothing that is missing if all of
# it is brought by those includes that stand above the header's first line of code; then it only brings it earlier. And
# what a header includes before anything else is compiled with nothing before it, or only with what it brings itself: it
# need not be compiled again.
import os
import re
import sys

DEAR = {"nlohmann/json.hpp": 1.0, "Eigen/Core": 0.7, "Eigen/Dense": 1.5, "Eigen/Eigenvalues": 0.8}  # seconds, by clang
CHEAP = 0.03  # another header that is not ours
BYTE = 2e-6   # of ours
LEAST_GAIN = 4.0  # for one more precompiled file


class Includes:
    """What a file includes: above its first line of code, in any case, and at most."""

    def __init__(self, path):
        self.first = None
        self.leading, self.sure, self.possible = [], [], []
        conditions, code = [], False
        for line in open(path, encoding="utf-8"):
            line = line.strip()
            if re.match(r"#\s*if", line):
                conditions.append(line)
            elif re.match(r"#\s*endif", line):
                conditions.pop()
            elif re.match(r"#\s*else|#\s*elif", line):
                conditions[-1] = line
            elif match := re.match(r'#\s*include\s*[<"]([^>"]+)[>"]', line):
                name = match[1]
                sure = all(condition == "#if GLOSSA_WITH_DEFINITIONS" for condition in conditions)
                self.possible.append(name)
                if sure:
                    self.sure.append(name)
                if sure and not code:
                    self.leading.append(name)
                    if self.first is None and len(self.possible) == 1:
                        self.first = name
            elif line and not line.startswith(("//", "#")):
                code = True


folder, headers = sys.argv[1], sys.argv[2:]
files = {}
waiting = list(headers)
while waiting:
    name = waiting.pop()
    if name not in files and os.path.exists(name):
        files[name] = Includes(name)
        waiting += files[name].possible


def reached(starts, edges, without=None):
    """All that is included where `starts` are, and `without` is not."""
    found, left = set(), list(starts)
    while left:
        name = left.pop()
        if name not in found and name != without:
            found.add(name)
            left += getattr(files[name], edges) if name in files else []
    return frozenset(found)


def cost(names):
    return sum(BYTE * os.path.getsize(n) if n in files else DEAR.get(n, CHEAP) for n in names)


class Precompiled:
    def __init__(self, roots):
        self.roots = roots
        self.content = reached(roots, "possible")
        self.saves = cost(self.content) - CHEAP

    def fits(self, header):
        return header not in self.content and self.roots <= brought[header]


brought = {h: reached(files[h].leading, "sure", h) for h in headers}
candidates = {}
for h in headers:
    for roots in (frozenset(files[h].leading), frozenset([h])):
        if roots:
            candidates[roots] = Precompiled(roots)
candidates = {c: [h for h in headers if c.fits(h)] for c in candidates.values()}

# Greedily: the one that saves most beside those that are chosen.
chosen = {h: None for h in headers}
numbers = {}
saved = lambda h: chosen[h].saves if chosen[h] else 0
while True:
    gain = lambda c: sum(max(0, c.saves - saved(h)) for h in candidates[c]) - c.saves
    best = max(candidates, key=gain)
    if gain(best) < LEAST_GAIN:
        break
    numbers[best] = f"precompiled_{len(numbers)}.hpp"
    for h in candidates[best]:
        if best.saves > saved(h):
            chosen[h] = best

seen, checks = set(), []


def check(header):
    before = chosen[header]
    checks.append(f"{numbers[before] if before else '-'} {header}")
    while header in brought and header not in seen:
        seen.add(header)
        header = files[header].first
        if before and header in brought and not before.fits(header):
            break


firsts = {files[h].first for h in headers}
for h in [h for h in headers if h not in firsts] + headers:
    if h not in seen:
        check(h)

for precompiled, name in numbers.items():
    if precompiled in chosen.values():
        with open(os.path.join(folder, name), "w") as out:
            out.writelines(f"#include <{root}>\n" for root in sorted(precompiled.roots))
        print("-", name)
print("\n".join(checks))
