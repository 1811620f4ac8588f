// What the command line asked of glossa export.
#pragma once

#include <string>

namespace tool {

struct ExportArguments {
  std::string model;
  std::string precision = "f32";
  std::string calibration;  // empty: texts of the library's own
  std::string output;
  std::string python = "python3";
  bool check = false;
  std::string operators = "onnx";
  bool token_type_ids = false;
  bool external_data = false;
};

int export_onnx(const ExportArguments& arguments);
int export_openvino(const ExportArguments& arguments);

}  // namespace tool
