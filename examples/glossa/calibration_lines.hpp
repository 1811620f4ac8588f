// A file comes in; texts to calibrate by go out.
#pragma once

#include "line_reader.hpp"

#include <glossa/core/error.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tool {

/// The lines that have a text, of which there must be some. Of more than `most`, every other one is left out until
/// there are not, whatever the size of the file.
[[nodiscard]] inline std::vector<std::string> read_calibration_lines(
    const std::string& path, std::size_t most = std::numeric_limits<std::size_t>::max()) {
  LineReader reader(path);
  std::vector<std::string> texts;
  std::size_t step = 1;
  std::size_t number = 0;
  for (std::string line; reader.next(line);) {
    if (is_blank(line) || number++ % step != 0) continue;
    texts.push_back(std::move(line));
    if (texts.size() <= most) continue;
    for (std::size_t i = 2; i < texts.size(); i += 2) texts[i / 2] = std::move(texts[i]);
    texts.resize((texts.size() + 1) / 2);
    step *= 2;
  }
  if (texts.empty())
    throw glossa::Error(
        glossa::ErrorKind::invalid_argument,
        {.file = path, .problem = "there are no texts in it", .remedy = "give a file with a text a line"});
  return texts;
}

}  // namespace tool
