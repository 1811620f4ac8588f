#!/usr/bin/env python3
"""A built glossa, a model and texts come in; whether ONNX Runtime and OpenVINO take all its exports goes out.

    python3 tests/peers/exports.py GLOSSA MODEL TEXTS.jsonl

TEXTS.jsonl has objects with "text". tests/export/check_export.py, which this starts for each folder, tells what it
checks. Exit status 1 where anything fails.
"""

import pathlib
import subprocess
import sys
import tempfile

PRECISIONS = ["f32", "f16", "int8", "int8-static", "int4-int8"]
OPTIONS = {"onnx": [["--precision", name] for name in PRECISIONS]
           + [["--precision", name, "--operators", "runtime"] for name in PRECISIONS]
           + [["--operators", "runtime-gpu"], ["--external-data"], ["--token-type-ids"]],
           "openvino": [["--precision", name] for name in PRECISIONS] + [["--token-type-ids"]]}


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tool, model, texts = map(pathlib.Path, sys.argv[1:])
    check = pathlib.Path(__file__).resolve().parent.parent / "export" / "check_export.py"
    faults = 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        vectors = folder / "vectors.npy"
        subprocess.run([tool, "embed", "--model", model, "--role", "none", "--precision", "f32", "--input", texts,
                        "--output", vectors], check=True)
        for runtime, forms in OPTIONS.items():
            for options in forms:
                with tempfile.TemporaryDirectory(dir=place) as one:
                    target = pathlib.Path(one, "-".join([runtime, *(option.strip("-") for option in options)]))
                    subprocess.run([tool, "export", runtime, "--model", model, "--output", target, *options],
                                   check=True)
                    faults += subprocess.run([sys.executable, check, model, target, "--texts", texts, "--vectors",
                                              vectors]).returncode
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
