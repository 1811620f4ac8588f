"""Folders of `glossa export` come in; their graphs go out, which ONNX Runtime or OpenVINO runs behind one interface.

Needs numpy and tokenizers, and onnxruntime or openvino for the graphs of each.
"""

import json
import pathlib

import numpy

PLACES = {"onnx": pathlib.Path("onnx", "model.onnx"), "openvino": pathlib.Path("openvino", "openvino_model.xml")}


def runtime_of(path):
    return "openvino" if path.suffix == ".xml" else "onnx"


def graph_path(folder):
    """The graph of a folder that `glossa export` wrote."""
    for place in PLACES.values():
        if (folder / place).exists():
            return folder / place
    raise FileNotFoundError(f"{folder}: neither {' nor '.join(map(str, PLACES.values()))}")


def bytes_of(path):
    """Of a graph and what lies beside it."""
    beside = [path.with_suffix(".bin")] if runtime_of(path) == "openvino" else path.parent.glob(path.name + ".data")
    return path.stat().st_size + sum(file.stat().st_size for file in beside)


class OnnxGraph:
    def __init__(self, path, threads=0):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.narrow = {port.name for port in self.session.get_inputs() if port.type == "tensor(int32)"}
        self.inputs = [port.name for port in self.session.get_inputs()]
        self.outputs = [port.name for port in self.session.get_outputs()]

    def feed(self, ids, mask):
        values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
        return {name: values[name].astype(numpy.int32 if name in self.narrow else numpy.int64) for name in self.inputs}

    def run(self, fed, outputs):
        return self.session.run(outputs, fed)


class OpenvinoGraph:
    """Computes in f32: on processors with bfloat16 OpenVINO would take that by itself."""

    def __init__(self, path, threads=0):
        import openvino
        options = {"INFERENCE_PRECISION_HINT": "f32"}
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
        core = openvino.Core()
        self.compiled = core.compile_model(core.read_model(path), "CPU", options)
        self.request = self.compiled.create_infer_request()
        self.inputs = [port.any_name for port in self.compiled.inputs]
        self.outputs = [port.any_name for port in self.compiled.outputs]

    def feed(self, ids, mask):
        values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
        return {name: values[name] for name in self.inputs}

    def run(self, fed, outputs):
        results = self.request.infer(fed)
        return [results[self.compiled.output(name)].copy() for name in outputs]


def open_graph(path, threads=0):
    return OpenvinoGraph(path, threads) if runtime_of(path) == "openvino" else OnnxGraph(path, threads)


def read_texts(path):
    """The field "text" of JSON lines."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def padding_of(model):
    return json.loads((model / "config.json").read_text(encoding="utf-8")).get("pad_token_id", 0)


def tokenizer_of(folder, most=512):
    import tokenizers
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return tokenizer


def pool(graph, ids, mask):
    """Vectors of unit length; a graph without vectors of texts gets the mean of its tokens'."""
    fed = graph.feed(ids, mask)
    if "sentence_embedding" in graph.outputs:
        return graph.run(fed, ["sentence_embedding"])[0]
    hidden = graph.run(fed, graph.outputs[:1])[0]
    vectors = (hidden * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
    return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


def embed(graph, texts, tokenizer, padding, batch=16):
    """Vectors of texts, in batches of similar lengths with padding behind the shorter ones."""
    ids = [tokenizer.encode(text).ids for text in texts]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    vectors = [None] * len(ids)
    for start in range(0, len(order), batch):
        some = order[start:start + batch]
        length = max(len(ids[i]) for i in some)
        padded = numpy.array([ids[i] + [padding] * (length - len(ids[i])) for i in some], numpy.int64)
        mask = numpy.array([[1] * len(ids[i]) + [0] * (length - len(ids[i])) for i in some], numpy.int64)
        for i, vector in zip(some, pool(graph, padded, mask)):
            vectors[i] = vector
    return numpy.stack(vectors)


def cosines(a, b):
    a, b = a.astype(numpy.float64), b.astype(numpy.float64)
    return (a * b).sum(1) / (numpy.linalg.norm(a, axis=1) * numpy.linalg.norm(b, axis=1))
