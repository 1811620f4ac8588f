// glossa convert-e5s1, glossa quantize: a 4-bit blob or a model folder comes in; a model folder goes out.
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

int quantize(const std::string& model, const std::string& output) {
  convert::quantize_folder(model, output, say, interruption_check(output));
  std::cerr << "done: " << output << '\n';
  return 0;
}

int convert_e5s1(const std::string& blob, const std::string& folder) {
  convert::convert_e5s1(blob, folder, say, interruption_check(folder));
  std::cerr << "done: " << folder << '\n';
  return 0;
}

}  // namespace tool
