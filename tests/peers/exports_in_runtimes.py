#!/usr/bin/env python3
"""A built glossa, a model and texts come in; whether ONNX Runtime and OpenVINO take what it exports goes out.

    python3 tests/peers/exports_in_runtimes.py GLOSSA MODEL TEXTS.jsonl RUNTIME

RUNTIME is onnx or openvino. Every precision is exported, in ONNX with both kinds of operators, and checked by
tests/export/check_export.py, against the vectors that `glossa embed` gives; where optimum is installed for the runtime,
sentence-transformers loads the folders, too. Exit status 1 where anything fails.
"""

import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

PRECISIONS = ("f32", "f16", "int8", "int8-static", "int4-int8")
FORMS = {
    "onnx": [["--precision", precision, *operators] for precision in PRECISIONS
             for operators in ([], ["--operators", "runtime"])]
    + [["--precision", "f32", "--external-data"], ["--precision", "f32", "--token-type-ids"]],
    "openvino": [["--precision", precision] for precision in PRECISIONS]
    + [["--precision", "f32", "--token-type-ids"]],
}
LOADERS = {"onnx": "optimum.onnxruntime", "openvino": "optimum.intel"}


def is_installed(module):
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def main():
    if len(sys.argv) != 5 or sys.argv[4] not in FORMS:
        sys.exit(__doc__)
    tool, model, texts = map(pathlib.Path, sys.argv[1:4])
    runtime = sys.argv[4]
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        rows = [json.loads(line) for line in filter(None, texts.read_text(encoding="utf-8").split("\n"))]
        given = folder / "texts.jsonl"
        given.write_text("".join(json.dumps({"text": row["text"]}) + "\n" for row in rows if row["text"].strip()),
                         encoding="utf-8")
        vectors = folder / "vectors.npy"
        commands = [["embed", "--model", model, "--precision", "f32", "--input", given, "--format", "jsonl", "--output",
                     vectors, "--output-format", "npy"]]
        exported = []
        for number, options in enumerate(FORMS[runtime]):
            exported.append(folder / f"{number}-{'-'.join(option.lstrip('-') for option in options)}")
            commands.append(["export", runtime, "--model", model, *options, "--output", exported[-1]])
        for command in commands:  # in order: vectors, then folders
            if subprocess.run([tool, *map(str, command)]).returncode != 0:
                return 1
        loader = ["--sentence-transformers"] if is_installed(LOADERS[runtime]) else []
        if not loader:
            print(f"by sentence-transformers: not checked, as {LOADERS[runtime]} is not installed")
        checker = pathlib.Path(__file__).resolve().parent.parent / "export" / "check_export.py"
        return subprocess.run([sys.executable, checker, model, *exported, "--texts", given, "--vectors", vectors,
                               *loader]).returncode


if __name__ == "__main__":
    sys.exit(main())
