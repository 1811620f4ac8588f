#!/usr/bin/env python3
"""A built glossa comes in; whether a runtime computes what PyTorch does for every kind of model goes out.

    python3 tests/peers/families_in_runtimes.py GLOSSA RUNTIME

RUNTIME is onnx or openvino. The small random models are those of tests/golden/families.json, and others that differ from
them in one thing: activation, poolings, sizes that fill no block, token types, what is added to a variance, the place of
padding. Each is exported in every precision, in ONNX with all kinds of operators, too, and run with all texts in one
batch; what transformers makes of the same weights in double precision, text by text, is the reference. Exit status 1
where anything fails.
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
import transformers
from safetensors.numpy import save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests/golden")]
import export_graphs  # noqa: E402
from random_weights import weights  # noqa: E402

# The lowest cosine of any text; random weights leave roundings more to change than trained ones do.
LEAST = {"f32": 0.9999999, "f16": 0.9999, "int8": 0.995, "int8-static": 0.99, "int4-int8": 0.98}
OPERATORS = {"onnx": [[], ["--operators", "runtime"], ["--operators", "runtime-gpu"]], "openvino": [[]]}
POOLINGS = ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
FLAGS = {"pooling_mode_cls_token": "cls", "pooling_mode_max_tokens": "max", "pooling_mode_mean_tokens": "mean",
         "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
         "pooling_mode_weightedmean_tokens": "weightedmean", "pooling_mode_lasttoken": "lasttoken"}


def models():
    """Name, files, ids of texts and the prefix of weights' names."""
    families = json.loads((ROOT / "tests/golden/families.json").read_text(encoding="utf-8"))["families"]
    for family in families:
        yield family["name"], family["files"], family["ids"], family["prefix"]
    own = {family["name"]: family for family in families}
    bert, roberta = own["all-MiniLM-L6-v2"], own["multilingual-e5-base"]

    def other(name, of, poolings="mean", **config):
        files = copy.deepcopy(of["files"])
        files["config.json"] |= config
        files["1_Pooling/config.json"] = {"pooling_mode": poolings}
        return name, files, of["ids"], ""
    yield other("gelu_new", bert, hidden_act="gelu_new")
    yield other("relu", roberta, hidden_act="relu")
    yield other("a variance that is small beside what is added to it", bert, layer_norm_eps=0.1)
    yield other("sizes that fill no block", bert, hidden_size=36, num_attention_heads=3, intermediate_size=50)
    yield other("sizes that fill a block and not two", roberta, hidden_size=80, num_attention_heads=5,
                intermediate_size=96, num_hidden_layers=1)
    yield other("three token types", bert, type_vocab_size=3)
    yield other("padding elsewhere", roberta, pad_token_id=5, max_position_embeddings=518)
    yield other("all poolings, normalised", bert, POOLINGS)
    for pooling in POOLINGS:
        yield other(f"positions that follow padding, {pooling}", roberta, pooling)


def make_model(files, prefix, folder):
    """Writes the folder; the model in double precision."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    if not (folder / "vocab.txt").exists() and not (folder / "tokenizer.json").exists():
        write_tokenizer(folder)
    config = transformers.AutoConfig.from_pretrained(folder)
    kind = transformers.BertModel if config.model_type == "bert" else transformers.XLMRobertaModel
    model = kind(config, add_pooling_layer=False)
    names = {name: value for name, value in model.state_dict().items() if value.is_floating_point()}
    made = {name: weights(name, value.shape) for name, value in names.items()}
    model.load_state_dict({name: torch.from_numpy(value) for name, value in made.items()}, strict=False)
    save_file({prefix + name: value for name, value in made.items()}, folder / "model.safetensors", {"format": "pt"})
    return model.double().eval()


def write_tokenizer(folder):
    """The SentencePiece model of the families."""
    import base64
    text = json.loads((ROOT / "tests/golden/families.json").read_text(encoding="utf-8"))["sentencepiece"]
    (folder / "sentencepiece.bpe.model").write_bytes(base64.b64decode(text))


def pooled(hidden, files):
    """A text's vector from those of its tokens."""
    pooling = files["1_Pooling/config.json"]
    modes = pooling.get("pooling_mode") or [mode for flag, mode in FLAGS.items() if pooling.get(flag)]
    places = numpy.arange(1, len(hidden) + 1)[:, None]
    make = {"cls": lambda: hidden[0], "max": lambda: hidden.max(0), "mean": lambda: hidden.mean(0),
            "mean_sqrt_len_tokens": lambda: hidden.sum(0) / numpy.sqrt(len(hidden)),
            "weightedmean": lambda: (hidden * places).sum(0) / places.sum(), "lasttoken": lambda: hidden[-1]}
    vector = numpy.concatenate([make[mode]() for mode in ([modes] if isinstance(modes, str) else modes)])
    return vector / numpy.linalg.norm(vector) if len(files["modules.json"]) > 2 else vector


def reference(model, ids, files):
    with torch.no_grad():
        return numpy.stack([pooled(model(torch.tensor([some])).last_hidden_state[0].numpy(), files) for some in ids])


def compare(graph, ids, padding, expected, precision):
    """The lowest cosine of a text. Errors: ValueError where vectors are not those expected."""
    length = max(map(len, ids))
    batch = numpy.array([some + [padding] * (length - len(some)) for some in ids], numpy.int64)
    mask = numpy.array([[1] * len(some) + [0] * (length - len(some)) for some in ids], numpy.int64)
    found = graph.run(graph.feed(batch, mask), ["sentence_embedding"])[0]
    if found.shape != expected.shape:
        raise ValueError(f"vectors are {found.shape}, not {expected.shape}")
    lowest = export_graphs.cosines(found, expected).min()
    largest = abs(found - expected).max() / abs(expected).max()
    if not lowest >= LEAST[precision] or (precision == "f32" and not largest < 1e-5):
        raise ValueError(f"lowest cosine {lowest:.8f}, largest deviation {largest:.1e} of the largest element")
    return lowest


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in OPERATORS:
        sys.exit(__doc__)
    tool, runtime = sys.argv[1:]
    faults = 0
    lowest = {precision: [] for precision in LEAST}
    for name, files, ids, prefix in models():
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            expected = reference(make_model(files, prefix, folder / "model"), ids, files)
            forms = [["--precision", precision, *operators] for precision in LEAST for operators in OPERATORS[runtime]]
            for number, form in enumerate(forms + [["--precision", "f32", "--token-type-ids"]]):
                try:
                    command = [tool, "export", runtime, "--model", folder / "model", "--output", folder / str(number)]
                    done = subprocess.run(command + form, capture_output=True, text=True)
                    if done.returncode != 0:
                        raise ValueError(done.stderr.strip())
                    graph = export_graphs.open_graph(export_graphs.graph_path(folder / str(number)))
                    lowest[form[1]].append(compare(graph, ids, files["config.json"].get("pad_token_id", 0), expected,
                                                   form[1]))
                except Exception as error:  # whatever the runtime throws
                    faults += 1
                    print(f"{name}: FAULT: {' '.join(form[1:])}: {error}", flush=True)
    for precision, cosines in lowest.items():
        print(f"{precision}: {len(cosines)} graphs, lowest cosine {min(cosines, default=0):.8f}")
    return 1 if faults or not all(lowest.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
