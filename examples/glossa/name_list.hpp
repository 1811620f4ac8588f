// What an option says comes in, "A,B" or several of them; its names go out, each once.
#pragma once

#include <glossa/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace tool {

/// Errors: `invalid_argument` for an empty name, and for one that is there twice.
[[nodiscard]] inline std::vector<std::string> names_of_list(const std::string& option,
                                                            const std::vector<std::string>& given) {
  std::vector<std::string> names;
  const auto refuse = [&](const std::string& problem, const std::string& all, const std::string& found) {
    throw glossa::Error(
        glossa::ErrorKind::invalid_argument,
        {.field = option, .problem = problem + " in \"" + all + "\"", .found = found, .remedy = "name each once"});
  };
  for (const std::string& all : given)
    for (std::size_t begin = 0; begin <= all.size();) {
      const std::size_t end = std::min(all.find(',', begin), all.size());
      std::string name = all.substr(begin, end - begin);
      begin = end + 1;
      if (name.empty()) refuse("there is an empty name", all, "\"\"");
      if (std::find(names.begin(), names.end(), name) != names.end()) refuse("a name is given twice", all, name);
      names.push_back(std::move(name));
    }
  return names;
}

}  // namespace tool
