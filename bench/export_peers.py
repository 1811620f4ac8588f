"""A model comes in; what ONNX Runtime's and OpenVINO's own tools make of the PyTorch model goes out.

Needs torch and transformers; onnx and onnxruntime for the ones, openvino and nncf for the others. What lies there is
kept.
"""

import numpy

import export_graphs


def onnx_peers(model, folder, calibration):
    """PyTorch's export, optimised by onnxruntime.transformers.optimizer, and made int8 by quantize_dynamic before and
    after that, and by quantize_static; their paths by name."""
    paths = {name: folder / f"{name}.onnx" for name in ("torch", "ort-f32", "ort-int8", "ort-f32-int8", "ort-static")}
    if all(path.exists() for path in paths.values()):
        return paths
    import onnx
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

    names = {0: "batch", 1: "length"}
    with torch.no_grad():
        torch.onnx.export(Wrapped().eval(), example_of(torch), str(paths["torch"]), opset_version=17, dynamo=False,
                          input_names=["input_ids", "attention_mask"], output_names=["last_hidden_state"],
                          dynamic_axes={name: names for name in ("input_ids", "attention_mask", "last_hidden_state")})
    optimised = optimizer.optimize_model(str(paths["torch"]), model_type="bert", num_heads=config.num_attention_heads,
                                         hidden_size=config.hidden_size)
    print("ONNX Runtime's optimiser fused:", optimised.get_fused_operator_statistics())
    optimised.save_model_to_file(str(paths["ort-f32"]))
    for source, target in (("torch", "ort-int8"), ("ort-f32", "ort-f32-int8")):
        quantize_dynamic(str(paths[source]), str(paths[target]), per_channel=True, weight_type=QuantType.QInt8,
                         extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
    quantize_statically(paths["torch"], paths["ort-static"], model, calibration)
    return paths


class Calibration:
    """Texts as quantize_static reads them."""

    def __init__(self, model, texts):
        tokenizer = export_graphs.tokenizer_of(model)
        self.rows = iter([numpy.array([tokenizer.encode(text).ids], numpy.int64) for text in texts])

    def get_next(self):
        ids = next(self.rows, None)
        return None if ids is None else {"input_ids": ids, "attention_mask": numpy.ones_like(ids)}


def quantize_statically(source, target, model, calibration):
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process
    texts = [line for line in calibration.read_text(encoding="utf-8").split("\n") if line.strip()]
    prepared = target.with_suffix(".prepared")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantize_static(str(prepared), str(target), Calibration(model, texts[:64]), quant_format=QuantFormat.QDQ,
                    per_channel=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
                    op_types_to_quantize=["MatMul", "Gather"], extra_options={"MatMulConstBOnly": True})
    prepared.unlink()


def openvino_peers(model, folder, calibration):
    """What OpenVINO makes of the model with mean pooling behind it, in f32, quantized by NNCF (model type TRANSFORMER,
    on calibration's texts) and with 8-bit weights alone; their paths by name."""
    paths = {name: folder / f"{name}.xml" for name in ("torch-f32", "nncf-int8", "nncf-int8-weights")}
    if all(path.exists() for path in paths.values()):
        return paths
    import nncf
    import openvino
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

    def converted():
        ids, mask = example_of(torch)
        out = openvino.convert_model(Wrapped().eval(), example_input={"input_ids": ids, "attention_mask": mask})
        for port, name in zip(out.outputs, ("last_hidden_state", "sentence_embedding")):
            port.get_tensor().set_names({name})
        return out

    openvino.save_model(converted(), paths["torch-f32"], compress_to_fp16=False)
    compressed = nncf.compress_weights(converted(), mode=nncf.CompressWeightsMode.INT8_SYM)
    openvino.save_model(compressed, paths["nncf-int8-weights"], compress_to_fp16=False)
    tokenizer = export_graphs.tokenizer_of(model)
    rows = [tokenizer.encode(text).ids for text in calibration.read_text(encoding="utf-8").splitlines() if text]
    samples = [{"input_ids": numpy.array([row]), "attention_mask": numpy.ones((1, len(row)), numpy.int64)}
               for row in rows]
    quantized = nncf.quantize(converted(), nncf.Dataset(samples), model_type=nncf.ModelType.TRANSFORMER,
                              subset_size=len(samples))
    openvino.save_model(quantized, paths["nncf-int8"], compress_to_fp16=False)
    return paths


def example_of(torch):
    """Two texts, one of them half as long."""
    ids = torch.ones(2, 16, dtype=torch.long)
    mask = torch.ones_like(ids)
    mask[1, 8:] = 0
    return ids, mask
