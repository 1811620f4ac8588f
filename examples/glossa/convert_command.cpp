// glossa convert-e5s1: a 4-bit blob comes in; a model folder goes out.
#include "commands.hpp"

#include "../convert/hugging_face_folder.hpp"

#include <iostream>
#include <string>

namespace tool {

int convert_e5s1(const std::string& blob, const std::string& folder) {
  convert::convert_e5s1(blob, folder, [](const std::string& step) { std::cerr << step << '\n'; });
  std::cerr << "done: " << folder << '\n';
  return 0;
}

}  // namespace tool
