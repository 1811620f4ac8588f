// A model goes out in both formats; twice, so that the second time its folder is there.
#include <glossa/core/error.hpp>
#include <glossa/export/onnx.hpp>
#include <glossa/export/openvino.hpp>

#include <cstdio>
#include <filesystem>

int main(int argc, char** argv) {
  if (argc != 3) return std::puts("usage: exporter MODEL FOLDER"), 2;
  const std::filesystem::path folder = argv[2];
  const auto onnx = glossa::export_onnx(argv[1], folder / "onnx", {.precision = glossa::ExportPrecision::int8});
  const auto openvino = glossa::export_openvino(argv[1], folder / "openvino");
  std::printf("%s, %s\n", onnx.graph.string().c_str(), openvino.graph.string().c_str());
  try {
    (void)glossa::export_onnx(argv[1], folder / "onnx");
    return std::puts("a folder was written over"), 1;
  } catch (const glossa::Error& error) {
    std::printf("caught: %s\n", error.what());
  }
  return 0;
}
