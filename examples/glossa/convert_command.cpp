// glossa convert-e5s1, glossa quantize: a 4-bit blob or a model folder comes in; a model folder goes out.
#include "calibration_lines.hpp"
#include "commands.hpp"
#include "interrupt.hpp"

#include "../convert/hugging_face_folder.hpp"
#include "../convert/quantized_folder.hpp"

#include <functional>
#include <iostream>
#include <string>

namespace tool {

namespace {

void say(const std::string& step) { std::cerr << step << '\n'; }

/// What a long conversion calls now and then.
std::function<void()> interruption_check(const std::string& folder) {
  catch_interrupts();
  return [folder] {
    if (interrupted) throw glossa::Error(glossa::ErrorKind::cancelled, {.file = folder, .problem = "interrupted"});
  };
}

}  // namespace

int quantize(const QuantizeArguments& arguments) {
  const std::string& output = arguments.output;
  const auto check = interruption_check(output);
  convert::Quantization wanted{.precision = precision_from(arguments.precision)};
  if (!arguments.calibration.empty()) wanted.texts = read_calibration_lines(arguments.calibration);
  convert::quantize_folder(arguments.model, output, wanted, say, check);
  std::cerr << "done: " << output << '\n';
  return 0;
}

int convert_e5s1(const ConvertArguments& arguments) {
  const std::string& folder = arguments.folder;
  convert::convert_e5s1(arguments.blob, folder, precision_from(arguments.precision), say, interruption_check(folder));
  std::cerr << "done: " << folder << '\n';
  return 0;
}

}  // namespace tool
