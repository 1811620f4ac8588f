#!/usr/bin/env python3
"""A Hugging Face folder comes in; the models of the other engines go out, each made once.

    python prepare.py MODEL_DIR OUT_DIR CALIBRATION.txt NAME [NAME ...]

NAME is a file in OUT_DIR: model.onnx, fused.onnx, fused-int8.onnx, model.xml, int8.xml, or ct2-int8. Each step is the
engine's own way: PyTorch's exporter; ONNX Runtime's optimiser for BERT and its dynamic quantisation by column;
OpenVINO's converter, and NNCF's quantisation, calibrated on the lines of CALIBRATION.txt; CTranslate2's converter.
"""

import pathlib
import sys


def make_graph(source, target, **_):
    import torch
    from transformers import AutoModel

    class LastHidden(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask):
            return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    model = LastHidden(AutoModel.from_pretrained(source, attn_implementation="eager")).eval()
    ids = torch.randint(5, 1000, (2, 16))
    names = ["input_ids", "attention_mask"]
    axes = {name: {0: "batch", 1: "tokens"} for name in names + ["last_hidden_state"]}
    torch.onnx.export(model, (ids, torch.ones_like(ids)), str(target), input_names=names,
                      output_names=["last_hidden_state"], dynamic_axes=axes, opset_version=17, dynamo=False)


def make_fused(source, target, folder, **_):
    import json
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    model = optimizer.optimize_model(str(folder / "model.onnx"), model_type="bert", opt_level=1, use_gpu=False,
                                     num_heads=config["num_attention_heads"], hidden_size=config["hidden_size"],
                                     optimization_options=FusionOptions("bert"))
    model.save_model_to_file(str(target))


def make_fused_int8(target, folder, **_):
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(str(folder / "fused.onnx"), str(target), weight_type=QuantType.QInt8, per_channel=True,
                     extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})


def make_openvino(target, folder, **_):
    import openvino

    openvino.save_model(openvino.convert_model(str(folder / "model.onnx")), str(target), compress_to_fp16=False)


def make_openvino_int8(source, target, folder, calibration):
    import nncf
    import numpy
    import openvino
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    rows = [numpy.array([tokenizer.encode(text).ids]) for text in calibration.read_text(encoding="utf-8").splitlines()]
    data = nncf.Dataset([{"input_ids": ids, "attention_mask": numpy.ones_like(ids)} for ids in rows])
    model = openvino.convert_model(str(folder / "model.onnx"))
    model = nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(rows))
    openvino.save_model(model, str(target))


def make_ctranslate2_int8(source, target, **_):
    from ctranslate2.converters import TransformersConverter

    TransformersConverter(str(source)).convert(str(target), quantization="int8", force=True)


STEPS = {  # name: what it needs first, how it is made
    "model.onnx": (None, make_graph),
    "fused.onnx": ("model.onnx", make_fused),
    "fused-int8.onnx": ("fused.onnx", make_fused_int8),
    "model.xml": ("model.onnx", make_openvino),
    "int8.xml": ("model.onnx", make_openvino_int8),
    "ct2-int8": (None, make_ctranslate2_int8),
}


def prepare(name, source, folder, calibration):
    target = folder / name
    if target.exists():
        return
    before, make = STEPS[name]
    if before:
        prepare(before, source, folder, calibration)
    print(f"making {target}", file=sys.stderr, flush=True)
    make(source=source, target=target, folder=folder, **({"calibration": calibration} if name == "int8.xml" else {}))


def main():
    source, folder, calibration = (pathlib.Path(path) for path in sys.argv[1:4])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[4:]:
        prepare(name, source, folder, calibration)


if __name__ == "__main__":
    main()
