// Definition of export_openvino().
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/export/encoder_graph.hpp>
#include <glossa/export/exported_folder.hpp>
#include <glossa/export/model.hpp>
#include <glossa/export/openvino.hpp>
#include <glossa/export/openvino/card.hpp>
#include <glossa/export/openvino/ir_data.hpp>
#include <glossa/export/openvino/lowering.hpp>
#include <glossa/export/openvino/weights.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace glossa {

namespace detail {

/// Writes the graph to `path`, tensors beside it; all bytes.
inline std::uint64_t write_openvino(const ExportModel& model, const std::filesystem::path& path,
                                    const OpenvinoExportOptions& options) {
  const Graph graph = EncoderGraph(model, wishes_of(options), openvino_weights(model, options)).build();
  IrData data;
  IrLowering lowering(graph, data);
  IrLayers& layers = lowering.run();
  layers.note("precision", to_string(options.precision));
  std::filesystem::path tensors = path;
  const std::uint64_t bytes = data.write(tensors.replace_extension(".bin"), options.check);
  const std::string text = layers.text();
  AtomicFile file(path);
  file.write(text);
  file.commit();
  return bytes + text.size();
}

}  // namespace detail

inline ExportReport export_openvino(const std::filesystem::path& folder, const std::filesystem::path& output,
                                    const OpenvinoExportOptions& options) {
  const auto write = [&](const detail::ExportModel& model, const std::filesystem::path& path) {
    return detail::write_openvino(model, path, options);
  };
  const auto card = [&](const detail::ExportModel& model) { return detail::openvino_card(model, options); };
  return detail::export_to_folder(folder, output, "openvino", "openvino_model.xml", write, card);
}

}  // namespace glossa
