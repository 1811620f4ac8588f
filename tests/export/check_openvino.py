#!/usr/bin/env python3
"""Folders of `glossa export openvino` come in; whether OpenVINO takes them goes out.

    python3 tests/export/check_openvino.py MODEL FOLDER…  [--texts F.jsonl --vectors F.npy] [--sentence-transformers]

Run by hand, with openvino and tokenizers installed. Each graph is run with batches and lengths from 1x1 to 32x512, once
reshaped to a fixed shape, and its vectors are compared to those in --vectors: of the texts in --texts (JSON lines with a
field "text"), as `glossa embed --precision f32` writes them. With --sentence-transformers (and optimum-intel) the folder
is loaded with backend="openvino", too. MODEL is the folder that was exported. Exit status 1 where anything fails.
"""

import argparse
import json
import pathlib
import sys

import numpy
import openvino
import tokenizers

SHAPES = [(1, 1), (1, 2), (2, 1), (3, 7), (1, 512), (32, 1), (5, 129), (32, 512)]
LEAST = {"f32": (0.999999, 0.999999), "f16": (0.9999, 0.9999), "int8": (0.997, 0), "int8-static": (0.997, 0),
         "int4-int8": (0.98, 0)}
OPTIONS = {"INFERENCE_PRECISION_HINT": "f32"}


def feed(compiled, ids, mask):
    values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
    return {port.any_name: values[port.any_name] for port in compiled.inputs}


def run(compiled, ids, mask):
    """Token vectors and text vectors."""
    results = compiled(feed(compiled, ids, mask))
    return [results[compiled.output(name)].copy() for name in ("last_hidden_state", "sentence_embedding")]


def embed(compiled, texts, tokenizer, padding, batch=16):
    """Vectors of texts, in batches of similar lengths with padding behind the shorter ones."""
    ids = [tokenizer.encode(text).ids for text in texts]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    vectors = [None] * len(ids)
    for start in range(0, len(order), batch):
        some = order[start:start + batch]
        length = max(len(ids[i]) for i in some)
        padded = numpy.array([ids[i] + [padding] * (length - len(ids[i])) for i in some], numpy.int64)
        mask = numpy.array([[1] * len(ids[i]) + [0] * (length - len(ids[i])) for i in some], numpy.int64)
        for i, vector in zip(some, run(compiled, padded, mask)[1]):
            vectors[i] = vector
    return numpy.stack(vectors)


def cosines(a, b):
    a, b = a.astype(numpy.float64), b.astype(numpy.float64)
    return (a * b).sum(1) / (numpy.linalg.norm(a, axis=1) * numpy.linalg.norm(b, axis=1))


def check_shapes(compiled, words, most):
    random = numpy.random.default_rng(1)
    for batch, length in SHAPES:
        length = min(length, most)
        ids = random.integers(0, words, (batch, length))
        mask = numpy.ones_like(ids)
        mask[batch // 2:, length // 2 + 1:] = 0
        hidden, vectors = run(compiled, ids, mask)
        if hidden.shape[:2] != (batch, length) or vectors.shape[0] != batch:
            raise ValueError(f"{batch}x{length}: outputs of other shapes")
        if not (numpy.isfinite(vectors).all() and numpy.isfinite(hidden).all()):
            raise ValueError(f"{batch}x{length}: outputs are not finite")


def check_fixed(core, path, compiled, words, least):
    """The graph with a fixed shape gives what it gives without; integers may be rounded elsewhere."""
    model = core.read_model(path)
    model.reshape({port: [2, 9] for port in model.inputs})
    if list(model.output("last_hidden_state").shape)[:2] != [2, 9]:
        raise ValueError("reshaped to 2x9, outputs are " + str(model.outputs))
    ids = numpy.random.default_rng(2).integers(0, words, (2, 9))
    mask = numpy.ones_like(ids)
    found = cosines(run(core.compile_model(model, "CPU", OPTIONS), ids, mask)[1], run(compiled, ids, mask)[1])
    if found.min() < least:
        raise ValueError(f"reshaped to 2x9, vectors are others: cosine {found.min()}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--texts", type=pathlib.Path)
    parser.add_argument("--vectors", type=pathlib.Path)
    parser.add_argument("--sentence-transformers", action="store_true")
    arguments = parser.parse_args()
    config = json.loads((arguments.model / "config.json").read_text(encoding="utf-8"))
    most = config["max_position_embeddings"] - (0 if config["model_type"] == "bert" else 2)
    core = openvino.Core()
    faults = 0
    for folder in arguments.folders:
        path = folder / "openvino" / "openvino_model.xml"
        said = [(folder / "README.md").read_text(encoding="utf-8").split("Precision: ", 1)[1].split(". ", 1)[0]]
        try:
            compiled = core.compile_model(core.read_model(path), "CPU", OPTIONS)
            check_shapes(compiled, config["vocab_size"], most)
            said.append(f"{len(SHAPES)} shapes")
            check_fixed(core, path, compiled, config["vocab_size"], 0.9999 if said[0] in ("f32", "f16") else 0.99)
            said.append("reshaped")
            size = sum(file.stat().st_size for file in path.parent.iterdir())
            said.append(f"{size / 1e6:.1f} MB")
            if arguments.texts:
                lines = arguments.texts.read_text(encoding="utf-8").splitlines()
                texts = [json.loads(line)["text"] for line in lines]
                tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
                tokenizer.no_padding()
                tokenizer.enable_truncation(512)
                own = embed(compiled, texts, tokenizer, config.get("pad_token_id", 0))
                reference = numpy.load(arguments.vectors)
                found = cosines(own, reference)
                said.append(f"cosine {found.mean():.7f}, at least {found.min():.7f}; "
                            f"largest deviation {abs(own - reference).max():.1e}")
                mean, lowest = LEAST[said[0]]
                if found.mean() < mean or found.min() < lowest:
                    raise ValueError("too far from the reference: " + said[-1])
                if arguments.sentence_transformers:
                    import sentence_transformers
                    loaded = sentence_transformers.SentenceTransformer(str(folder), backend="openvino",
                                                                       model_kwargs={"ov_config": OPTIONS})
                    found = cosines(loaded.encode(texts[:32]), own[:32])
                    said.append(f"by sentence-transformers: cosine to the graph's own {found.min():.7f}")
                    if found.min() < (0.999999 if said[0] == "f32" else 0.99):
                        raise ValueError(said[-1])
            print(f"{folder}: good: " + "; ".join(said), flush=True)
        except Exception as error:  # whatever the runtime throws
            faults += 1
            print(f"{folder}: FAULT: {error} ({'; '.join(said)})", flush=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
