#!/usr/bin/env python3
"""An engine, its model and the workload come in; one JSON line with the engine's speed goes out, and its vectors.

    python measure.py ENGINE MODEL_DIR PREPARED_DIR WORKLOAD.json THREADS VECTORS STARTED

ENGINE is onnxruntime-f32, onnxruntime-int8, openvino-f32, openvino-bf16, openvino-int8, ctranslate2-int8 or
sentence-transformers-f32; VECTORS a file to write the vectors of S and P to, as bare floats; STARTED the time.time() at
which this process was asked for. What is measured is what bench_workload measures of glossa, tokenising included. Texts
are sorted by length, so that batches hold little padding; of some batch sizes the best for each list of texts counts.
"""

import json
import pathlib
import resource
import sys
import time

import numpy

BATCH_SIZES = (2, 4, 8, 16, 32)
BF16_MISSING = "this processor has no bfloat16"


def pool(hidden, mask):
    weights = mask[:, :, None].astype(numpy.float32)
    mean = (hidden * weights).sum(1) / weights.sum(1)
    return mean / numpy.linalg.norm(mean, axis=1, keepdims=True)


class Batches:
    """Tokenises texts and lays them out in padded batches."""

    def __init__(self, model, longest=512):
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(longest)

    def cut(self, texts, size):
        """(places in texts, ids, mask) for each batch, longest first."""
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(texts)), key=lambda i: -len(ids[i]))
        for first in range(0, len(order), size):
            places = order[first:first + size]
            shape = len(places), len(ids[places[0]])
            padded, mask = numpy.ones(shape, numpy.int64), numpy.zeros(shape, numpy.int64)
            for row, place in enumerate(places):
                padded[row, :len(ids[place])] = ids[place]
                mask[row, :len(ids[place])] = 1
            yield places, padded, mask


class OnnxRuntime:
    def __init__(self, precision, model, prepared, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        name = {"f32": "fused.onnx", "int8": "fused-int8.onnx"}[precision]
        self.session = onnxruntime.InferenceSession(str(prepared / name), options, providers=["CPUExecutionProvider"])
        self.types = {node.name: numpy.int32 if "int32" in node.type else numpy.int64
                      for node in self.session.get_inputs()}
        self.batches = Batches(model)
        self.version = onnxruntime.__version__

    def embed(self, texts, size):
        rows = [None] * len(texts)
        for places, ids, mask in self.batches.cut(texts, size):
            given = {"input_ids": ids, "attention_mask": mask}
            hidden = self.session.run(None, {name: given[name].astype(kind) for name, kind in self.types.items()})[0]
            for place, vector in zip(places, pool(hidden, mask)):
                rows[place] = vector
        return numpy.array(rows)


class OpenVino:
    """One stream for single texts, as many as threads for lists."""

    def __init__(self, precision, model, prepared, threads):
        import openvino

        core = openvino.Core()
        if precision == "bf16" and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            sys.exit(BF16_MISSING)
        graph = core.read_model(str(prepared / ("int8.xml" if precision == "int8" else "model.xml")))
        hints = {"INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32", "INFERENCE_NUM_THREADS": threads}
        single = core.compile_model(graph, "CPU", {**hints, "PERFORMANCE_HINT": "LATENCY"})
        self.request = single.create_infer_request()
        self.bulk = None
        self.compile_bulk = lambda: core.compile_model(graph, "CPU", {**hints, "NUM_STREAMS": str(threads)})
        self.queue_of = lambda: openvino.AsyncInferQueue(self.bulk, threads)
        self.batches = Batches(model)
        self.version = openvino.__version__.split("-")[0]

    def embed(self, texts, size):
        rows = [None] * len(texts)
        if len(texts) == 1:
            for _, ids, mask in self.batches.cut(texts, 1):
                return pool(self.request.infer({0: ids, 1: mask})[0], mask)
        self.bulk = self.bulk or self.compile_bulk()
        queue = self.queue_of()

        def keep(request, batch):
            places, mask = batch
            for place, vector in zip(places, pool(request.get_output_tensor(0).data, mask)):
                rows[place] = vector

        queue.set_callback(keep)
        for places, ids, mask in self.batches.cut(texts, size):
            queue.start_async({0: ids, 1: mask}, (places, mask))
        queue.wait_all()
        return numpy.array(rows)


class CTranslate2:
    def __init__(self, precision, model, prepared, threads):
        import ctranslate2

        self.encoder = ctranslate2.Encoder(str(prepared / "ct2-int8"), device="cpu", compute_type=precision,
                                           intra_threads=threads)
        self.batches = Batches(model)
        self.version = ctranslate2.__version__

    def embed(self, texts, size):
        rows = [None] * len(texts)
        for places, ids, mask in self.batches.cut(texts, size):
            tokens = [row[:count].tolist() for row, count in zip(ids, mask.sum(1))]
            hidden = numpy.array(self.encoder.forward_batch(tokens).last_hidden_state)
            for place, vector in zip(places, pool(hidden, mask)):
                rows[place] = vector
        return numpy.array(rows)


class SentenceTransformers:
    def __init__(self, precision, model, prepared, threads):
        import sentence_transformers
        import torch

        torch.set_num_threads(threads)
        self.model = sentence_transformers.SentenceTransformer(str(model), device="cpu")
        self.version = sentence_transformers.__version__

    def embed(self, texts, size):
        return self.model.encode(texts, batch_size=size, normalize_embeddings=True, show_progress_bar=False)


ENGINES = {"onnxruntime": OnnxRuntime, "openvino": OpenVino, "ctranslate2": CTranslate2,
           "sentence-transformers": SentenceTransformers}


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def best_of_three(engine, texts):
    """Seconds of the best of three runs at the batch size that does best, and that size."""
    times = {size: seconds(lambda: engine.embed(texts, size)) for size in BATCH_SIZES}
    size = min(times, key=times.get)
    return min([times[size]] + [seconds(lambda: engine.embed(texts, size)) for _ in range(2)]), size


def main():
    name, threads, vectors = sys.argv[1], int(sys.argv[5]), sys.argv[6]
    model, prepared, workload = (pathlib.Path(path) for path in sys.argv[2:5])
    kind, precision = name.rsplit("-", 1)
    engine = ENGINES[kind](precision, model, prepared, threads)
    engine.embed(["query: hello"], 1)
    cold_start = time.time() - float(sys.argv[7])
    texts = json.loads(workload.read_text(encoding="utf-8"))
    queries, sentences, passages = (list(dict.fromkeys(texts[key])) for key in "QSP")
    engine.embed(sentences[:64], 16)
    latencies = [seconds(lambda: engine.embed([query], 1)) for _ in range(3) for query in queries]
    short_seconds, short_size = best_of_three(engine, sentences)
    long_seconds, long_size = best_of_three(engine, passages)
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    rows = numpy.concatenate([engine.embed(sentences, short_size), engine.embed(passages, long_size)])
    rows.astype(numpy.float32).tofile(vectors)
    tokens = sum(int(mask.sum()) for _, _, mask in Batches(model).cut(passages, 32))
    print(json.dumps({"engine": f"{kind} {engine.version} {precision}", "Q_p50_ms": float(numpy.median(latencies)) * 1e3,
                      "S_per_s": len(sentences) / short_seconds, "P_tokens_per_s": tokens / long_seconds,
                      "peak_MB": peak, "cold_start_s": cold_start, "batch_sizes": [short_size, long_size]}))


if __name__ == "__main__":
    main()
