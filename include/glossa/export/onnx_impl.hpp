// Definition of export_onnx().
#pragma once

#include <glossa/export/encoder_graph.hpp>
#include <glossa/export/exported_folder.hpp>
#include <glossa/export/graph_weights.hpp>
#include <glossa/export/integer_linear.hpp>
#include <glossa/export/model.hpp>
#include <glossa/export/onnx.hpp>
#include <glossa/export/onnx/card.hpp>
#include <glossa/export/onnx/lowering.hpp>
#include <glossa/export/onnx/message.hpp>
#include <glossa/export/onnx/writer.hpp>

#include <cstdint>
#include <filesystem>

namespace glossa {

namespace detail {

/// Writes the graph to `path`, tensors beside it where they are more than `most_inline` bytes; all bytes.
inline std::uint64_t write_onnx(const ExportModel& model, const std::filesystem::path& path,
                                const OnnxExportOptions& options, std::uint64_t most_inline = kMostInline) {
  const BiasForm bias = options.operators == OnnxOperators::onnx ? BiasForm::integers : BiasForm::rounded;
  Graph graph =
      EncoderGraph(model, wishes_of(options), weights_of(model, options.precision, options.calibration_texts, bias))
          .build();
  OnnxMessage nodes;
  OnnxLowering lowering(graph, nodes, options.operators);
  lowering.run();
  std::uint64_t bytes = 0;
  for (const GraphConstant& constant : graph.constants) bytes += constant.bytes();
  OnnxFile file;
  file.path = path;
  file.uses_microsoft = lowering.uses_microsoft();
  file.external = options.external_data || bytes > most_inline;
  file.check = options.check;
  return OnnxWriter(graph, nodes, file).write();
}

}  // namespace detail

inline ExportReport export_onnx(const std::filesystem::path& folder, const std::filesystem::path& output,
                                const OnnxExportOptions& options) {
  const auto write = [&](const detail::ExportModel& model, const std::filesystem::path& path) {
    return detail::write_onnx(model, path, options);
  };
  const auto card = [&](const detail::ExportModel& model) { return detail::onnx_card(model, options); };
  return detail::export_to_folder(folder, output, "onnx", "model.onnx", write, card);
}

}  // namespace glossa
