#!/usr/bin/env python3
"""Folders of `glossa export` come in; whether the runtimes that they are for take them goes out.

    python3 tests/export/check_export.py MODEL FOLDER…  [--texts F.jsonl --vectors F.npy] [--sentence-transformers]

A part of the peers suite (tests/peers/run.sh); needs numpy and tokenizers, and onnx with onnxruntime, or openvino.
ONNX's checker sees the graph with full shape inference; OpenVINO's is reshaped to a fixed shape once. Each is run with
batches and lengths from 1x1 to 32x512, and its vectors are compared to those in --vectors: of the texts in --texts
(JSON lines with a field "text"), as `glossa embed --precision f32` writes them. With --sentence-transformers (and
optimum) the folder is loaded by it, too. MODEL is the folder that was exported. Exit status 1 where anything fails.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import export_graphs  # noqa: E402

SHAPES = [(1, 1), (1, 2), (2, 1), (3, 7), (1, 512), (32, 1), (5, 129), (32, 512)]
LEAST = {"f32": (0.999999, 0.999999), "f16": (0.9999, 0.9999), "int8": (0.997, 0), "int8-static": (0.997, 0),
         "int4-int8": (0.98, 0)}
OUTPUTS = ["last_hidden_state", "sentence_embedding"]


def precision_of(folder):
    card = (folder / "README.md").read_text(encoding="utf-8")
    return card.split("Precision: ", 1)[1].split(". ", 1)[0]


def check_format(path):
    """ONNX's checker, with full shape inference; operators of other domains have no rules there."""
    import onnx
    onnx.checker.check_model(str(path), full_check=True)
    with tempfile.TemporaryDirectory() as folder:
        onnx.shape_inference.infer_shapes_path(str(path), str(pathlib.Path(folder) / "model.onnx"), strict_mode=True,
                                               check_type=True)


def check_fixed(path, graph, words, least):
    """OpenVINO's graph with a fixed shape gives what it gives without; integers may be rounded elsewhere."""
    import openvino
    core = openvino.Core()
    model = core.read_model(path)
    model.reshape({port: [2, 9] for port in model.inputs})
    if list(model.output("last_hidden_state").shape)[:2] != [2, 9]:
        raise ValueError("reshaped to 2x9, outputs are " + str(model.outputs))
    ids = numpy.random.default_rng(2).integers(0, words, (2, 9))
    fed = graph.feed(ids, numpy.ones_like(ids))
    fixed = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(fed)
    found = export_graphs.cosines(fixed[model.output("sentence_embedding").any_name], graph.run(fed, OUTPUTS)[1])
    if found.min() < least:
        raise ValueError(f"reshaped to 2x9, vectors are others: cosine {found.min()}")


def check_shapes(graph, words, most):
    random = numpy.random.default_rng(1)
    for batch, length in SHAPES:
        length = min(length, most)
        ids = random.integers(0, words, (batch, length))
        mask = numpy.ones_like(ids)
        mask[batch // 2:, length // 2 + 1:] = 0
        hidden, vectors = graph.run(graph.feed(ids, mask), OUTPUTS)
        if hidden.shape[:2] != (batch, length) or vectors.shape[0] != batch:
            raise ValueError(f"{batch}x{length}: outputs of other shapes")
        if not (numpy.isfinite(vectors).all() and numpy.isfinite(hidden).all()):
            raise ValueError(f"{batch}x{length}: outputs are not finite")


def check_sentence_transformers(folder, runtime, texts, own, least):
    import sentence_transformers
    options = {"model_kwargs": {"ov_config": {"INFERENCE_PRECISION_HINT": "f32"}}} if runtime == "openvino" else {}
    loaded = sentence_transformers.SentenceTransformer(str(folder), backend=runtime, **options)
    found = export_graphs.cosines(loaded.encode(texts), own)
    said = f"by sentence-transformers: cosine to the graph's own {found.min():.7f}"
    if found.min() < least:
        raise ValueError(said)
    return said


def check(folder, config, arguments, said):
    path = export_graphs.graph_path(folder)
    runtime = export_graphs.runtime_of(path)
    words = config["vocab_size"]
    precision = precision_of(folder)
    said += [runtime, precision]
    if runtime == "onnx":
        check_format(path)
        said.append("checked with full shape inference")
    graph = export_graphs.open_graph(path)
    check_shapes(graph, words, config["max_position_embeddings"] - (0 if config["model_type"] == "bert" else 2))
    said.append(f"{len(SHAPES)} shapes")
    if runtime == "openvino":
        check_fixed(path, graph, words, 0.9999 if precision in ("f32", "f16") else 0.99)
        said.append("reshaped")
    said.append(f"{export_graphs.bytes_of(path) / 1e6:.1f} MB")
    if not arguments.texts:
        return
    texts = export_graphs.read_texts(arguments.texts)
    own = export_graphs.embed(graph, texts, export_graphs.tokenizer_of(folder), config.get("pad_token_id", 0))
    reference = numpy.load(arguments.vectors)
    found = export_graphs.cosines(own, reference)
    said.append(f"cosine {found.mean():.7f}, at least {found.min():.7f}; "
                f"largest deviation {abs(own - reference).max():.1e}")
    mean, lowest = LEAST[precision]
    if found.mean() < mean or found.min() < lowest:
        raise ValueError("too far from the reference")
    if arguments.sentence_transformers:
        least = 0.999999 if precision == "f32" else 0.99
        said.append(check_sentence_transformers(folder, runtime, texts[:32], own[:32], least))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--texts", type=pathlib.Path)
    parser.add_argument("--vectors", type=pathlib.Path)
    parser.add_argument("--sentence-transformers", action="store_true")
    arguments = parser.parse_args()
    config = json.loads((arguments.model / "config.json").read_text(encoding="utf-8"))
    faults = 0
    for folder in arguments.folders:
        said = []
        try:
            check(folder, config, arguments, said)
            print(f"{folder}: good: " + "; ".join(said), flush=True)
        except Exception as error:  # whatever the checker or the runtime throws
            faults += 1
            print(f"{folder}: FAULT: {error} ({'; '.join(said)})", flush=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
