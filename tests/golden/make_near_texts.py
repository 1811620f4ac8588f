#!/usr/bin/env python3
"""Writes near_texts.json: sentences of six languages, copies of them with small changes, and which is a copy of which.

    python3 tests/golden/make_near_texts.py DATA_FOLDER > tests/golden/near_texts.json

The sentences are the first that differ of SIB-200 (dadelani/sib-200, CC BY-SA 4.0; English, Dutch, Swahili, Thai) and of
Tatoeba (CC BY 2.0; German, Japanese) in the files clustering/sib200-*.jsonl and bitext/tatoeba-*.jsonl of DATA_FOLDER.
Each of the first half is there a second time: in capitals or small letters, with its punctuation dropped or changed, with
other spacing, or with one word replaced by one of another sentence (two characters where there are no words).
"""

import json
import pathlib
import random
import sys
import unicodedata

SENTENCES = 60
FILES = {
    "eng": ("clustering/sib200-eng_Latn.jsonl", "text"),
    "nld": ("clustering/sib200-nld_Latn.jsonl", "text"),
    "swh": ("clustering/sib200-swh_Latn.jsonl", "text"),
    "tha": ("clustering/sib200-tha_Thai.jsonl", "text"),
    "deu": ("bitext/tatoeba-deu-eng.jsonl", "sentence1"),
    "jpn": ("bitext/tatoeba-jpn-eng.jsonl", "sentence1"),
}
CHANGES = ("case", "punctuation", "spacing", "word")


def has_words(text):
    return len(text) / len(text.split()) <= 12


def changed(text, change, others, random_):
    if change == "case":
        return random_.choice([text.upper(), text.lower(), text.swapcase()])
    if change == "punctuation":
        bare = "".join(c for c in text if not unicodedata.category(c).startswith("P"))
        return random_.choice([bare, text.rstrip(".。!?！？") + "!!", "«" + text + "»"])
    if change == "spacing":
        words = text.split(" ")
        at = random_.randrange(len(words))
        return "  " + " ".join(words[:at]) + "   " + " ".join(words[at:]) + "\t"
    if has_words(text):
        words = text.split()
        at = random_.randrange(len(words))
        words[at] = random_.choice([word for other in others for word in other.split() if word != words[at]])
        return " ".join(words)
    at = random_.randrange(len(text) - 2)
    other = random_.choice([other for other in others if len(other) > 4])
    start = random_.randrange(len(other) - 2)
    return text[:at] + other[start : start + 2] + text[at + 2 :]


def main():
    folder = pathlib.Path(sys.argv[1])
    random_ = random.Random(1)
    languages = {}
    for language, (name, field) in FILES.items():
        lines = (json.loads(line)[field] for line in (folder / name).open(encoding="utf-8"))
        # A word of four or five is a good part of a text, and nobody would call that nearly the same.
        long = [text for text in lines if len(text.split()) > 5 or not has_words(text)]
        texts = list(dict.fromkeys(long))[:SENTENCES]
        pairs = []
        for original in range(SENTENCES // 2):
            change = CHANGES[original % len(CHANGES)]
            copy = changed(texts[original], change, texts[SENTENCES // 2 : SENTENCES], random_)
            if copy == texts[original]:
                continue  # no case, no punctuation
            pairs.append([original, len(texts), change])
            texts.append(copy)
        languages[language] = {"texts": texts, "pairs": pairs}
    json.dump(languages, sys.stdout, ensure_ascii=False, indent=0)
    print()


if __name__ == "__main__":
    main()
