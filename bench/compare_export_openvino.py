#!/usr/bin/env python3
"""A model and its exports come in; what they score and how fast they are in OpenVINO's runtime goes out.

    python3 bench/compare_export_openvino.py --model MODEL_DIR --exports FOLDER… [--sts stsb-en.jsonl…] [--peers FOLDER]
        [--calibration texts.txt] [--threads 1] [--rounds 9] [--reference F32.npy --texts texts.jsonl]

Needs pip install openvino tokenizers scipy, and for the peers torch, transformers and nncf. The peers are what OpenVINO
makes of the PyTorch model with mean pooling behind it: in f32, quantized by NNCF (nncf.quantize, model type TRANSFORMER,
on --calibration's texts) and with 8-bit weights alone (nncf.compress_weights); they are made in --peers unless they lie
there. All graphs compute with INFERENCE_PRECISION_HINT f32, take the same batches, in turns within each round, and are
timed by the processor time of the process, which other programs on the machine disturb least; with more than one thread,
by the clock. A graph's time is the median of its rounds. --sts scores texts by Spearman's correlation (times 100); the
reference is the first of --exports. --reference holds vectors to compare cosines with.
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

import numpy
import openvino
import tokenizers

SHAPES = [(1, 16), (1, 128), (16, 32), (8, 128)]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--exports", nargs="*", type=pathlib.Path, default=[])
    parser.add_argument("--sts", nargs="*", type=pathlib.Path, default=[])
    parser.add_argument("--pairs", type=int, default=0, help="of each STS file, evenly chosen (default: all)")
    parser.add_argument("--peers", type=pathlib.Path)
    parser.add_argument("--calibration", type=pathlib.Path, help="texts for NNCF, one a line")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--reference", type=pathlib.Path, help="vectors of --texts, NumPy")
    parser.add_argument("--texts", type=pathlib.Path, help='JSON lines with a field "text"')
    return parser.parse_args()


def tokenizer_of(model):
    tokenizer = tokenizers.Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    return tokenizer


def make_peers(model, folder, calibration):
    """What OpenVINO and NNCF make of the PyTorch model; their paths by name."""
    paths = {name: folder / f"{name}.xml" for name in ("torch-f32", "nncf-int8", "nncf-int8-weights")}
    if all(path.exists() for path in paths.values()):
        return paths
    import nncf
    import torch
    import transformers

    folder.mkdir(parents=True, exist_ok=True)

    class Wrapped(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = transformers.AutoModel.from_pretrained(model, attn_implementation="sdpa")

        def forward(self, input_ids, attention_mask):
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.to(hidden.dtype).unsqueeze(-1)
            pooled = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
            return hidden, torch.nn.functional.normalize(pooled, dim=1)

    ids = torch.ones(2, 16, dtype=torch.long)
    mask = torch.ones_like(ids)
    mask[1, 8:] = 0

    def converted():
        out = openvino.convert_model(Wrapped().eval(), example_input={"input_ids": ids, "attention_mask": mask})
        for port, name in zip(out.outputs, ("last_hidden_state", "sentence_embedding")):
            port.get_tensor().set_names({name})
        return out

    openvino.save_model(converted(), paths["torch-f32"], compress_to_fp16=False)
    compressed = nncf.compress_weights(converted(), mode=nncf.CompressWeightsMode.INT8_SYM)
    openvino.save_model(compressed, paths["nncf-int8-weights"], compress_to_fp16=False)
    texts = calibration.read_text(encoding="utf-8").splitlines()
    tokenizer = tokenizer_of(model)
    rows = [tokenizer.encode(text).ids for text in texts if text]
    samples = [{"input_ids": numpy.array([row]), "attention_mask": numpy.ones((1, len(row)), numpy.int64)}
               for row in rows]
    quantized = nncf.quantize(converted(), nncf.Dataset(samples), model_type=nncf.ModelType.TRANSFORMER,
                              subset_size=len(samples))
    openvino.save_model(quantized, paths["nncf-int8"], compress_to_fp16=False)
    return paths


def feed(compiled, ids, mask):
    values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
    return {port.any_name: values[port.any_name] for port in compiled.inputs}


def embed(compiled, texts, tokenizer, padding, batch=16):
    ids = [tokenizer.encode(text).ids for text in texts]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    vectors = [None] * len(ids)
    request = compiled.create_infer_request()
    for start in range(0, len(order), batch):
        some = order[start:start + batch]
        length = max(len(ids[i]) for i in some)
        padded = numpy.array([ids[i] + [padding] * (length - len(ids[i])) for i in some], numpy.int64)
        mask = numpy.array([[1] * len(ids[i]) + [0] * (length - len(ids[i])) for i in some], numpy.int64)
        found = request.infer(feed(compiled, padded, mask))[compiled.output("sentence_embedding")]
        for i, vector in zip(some, found):
            vectors[i] = vector.copy()
    return numpy.stack(vectors)


def score(compiled, path, tokenizer, padding, pairs):
    from scipy.stats import spearmanr
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if pairs:
        rows = rows[::max(1, len(rows) // pairs)]
    texts = ["query: " + row[side] for row in rows for side in ("sentence1", "sentence2")]
    vectors = embed(compiled, texts, tokenizer, padding)
    return 100 * spearmanr((vectors[0::2] * vectors[1::2]).sum(1), [row["score"] for row in rows]).statistic


def main():
    arguments = parse()
    config = json.loads((arguments.model / "config.json").read_text(encoding="utf-8"))
    padding = config.get("pad_token_id", 0)
    paths = {str(folder): folder / "openvino" / "openvino_model.xml" for folder in arguments.exports}
    if arguments.peers:
        paths.update(make_peers(arguments.model, arguments.peers, arguments.calibration))
    core = openvino.Core()
    options = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": arguments.threads}
    compiled = {name: core.compile_model(core.read_model(path), "CPU", options) for name, path in paths.items()}
    for name, path in paths.items():
        size = path.stat().st_size + path.with_suffix(".bin").stat().st_size
        print(f"{name}: {size / 1e6:.1f} MB")
    tokenizer = tokenizer_of(arguments.model)
    if arguments.reference:
        reference = numpy.load(arguments.reference).astype(numpy.float64)
        texts = [json.loads(line)["text"] for line in arguments.texts.read_text(encoding="utf-8").splitlines()]
        for name, graph in compiled.items():
            own = embed(graph, texts, tokenizer, padding).astype(numpy.float64)
            norms = numpy.linalg.norm(own, axis=1) * numpy.linalg.norm(reference, axis=1)
            cosines = (own * reference).sum(1) / norms
            print(f"{name}: cosine {cosines.mean():.7f}, at least {cosines.min():.7f}", flush=True)
    for path in arguments.sts:
        scores = {name: score(graph, path, tokenizer, padding, arguments.pairs) for name, graph in compiled.items()}
        first = next(iter(scores.values()))
        print(f"{path.stem}: " + ", ".join(f"{name} {value:.2f} ({value - first:+.2f})"
                                           for name, value in scores.items()), flush=True)
    clock = time.process_time if arguments.threads == 1 else time.perf_counter
    requests = {name: graph.create_infer_request() for name, graph in compiled.items()}
    random = numpy.random.default_rng(3)
    for batch, length in SHAPES if arguments.rounds else []:
        ids = random.integers(5, config["vocab_size"], (batch, length))
        inputs = {name: feed(graph, ids, numpy.ones_like(ids)) for name, graph in compiled.items()}
        seconds = {name: [] for name in compiled}
        repeats = max(1, 512 // (batch * length))
        for turn in range(arguments.rounds + 1):
            for name, request in requests.items():
                start = clock()
                for _ in range(repeats):
                    request.infer(inputs[name])
                if turn > 0:
                    seconds[name].append((clock() - start) / repeats)
        print(f"{batch}x{length}: " + ", ".join(f"{name} {1e3 * statistics.median(values):.2f} ms "
                                                f"(best {1e3 * min(values):.2f})" for name, values in seconds.items()),
              flush=True)


if __name__ == "__main__":
    sys.exit(main())
