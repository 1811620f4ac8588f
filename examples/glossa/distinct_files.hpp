// The files that a command reads and writes come in; those that are one file under two names are refused.
#pragma once

#include "stream_path.hpp"

#include <glossa/core/error.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace tool {

/// A file, and the option that names it; "" and "-" are none.
struct NamedFile {
  std::string option;
  std::string name;
};

/// Where a name leads to, whether there is something or not.
[[nodiscard]] inline std::filesystem::path place_of(const std::string& name) {
  std::error_code failed;
  const auto place = std::filesystem::weakly_canonical(std::filesystem::absolute(name, failed), failed);
  return failed ? std::filesystem::path(name) : place;
}

[[nodiscard]] inline bool are_one_file(const std::string& a, const std::string& b) {
  const auto is_file = [](const std::string& name) { return !name.empty() && name != "-" && !is_stream(name); };
  return is_file(a) && is_file(b) && place_of(a) == place_of(b);
}

/// The same of outputs, which must not be one stream either.
[[nodiscard]] inline bool are_one_output(const std::string& a, const std::string& b) {
  const auto named = [](const std::string& name) { return name == "-" ? std::string("/dev/stdout") : name; };
  if (a.empty() || b.empty()) return false;
  std::error_code failed;
  return place_of(named(a)) == place_of(named(b)) || std::filesystem::equivalent(named(a), named(b), failed);
}

/// Errors: `invalid_argument` where an output would take the place of an input or of another output, or where two go to
/// one stream.
inline void require_distinct_files(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs) {
  const auto refuse = [](const NamedFile& one, const NamedFile& other) {
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = one.option,
                                                              .problem = "it is the same as " + other.option,
                                                              .found = one.name,
                                                              .remedy = "give them different names"});
  };
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    for (const NamedFile& input : inputs)
      if (are_one_file(outputs[i].name, input.name)) refuse(outputs[i], input);
    for (std::size_t j = 0; j < i; ++j)
      if (are_one_output(outputs[i].name, outputs[j].name)) refuse(outputs[i], outputs[j]);
  }
}

}  // namespace tool
