// The command line comes in; what glossa export is to do goes out.
#include "command_line.hpp"
#include "export_arguments.hpp"

#include <memory>
#include <string>

namespace tool {

namespace {

/// What both formats ask for.
void add_common(CLI::App* command, ExportArguments& arguments, const std::string& runtime) {
  add_model(command, arguments.model);
  command->add_option("--precision", arguments.precision, "numbers that the graph is made of")
      ->check(CLI::IsMember({"f32", "f16", "int8", "int8-static", "int4-int8"}))
      ->capture_default_str();
  command->add_option("--output", arguments.output, "folder to make")->required()->type_name("DIR");
  command
      ->add_option("--calibrate", arguments.calibration,
                   "texts like those to embed, one a line, that decide on the ranges of activations in integers "
                   "(default: texts of its own)")
      ->type_name("F|-");
  command->add_flag("--token-type-ids", arguments.token_type_ids, "with a third input, token_type_ids");
  command->add_flag("--check", arguments.check,
                    "run the graph in " + runtime + ", and tell how far its vectors are from the library's");
  command->add_option("--python", arguments.python, "Python that has " + runtime + ", for --check")
      ->type_name("PROGRAM")
      ->capture_default_str();
}

}  // namespace

void add_export_commands(CLI::App& app, Run& run) {
  CLI::App* formats = app.add_subcommand("export", "write a model for other runtimes");
  formats->require_subcommand(1);
  const auto arguments = std::make_shared<ExportArguments>();
  CLI::App* onnx = formats->add_subcommand("onnx", "write a folder with an ONNX graph");
  add_common(onnx, *arguments, "onnxruntime");
  onnx->add_option("--operators", arguments->operators,
                   "ONNX's own, or with those of ONNX Runtime, for processors or for graphics cards")
      ->check(CLI::IsMember({"onnx", "runtime", "runtime-gpu"}))
      ->capture_default_str();
  onnx->add_flag("--external-data", arguments->external_data,
                 "tensors in a file beside the graph (they always are beyond 2 GB)");
  onnx->callback([arguments, &run] { run = [arguments] { return export_onnx(*arguments); }; });
  const auto others = std::make_shared<ExportArguments>();
  CLI::App* openvino = formats->add_subcommand("openvino", "write a folder with an OpenVINO graph");
  add_common(openvino, *others, "openvino");
  openvino->callback([others, &run] { run = [others] { return export_openvino(*others); }; });
}

}  // namespace tool
