#!/usr/bin/env python3
"""The sentences of workload_texts.txt come in; workload.json goes out.

    python3 bench/make_workload.py        rewrites bench/workload.json

All texts were written for this project, in English and then in eleven other languages, and are under its licence. Q are
the questions; S the sentences; P four passages a language, of ten sentences that follow one another (after the last
comes the first). The prompts are those of the e5 family.
"""

import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
PASSAGES, SENTENCES = 4, 10
WITHOUT_SPACES = {"zh", "ja"}


def read_languages(path):
    """{language: (questions, sentences)}"""
    languages = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            languages[line[2:]] = questions, sentences = [], []
        elif line.startswith("? "):
            questions.append(line[2:])
        else:
            sentences.append(line)
    return languages


def passages(language, sentences):
    joint = "" if language in WITHOUT_SPACES else " "
    for number in range(PASSAGES):
        first = number * len(sentences) // PASSAGES
        yield joint.join((sentences + sentences)[first:first + SENTENCES])


def main():
    workload = {"origin": "made by make_workload.py of workload_texts.txt, which was written for this project",
                "Q": [], "S": [], "P": []}
    for language, (questions, sentences) in read_languages(HERE / "workload_texts.txt").items():
        workload["Q"] += ["query: " + text for text in questions]
        workload["S"] += ["passage: " + text for text in sentences]
        workload["P"] += ["passage: " + text for text in passages(language, sentences)]
    text = json.dumps(workload, ensure_ascii=False, indent=0) + "\n"
    (HERE / "workload.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
