#!/usr/bin/env python3
"""Folders of `glossa export onnx` come in; whether ONNX's checker and ONNX Runtime take them goes out.

    python3 tests/export/check_onnx.py MODEL FOLDER…  [--texts F.jsonl] [--vectors F.npy] [--sentence-transformers]

Run by hand, with onnx and onnxruntime installed. Each graph is checked with full shape inference, run with batches and
lengths from 1x1 to 32x512, and its vectors are compared to those in --vectors: of the texts in --texts (JSON lines
with a field "text"), as `glossa embed --precision f32` writes them. With --sentence-transformers the folder is loaded
with backend="onnx", too. MODEL is the folder that was exported. Exit status 1 where anything fails.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import numpy
import onnx
import onnxruntime
import tokenizers

SHAPES = [(1, 1), (1, 2), (2, 1), (3, 7), (1, 512), (32, 1), (5, 129), (32, 512)]
LEAST = {"f32": (0.999999, 0.999999), "f16": (0.9999, 0.9999), "int8": (0.996, 0), "int8-static": (0.997, 0),
         "int4-int8": (0.98, 0)}


def session_of(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def feed(session, ids, mask):
    values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
    return {port.name: values[port.name] for port in session.get_inputs()}


def embed(session, texts, tokenizer, padding, batch=16):
    """Vectors of texts, in batches of similar lengths with padding behind the shorter ones."""
    ids = [tokenizer.encode(text).ids for text in texts]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    vectors = [None] * len(ids)
    for start in range(0, len(order), batch):
        some = order[start:start + batch]
        length = max(len(ids[i]) for i in some)
        padded = numpy.array([ids[i] + [padding] * (length - len(ids[i])) for i in some], numpy.int64)
        mask = numpy.array([[1] * len(ids[i]) + [0] * (length - len(ids[i])) for i in some], numpy.int64)
        for i, vector in zip(some, session.run(["sentence_embedding"], feed(session, padded, mask))[0]):
            vectors[i] = vector
    return numpy.stack(vectors)


def tokenizer_of(folder, most):
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return tokenizer


def cosines(a, b):
    a, b = a.astype(numpy.float64), b.astype(numpy.float64)
    return (a * b).sum(1) / (numpy.linalg.norm(a, axis=1) * numpy.linalg.norm(b, axis=1))


def precision_of(folder):
    card = (folder / "README.md").read_text(encoding="utf-8")
    return card.split("Precision: ", 1)[1].split(". ", 1)[0]


def check_format(path):
    """ONNX's checker, with full shape inference; operators of other domains have no rules there."""
    onnx.checker.check_model(str(path), full_check=True)
    with tempfile.TemporaryDirectory() as folder:
        onnx.shape_inference.infer_shapes_path(str(path), str(pathlib.Path(folder) / "model.onnx"), strict_mode=True,
                                               check_type=True)


def check_shapes(session, words):
    random = numpy.random.default_rng(1)
    for batch, length in SHAPES:
        ids = random.integers(0, words, (batch, length))
        mask = numpy.ones_like(ids)
        mask[batch // 2:, length // 2 + 1:] = 0
        hidden, vectors = session.run(["last_hidden_state", "sentence_embedding"], feed(session, ids, mask))
        if hidden.shape[:2] != (batch, length) or vectors.shape[0] != batch:
            raise ValueError(f"{batch}x{length}: outputs of other shapes")
        if not (numpy.isfinite(vectors).all() and numpy.isfinite(hidden).all()):
            raise ValueError(f"{batch}x{length}: outputs are not finite")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--texts", type=pathlib.Path)
    parser.add_argument("--vectors", type=pathlib.Path)
    parser.add_argument("--sentence-transformers", action="store_true")
    arguments = parser.parse_args()
    config = json.loads((arguments.model / "config.json").read_text(encoding="utf-8"))
    faults = 0
    for folder in arguments.folders:
        path = folder / "onnx" / "model.onnx"
        said = [precision_of(folder)]
        try:
            check_format(path)
            session = session_of(path)
            check_shapes(session, config["vocab_size"])
            said.append(f"{len(SHAPES)} shapes")
            size = sum(file.stat().st_size for file in path.parent.iterdir())
            said.append(f"{size / 1e6:.1f} MB")
            if arguments.texts:
                lines = arguments.texts.read_text(encoding="utf-8").splitlines()
                texts = [json.loads(line)["text"] for line in lines]
                own = embed(session, texts, tokenizer_of(folder, 512), config.get("pad_token_id", 0))
                reference = numpy.load(arguments.vectors)
                found = cosines(own, reference)
                said.append(f"cosine {found.mean():.7f}, at least {found.min():.7f}; "
                            f"largest deviation {abs(own - reference).max():.1e}")
                mean, lowest = LEAST[said[0]]
                if found.mean() < mean or found.min() < lowest:
                    raise ValueError("too far from the reference: " + said[-1])
                if arguments.sentence_transformers:
                    import sentence_transformers
                    loaded = sentence_transformers.SentenceTransformer(str(folder), backend="onnx")
                    theirs = loaded.encode(texts[:32])
                    found = cosines(theirs, own[:32])
                    said.append(f"by sentence-transformers: cosine to the graph's own {found.min():.7f}")
                    if found.min() < (0.999999 if said[0] == "f32" else 0.99):
                        raise ValueError(said[-1])
            print(f"{folder}: good: " + "; ".join(said), flush=True)
        except Exception as error:  # whatever the checker or the runtime throws
            faults += 1
            print(f"{folder}: FAULT: {error} ({'; '.join(said)})", flush=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
