// glossa convert-e5s1: a 4-bit blob comes in; a model folder goes out.
#include "commands.hpp"
#include "interrupt.hpp"

#include "../convert/hugging_face_folder.hpp"

#include <iostream>
#include <string>

namespace tool {

int convert_e5s1(const std::string& blob, const std::string& folder) {
  catch_interrupts();
  const auto say = [](const std::string& step) { std::cerr << step << '\n'; };
  const auto check = [&] {
    if (interrupted) throw glossa::Error(glossa::ErrorKind::cancelled, {.file = folder, .problem = "interrupted"});
  };
  convert::convert_e5s1(blob, folder, say, check);
  std::cerr << "done: " << folder << '\n';
  return 0;
}

}  // namespace tool
