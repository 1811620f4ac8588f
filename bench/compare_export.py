#!/usr/bin/env python3
"""A model and its exports come in; what they score and how fast they are in ONNX Runtime goes out.

    python3 bench/compare_export.py --model MODEL_DIR --exports FOLDER… [--sts stsb-en.jsonl…] [--peers FOLDER]
        [--threads 2] [--rounds 9]

Needs pip install onnx onnxruntime tokenizers scipy, and for the peers torch and transformers. The peers are what
PyTorch exports, optimised by onnxruntime.transformers.optimizer (model_type bert), and made int8 by
onnxruntime.quantization.quantize_dynamic, before and after that; they are made in --peers unless they lie there. All
graphs take the same batches, in turns within each round; a graph's time is the median of its rounds, and ratios are of
those times. --sts scores texts by Spearman's correlation (times 100); the reference is the first of --exports.
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

import numpy
import onnx
import onnxruntime
import tokenizers
from scipy.stats import spearmanr

SHAPES = [(1, 16), (1, 128), (16, 32), (16, 128)]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--exports", nargs="*", type=pathlib.Path, default=[])
    parser.add_argument("--sts", nargs="*", type=pathlib.Path, default=[])
    parser.add_argument("--pairs", type=int, default=0, help="of each STS file, evenly chosen (default: all)")
    parser.add_argument("--peers", type=pathlib.Path)
    parser.add_argument("--skip", nargs="*", default=[], help="peers to leave out: torch, ort-f32, …")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--cpu-time", action="store_true", help="processor time, for a machine that others use")
    return parser.parse_args()


def session_of(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def make_peers(model, folder):
    """PyTorch's export and what ONNX Runtime makes of it; their paths by name."""
    paths = {name: folder / f"{name}.onnx" for name in ("torch", "ort-f32", "ort-int8", "ort-f32-int8")}
    if all(path.exists() for path in paths.values()):
        return paths
    import torch
    import transformers
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer

    folder.mkdir(parents=True, exist_ok=True)
    config = transformers.AutoConfig.from_pretrained(model)

    class Wrapped(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = transformers.AutoModel.from_pretrained(model, attn_implementation="eager")

        def forward(self, input_ids, attention_mask):
            return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    ids = torch.ones(2, 16, dtype=torch.long)
    mask = torch.ones_like(ids)
    mask[1, 8:] = 0
    names = {0: "batch", 1: "length"}
    with torch.no_grad():
        torch.onnx.export(Wrapped().eval(), (ids, mask), str(paths["torch"]), opset_version=17, dynamo=False,
                          input_names=["input_ids", "attention_mask"], output_names=["last_hidden_state"],
                          dynamic_axes={name: names for name in ("input_ids", "attention_mask", "last_hidden_state")})
    optimised = optimizer.optimize_model(str(paths["torch"]), model_type="bert", num_heads=config.num_attention_heads,
                                         hidden_size=config.hidden_size)
    print("ONNX Runtime's optimiser fused:", optimised.get_fused_operator_statistics())
    optimised.save_model_to_file(str(paths["ort-f32"]))
    for source, target in (("torch", "ort-int8"), ("ort-f32", "ort-f32-int8")):
        quantize_dynamic(str(paths[source]), str(paths[target]), per_channel=True, weight_type=QuantType.QInt8,
                         extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
    return paths


def feed(session, ids, mask):
    values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
    return {port.name: values[port.name].astype(numpy.int32 if port.type == "tensor(int32)" else numpy.int64)
            for port in session.get_inputs()}


def embed(session, texts, tokenizer, padding, batch=32):
    ids = [tokenizer.encode(text).ids for text in texts]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    vectors = [None] * len(ids)
    for start in range(0, len(order), batch):
        some = order[start:start + batch]
        length = max(len(ids[i]) for i in some)
        padded = numpy.array([ids[i] + [padding] * (length - len(ids[i])) for i in some], numpy.int64)
        mask = numpy.array([[1] * len(ids[i]) + [0] * (length - len(ids[i])) for i in some], numpy.int64)
        if any(port.name == "sentence_embedding" for port in session.get_outputs()):
            found = session.run(["sentence_embedding"], feed(session, padded, mask))[0]
        else:
            hidden = session.run(None, feed(session, padded, mask))[0]
            found = (hidden * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
            found /= numpy.linalg.norm(found, axis=1, keepdims=True)
        for i, vector in zip(some, found):
            vectors[i] = vector
    return numpy.stack(vectors)


def score(session, path, tokenizer, padding, pairs):
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if pairs:
        rows = rows[::max(1, len(rows) // pairs)]
    texts = ["query: " + row[side] for row in rows for side in ("sentence1", "sentence2")]
    vectors = embed(session, texts, tokenizer, padding)
    return 100 * spearmanr((vectors[0::2] * vectors[1::2]).sum(1), [row["score"] for row in rows]).statistic


def main():
    arguments = parse()
    config = json.loads((arguments.model / "config.json").read_text(encoding="utf-8"))
    paths = {str(folder): folder / "onnx" / "model.onnx" for folder in arguments.exports}
    if arguments.peers:
        peers = make_peers(arguments.model, arguments.peers)
        paths.update({name: path for name, path in peers.items() if name not in arguments.skip})
    sessions = {}
    for name, path in paths.items():
        sessions[name] = session_of(path, arguments.threads)
    for name, path in paths.items():
        size = path.stat().st_size + sum(file.stat().st_size for file in path.parent.glob(path.name + ".data"))
        print(f"{name}: {size / 1e6:.1f} MB", flush=True)
    tokenizer = tokenizers.Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    for path in arguments.sts:
        scores = {name: score(session, path, tokenizer, config.get("pad_token_id", 0), arguments.pairs)
                  for name, session in sessions.items()}
        reference = next(iter(scores.values()))
        print(f"{path.stem}: " + ", ".join(f"{name} {value:.2f} ({value - reference:+.2f})"
                                           for name, value in scores.items()), flush=True)
    clock = time.process_time if arguments.cpu_time else time.perf_counter
    random = numpy.random.default_rng(3)
    for batch, length in SHAPES:
        ids = random.integers(5, config["vocab_size"], (batch, length))
        inputs = {name: feed(session, ids, numpy.ones_like(ids)) for name, session in sessions.items()}
        output = {name: [port.name for port in session.get_outputs()][-1:] for name, session in sessions.items()}
        seconds = {name: [] for name in sessions}
        repeats = max(1, 512 // (batch * length))
        for turn in range(arguments.rounds + 1):
            for name, session in sessions.items():
                start = clock()
                for _ in range(repeats):
                    session.run(output[name], inputs[name])
                if turn > 0:
                    seconds[name].append((clock() - start) / repeats)
        print(f"{batch}x{length}: " + ", ".join(f"{name} {1e3 * statistics.median(values):.2f} ms "
                                                f"(best {1e3 * min(values):.2f})" for name, values in seconds.items()),
              flush=True)


if __name__ == "__main__":
    sys.exit(main())
