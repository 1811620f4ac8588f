// A model folder comes in; a folder with the same model as an ONNX graph goes out. glossa.hpp does not include
// this header.
#pragma once

#include <glossa/export/onnx/options.hpp>
#include <glossa/export/report.hpp>

#include <filesystem>

namespace glossa {

/// Writes the model of `folder` to `output`, which must not exist or be an empty folder, and appears when all is
/// written: onnx/model.onnx (opset 17) with the tokenizer's files, the configuration and a README.md, as
/// sentence-transformers (backend="onnx") and, where there is a tokenizer.json, fastembed expect them. Inputs are
/// input_ids and attention_mask, i64 [batch, length]; outputs are last_hidden_state [batch, length, hidden] and
/// sentence_embedding [batch, dims], pooled and normalised as the folder says. Holds one matrix at a time in memory.
/// Errors: `not_found`; `unsupported` for other architectures, and for weights that are quantized already;
/// `corrupt_file`; `invalid_argument` where the output's name is taken; `io`.
inline ExportReport export_onnx(const std::filesystem::path& folder, const std::filesystem::path& output,
                                const OnnxExportOptions& options = {});

}  // namespace glossa

// Always: what glossa::compiled holds has no part of this.
#include <glossa/export/onnx_impl.hpp>
