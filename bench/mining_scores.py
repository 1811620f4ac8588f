#!/usr/bin/env python3
"""A model and data come in; tables of how well translations and near-duplicates are found go out.

    python3 bench/mining_scores.py --model models/multilingual-e5-small --data DATA [--tool build/bin/glossa] [--parts 1,0.5,0.1]

Needs pip install numpy. DATA has bitext/tatoeba-*-eng.jsonl ({"sentence1", "sentence2"}), clustering/sib200-*.jsonl,
clustering/masakhanews-eng.jsonl and retrieval/xquad-*/queries.jsonl.

Translations: both sides of a file are shuffled into one, with and without "lang", and glossa mine --mode translation is
asked for the pairs at its default. Beside it, made by NumPy from the same vectors: mutual nearest neighbours by the
ratio margin (Artetxe & Schwenk 2019, k = 4) on vectors without their language's mean, once among all lines, as it is
commonly done, and once between the languages alone. --parts: the share of the lines that keep both sides; of the others
half lose the one and half the other. A cell is precision / recall.

Near-duplicates: 1,000 texts of a corpus that differ, and copies of 400 of them with other case, punctuation, spacing or
one word changed. glossa mine --mode near is asked for the pairs at its default, by letters alone and with vectors, and
the same for vectors alone. A pair that is no copy counts as wrong, though corpora of short sentences have near-duplicates
of their own: those are the third table.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
LANGUAGES = ("fra", "deu", "jpn", "swh", "tel", "spa")
CORPORA = {
    "SIB-200 English": ("clustering/sib200-eng_Latn.jsonl", "text"),
    "SIB-200 Dutch": ("clustering/sib200-nld_Latn.jsonl", "text"),
    "SIB-200 Swahili": ("clustering/sib200-swh_Latn.jsonl", "text"),
    "SIB-200 Thai": ("clustering/sib200-tha_Thai.jsonl", "text"),
    "MasakhaNEWS headlines": ("clustering/masakhanews-eng.jsonl", "text"),
    "Tatoeba German": ("bitext/tatoeba-deu-eng.jsonl", "sentence1"),
    "Tatoeba Japanese": ("bitext/tatoeba-jpn-eng.jsonl", "sentence1"),
    "Tatoeba Telugu": ("bitext/tatoeba-tel-eng.jsonl", "sentence1"),
    "XQuAD questions, Arabic": ("retrieval/xquad-ar/queries.jsonl", "text"),
    "XQuAD questions, Chinese": ("retrieval/xquad-zh/queries.jsonl", "text"),
}
CHANGES = ("case", "punctuation", "spacing", "word")


class Glossa:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder

    def run(self, *command):
        result = subprocess.run([self.arguments.tool, *map(str, command)], capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"{self.arguments.tool}: {result.stderr.strip() or result.returncode}")
        return result.stdout

    def write(self, lines):
        path = self.folder / "lines.jsonl"
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        return path

    def embed(self, texts):
        lines, vectors = self.write([{"text": text} for text in texts]), self.folder / "embedded.npy"
        command = ["--model", self.arguments.model, "--role", self.arguments.role, "--input", lines]
        self.run("embed", *command, "--output", vectors, "--threads", self.arguments.threads)
        return np.load(vectors)

    def mine(self, mode, lines, vectors=None):
        """Pairs of ids."""
        command = ["mine", "--mode", mode, "--input", self.write(lines), "--threads", self.arguments.threads]
        if vectors is not None:
            np.save(self.folder / "vectors.npy", vectors)
            command += ["--vectors", self.folder / "vectors.npy"]
        found = [json.loads(line) for line in self.run(*command).splitlines()]
        return [tuple(sorted((pair["a"], pair["b"]))) for pair in found]


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def mutual_margins(vectors, languages, across, neighbours=4):
    """The baseline."""
    rows = unit(vectors.astype(np.float64))
    for language in set(languages):
        own = languages == language
        rows[own] -= rows[own].mean(axis=0)
    rows = unit(rows)
    cosines = rows @ rows.T
    cosines[languages[:, None] == languages[None, :] if across else np.eye(len(rows), dtype=bool)] = -np.inf
    means = -np.sort(-cosines, axis=1)[:, :neighbours].mean(axis=1)
    best = (cosines / (means[:, None] + means[None, :])).argmax(axis=1)
    return [(i, int(j)) for i, j in enumerate(best) if best[j] == i and i < j]


def scores(pairs, truth):
    right = len(set(pairs) & truth)
    return right / max(1, len(pairs)), right / len(truth)


def cell(pairs, truth):
    return "{:.3f} / {:.3f}".format(*scores(pairs, truth))


def translations(glossa, data, part):
    print(f"\n| Tatoeba, {part:.0%} of the lines with a translation | mutual margin, language-centred, among all "
          "| the same between languages | glossa mine, with lang | glossa mine, without |\n|---|---:|---:|---:|---:|")
    for language in LANGUAGES:
        path = data / "bitext" / f"tatoeba-{language}-eng.jsonl"
        rows = [json.loads(line) for line in path.open(encoding="utf-8")]
        kept = int(len(rows) * part)
        split = kept + (len(rows) - kept) // 2
        sides = [("xx", row["sentence1"], i) for i, row in enumerate(rows) if i < split]
        sides += [("en", row["sentence2"], i) for i, row in enumerate(rows) if i < kept or i >= split]
        random.Random(1).shuffle(sides)
        place = {(lang, i): n for n, (lang, _, i) in enumerate(sides)}
        truth = {tuple(sorted((place["xx", i], place["en", i]))) for i in range(kept)}
        vectors = glossa.embed([text for _, text, _ in sides])
        languages = np.array([lang for lang, _, _ in sides])
        lines = [{"id": n, "text": text, "lang": lang} for n, (lang, text, _) in enumerate(sides)]
        bare = [{"id": line["id"], "text": line["text"]} for line in lines]
        cells = [mutual_margins(vectors, languages, False), mutual_margins(vectors, languages, True)]
        cells += [glossa.mine("translation", lines, vectors), glossa.mine("translation", bare, vectors)]
        print(f"| {language} | " + " | ".join(cell(pairs, truth) for pairs in cells) + " |", flush=True)


UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def has_words(text):
    """Whether spaces stand between its words; two letters are changed where there are none."""
    letters = [c for c in text if c.isalpha()]
    return 2 * sum(unicodedata.name(c, "").startswith(UNSPACED) for c in letters) <= len(letters)


def changed(text, change, pieces, random_):
    if change == "case":
        return random_.choice([text.upper(), text.lower()])
    if change == "punctuation":
        bare = "".join(c for c in text if not unicodedata.category(c).startswith("P"))
        return random_.choice([bare, text.rstrip(".。!?！？") + "!!", text.rstrip(".。!?！？") + "..."])
    if change == "spacing":
        words = text.split(" ")
        at = random_.randrange(len(words))
        return " ".join(words[:at]) + "   " + " ".join(words[at:]) + " "
    if has_words(text):
        words = text.split()
        words[random_.randrange(len(words))] = random_.choice(pieces)
        return " ".join(words)
    at = random_.randrange(max(1, len(text) - 2))
    return text[:at] + random_.choice(pieces) + text[at + 2 :]


def key(text):
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def near_duplicates(glossa, data):
    print("\n| near-duplicates | texts | copies | glossa mine, letters alone | with vectors | vectors alone |"
          "\n|---|---:|---:|---:|---:|---:|")
    examples = []
    for name, (path, field) in CORPORA.items():
        texts = [json.loads(line)[field] for line in (data / path).open(encoding="utf-8")]
        texts = list({key(text): text for text in reversed(texts) if len(key(text)) > 5}.values())
        random_ = random.Random(1)
        random_.shuffle(texts)
        texts = texts[:1000]
        pieces = [word for text in texts for word in (text.split() if has_words(text) else [text[:2], text[-4:-2]])]
        originals, truth = len(texts), set()
        for i in range(min(400, originals // 2)):
            copy = changed(texts[i], CHANGES[i % len(CHANGES)], pieces, random_)
            if copy != texts[i]:  # no case, no punctuation
                truth.add((i, len(texts)))
                texts.append(copy)
        vectors = glossa.embed(texts)
        lines = [{"id": i, "text": text} for i, text in enumerate(texts)]
        letters = glossa.mine("near", lines)
        cells = [letters, glossa.mine("near", lines, vectors)]
        cells += [glossa.mine("near", [{"id": i} for i in range(len(texts))], vectors)]
        print(f"| {name} | {originals:,} | {len(truth)} | " + " | ".join(cell(pairs, truth) for pairs in cells) + " |",
              flush=True)
        wrong = [pair for pair in letters if pair not in truth and max(pair) < originals]
        examples += [(name, texts[a], texts[b]) for a, b in wrong[:2]]
    print("\n| corpus | counted as wrong | |\n|---|---|---|")
    for row in examples:
        print("| " + " | ".join(part.replace("|", "\\|") for part in row) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--tool", default=HERE.parent / "build/bin/glossa")
    parser.add_argument("--role", default="none")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--parts", default="1,0.5,0.1")
    parser.add_argument("--only", choices=("translation", "near"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        glossa = Glossa(arguments, pathlib.Path(folder))
        if arguments.only != "near":
            for part in map(float, arguments.parts.split(",")):
                translations(glossa, arguments.data, part)
        if arguments.only != "translation":
            near_duplicates(glossa, arguments.data)


if __name__ == "__main__":
    main()
