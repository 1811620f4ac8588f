#!/usr/bin/env python3
"""Texts in many languages come in; how fast glossa and the two reference tokenizers split them on one thread goes out.

    python3 bench/compare_tokenizing.py --model models/multilingual-e5-small DATA...

DATA: files of JSON lines, or folders with such files, of which all distinct strings with a space or a letter beyond
ASCII are taken, in one random but fixed order; other files are texts, one a line. Needs bench_tokenizing (the native or
release preset with GLOSSA_BUILD_BENCH) and pip install tokenizers sentencepiece. Each reads all texts once, new: no
program has seen them before. The median of --rounds in turn counts.
"""

import argparse
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NOT_TEXT = {"id", "_id", "lang", "label"}

HUGGING_FACE = """
import sys, time
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file(sys.argv[1] + "/tokenizer.json")
tokenizer.no_padding(); tokenizer.no_truncation()
texts = open(sys.argv[2], encoding="utf-8", newline="\\n").read().split("\\n")
start = time.perf_counter()
tokens = sum(len(tokenizer.encode(text).ids) for text in texts)
print(time.perf_counter() - start, tokens)
"""

SENTENCEPIECE = """
import sys, time
from sentencepiece import SentencePieceProcessor
tokenizer = SentencePieceProcessor(model_file=sys.argv[1] + "/sentencepiece.bpe.model")
texts = open(sys.argv[2], encoding="utf-8", newline="\\n").read().split("\\n")
start = time.perf_counter()
tokens = sum(len(tokenizer.encode(text)) + 2 for text in texts)
print(time.perf_counter() - start, tokens)
"""


def strings(value):
    """All texts in a JSON value."""
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in NOT_TEXT:
                yield from strings(item)


def read_texts(paths):
    texts = {}
    for path in map(pathlib.Path, paths):
        files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
        if not files:
            sys.exit(f"{path}: no .jsonl file is in this folder")
        for file in files:
            with open(file, encoding="utf-8") as lines:
                for line in filter(str.strip, lines):
                    found = strings(json.loads(line)) if file.suffix == ".jsonl" else [" ".join(line.split())]
                    texts.update((text, None) for text in found if " " in text or not text.isascii())
    texts = list(texts)
    random.Random(1).shuffle(texts)
    return texts


def seconds_of(command):
    """What a program printed as its seconds, and as its tokens."""
    environment = {**os.environ, "RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        sys.exit(f"{command[0]}: {(result.stderr or result.stdout).strip() or result.returncode}")
    seconds, tokens = re.findall(r"\d+\.\d+(?:e-?\d+)?|\d+", result.stdout)[-2:]
    return float(seconds), int(tokens)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a folder with tokenizer.json and sentencepiece.bpe.model")
    parser.add_argument("--tool", default=HERE.parent / "build/bin/bench_tokenizing")
    parser.add_argument("--python", default=sys.executable, help="a Python that has tokenizers and sentencepiece")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("data", nargs="+", metavar="DATA")
    arguments = parser.parse_args()
    texts = read_texts(arguments.data)
    size = sum(len(text.encode()) for text in texts)
    foreign = sum(len(text.encode()) for text in texts if sum(c > "\x7f" for c in text) * 30 > len(text))
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "texts.txt"
        file.write_text("\n".join(texts), encoding="utf-8", newline="\n")
        programs = {
            "glossa": [arguments.tool, "--model", arguments.model, "--once", file],
            "sentencepiece": [arguments.python, "-c", SENTENCEPIECE, arguments.model, file],
            "tokenizers": [arguments.python, "-c", HUGGING_FACE, arguments.model, file],
        }
        seconds = {name: [] for name in programs}
        tokens = {}
        for _ in range(arguments.rounds):
            for name, command in programs.items():
                taken, tokens[name] = seconds_of(command)
                seconds[name].append(taken)
    print(f"{len(texts)} texts, {size / 1e6:.1f} MB, of these {100 * foreign / size:.0f} % in texts with letters beyond ASCII\n")
    print("| tokenizer | MB/s | tokens |\n|---|---:|---:|")
    for name, taken in seconds.items():
        print(f"| {name} | {size / statistics.median(taken) / 1e6:.1f} | {tokens[name]} |")


if __name__ == "__main__":
    main()
