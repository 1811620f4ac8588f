#!/usr/bin/env python3
"""A built glossa, a model and texts come in; how far what it trained is from itself in sentence-transformers goes out.

    python3 tests/train/load_by_sentence_transformers.py GLOSSA MODEL TEXTS.jsonl

A part of the peers suite (tests/peers/run.sh). `glossa train` takes some steps on halves of texts of TEXTS.jsonl,
objects with "lang" and "text"; sentence-transformers loads the folder that it wrote, and both embed a text of each
language, a hundred at most. The same with adapters, which `glossa train` has merged into its folder, and
peft 0.21 puts into the first model; where peft is not installed, that is said and not checked. Exit status 1 where a
number differs by more than 1e-5, or where training changed nothing.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from sentence_transformers import SentenceTransformer

MOST = 1e-5
LEAST_CHANGE = 1e-3
LANGUAGES = 100
STEPS = ["--steps", "12", "--batch-size", "16", "--anchor-role", "query", "--positive-role", "passage"]


def read_texts(path):
    """The texts of each language, blank ones left out."""
    languages = {}
    for line in filter(None, path.read_text(encoding="utf-8").split("\n")):
        row = json.loads(line)
        if row["text"].strip():
            languages.setdefault(row["lang"], []).append(row["text"])
    return languages


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


class Comparison:
    def __init__(self, tool, model, texts, folder):
        self.tool, self.model, self.folder = tool, model, folder
        languages = read_texts(texts)
        self.texts = [lines[0] for lines in languages.values()][:LANGUAGES]
        write_lines(folder / "texts.jsonl", [{"text": text} for text in self.texts])
        write_lines(folder / "pairs.jsonl", [{"anchor": text[:len(text) // 2], "positive": text[len(text) // 2:],
                                              "lang": lang}
                                             for lang, lines in languages.items()
                                             for text in [max(lines, key=len)] if len(text.split()) > 3])
        self.initial = self.embed(model)

    def run(self, *arguments):
        done = subprocess.run([self.tool, *map(str, arguments)], stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)

    def train(self, name, *options):
        self.run("train", "--model", self.model, "--data", self.folder / "pairs.jsonl", "--output", self.folder / name,
                 *STEPS, *options)
        return self.folder / name

    def embed(self, model):
        output = self.folder / "vectors.npy"
        self.run("embed", "--model", model, "--role", "query", "--input", self.folder / "texts.jsonl", "--format",
                 "jsonl", "--output", output, "--output-format", "npy")
        return np.load(output)

    def passes(self, name, trained, theirs):
        own = self.embed(trained)
        change = np.abs(own - self.initial).max()
        difference = np.abs(own - theirs.encode(self.texts, prompt_name="query")).max()
        print(f"{name}: {len(self.texts)} texts, largest difference {difference:.1e}; training changed {change:.1e}",
              flush=True)
        return bool(difference <= MOST and change >= LEAST_CHANGE)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tool, model, texts = map(pathlib.Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as place:
        compare = Comparison(tool.resolve(), model, texts, pathlib.Path(place))
        trained = compare.train("trained", "--learning-rate", "5e-5")
        passed = compare.passes("all weights", trained, SentenceTransformer(str(trained), device="cpu"))
        adapters = compare.folder / "adapters"
        merged = compare.train("merged", "--lora-rank", "8", "--learning-rate", "1e-3", "--adapters", adapters)
        passed &= compare.passes("adapters, merged", merged, SentenceTransformer(str(merged), device="cpu"))
        try:
            import peft
        except ImportError:
            print("adapters, by peft: not checked, as peft is not installed")
            return 0 if passed else 1
        theirs = SentenceTransformer(str(model), device="cpu")
        theirs[0].auto_model = peft.PeftModel.from_pretrained(theirs[0].auto_model, str(adapters))
        passed &= compare.passes("adapters, by peft", merged, theirs)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
