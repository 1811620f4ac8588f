// glossa export: a model folder comes in; a folder with the same model as a graph for another runtime goes out.
#include "calibration_lines.hpp"
#include "export_arguments.hpp"
#include "export_check.hpp"
#include "interrupt.hpp"

#include <glossa/core/error.hpp>
#include <glossa/export/onnx.hpp>
#include <glossa/export/precision.hpp>
#include <glossa/export/report.hpp>

#if defined(GLOSSA_TOOL_HAS_OPENVINO)
#include <glossa/export/openvino.hpp>
#endif

#include <cstddef>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

namespace tool {

namespace {

/// The texts of --calibrate, for a precision in which they decide on something.
std::vector<std::string> read_calibration(const ExportArguments& arguments, bool has_use) {
  if (arguments.calibration.empty()) return {};
  if (!has_use)
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.field = "--calibrate",
                         .problem = "in this precision texts decide on nothing",
                         .found = "--precision " + arguments.precision,
                         .remedy = "leave it out, or ask for activations in integers: --precision int8-static"});
  constexpr std::size_t kMost = 16384;  // the library takes as many tokens, and leaves texts out in the same way
  return read_calibration_lines(arguments.calibration, kMost);
}

/// Says what was written and, with --check, how far the graph's vectors are from the library's.
int tell(const ExportArguments& arguments, const glossa::ExportReport& report, const char* runtime) {
  std::cerr << "done: " << report.graph.string() << ", " << std::fixed << std::setprecision(1)
            << static_cast<double>(report.bytes) / 1e6 << " MB\n";
  if (!arguments.check) return 0;
  const ExportDeviation found = check_export(runtime, report.graph, arguments.model, arguments.python);
  std::cout << found.runtime << ", " << found.texts << " texts: largest deviation of an element " << std::scientific
            << std::setprecision(2) << found.largest << ", cosine " << std::fixed << std::setprecision(7)
            << found.mean_cosine << " on average, " << found.lowest_cosine << " at least\n";
  return 0;
}

}  // namespace

int export_onnx(const ExportArguments& arguments) {
  catch_interrupts();
  glossa::OnnxExportOptions options;
  options.precision = *glossa::export_precision_from(arguments.precision);
  if (arguments.operators != "onnx")
    options.operators =
        arguments.operators == "runtime" ? glossa::OnnxOperators::runtime : glossa::OnnxOperators::runtime_gpu;
  options.token_type_ids = arguments.token_type_ids;
  options.external_data = arguments.external_data;
  options.check = [] { stop_if_interrupted(); };
  options.calibration_texts = read_calibration(arguments, options.precision != glossa::ExportPrecision::f32 &&
                                                              options.precision != glossa::ExportPrecision::f16);
  return tell(arguments, glossa::export_onnx(arguments.model, arguments.output, options), "onnxruntime");
}

#if defined(GLOSSA_TOOL_HAS_OPENVINO)

int export_openvino(const ExportArguments& arguments) {
  catch_interrupts();
  glossa::OpenvinoExportOptions options;
  options.precision = *glossa::export_precision_from(arguments.precision);
  options.token_type_ids = arguments.token_type_ids;
  options.check = [] { stop_if_interrupted(); };
  options.calibration_texts = read_calibration(arguments, options.precision == glossa::ExportPrecision::int8_static);
  return tell(arguments, glossa::export_openvino(arguments.model, arguments.output, options), "openvino");
}

#else

int export_openvino(const ExportArguments&) {
  throw glossa::Error(glossa::ErrorKind::unsupported,
                      {.problem = "this program was built without OpenVINO's format",
                       .remedy = "install libpugixml-dev, and build it with GLOSSA_WITH_OPENVINO=ON"});
}

#endif

}  // namespace tool
