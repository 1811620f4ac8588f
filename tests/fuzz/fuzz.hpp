// What every target needs: the input as text, files in memory to read it from, and an end to a run that breaks a rule.
#pragma once

#include "paths.hpp"

#include <glossa/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz {

/// Ends the process where the rule is broken; libFuzzer then keeps the input.
inline void require(bool holds, std::string_view rule) {
  if (holds) return;
  std::fprintf(stderr, "broken rule: %.*s\n", static_cast<int>(rule.size()), rule.data());
  std::abort();
}

/// The same for functions that return which rule is broken, or nothing.
inline void require_none(const std::string& broken_rule) { require(broken_rule.empty(), broken_rule); }

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Calls load() and tells whether it accepted the input. It may throw nothing but an Error that names `file` (a folder
/// stands for the files in it), gives a reason, and is not much longer than the input of `size` bytes.
template <class Load>
bool accepts(const std::string& file, std::size_t size, Load&& load) {
  try {
    std::forward<Load>(load)();
    return true;
  } catch (const glossa::Error& error) {
    const glossa::ErrorFacts& facts = error.facts();
    require(facts.file.starts_with(file), std::string("an Error that does not name the file: ") + error.what());
    require(!facts.field.empty() || !facts.problem.empty() || !facts.expected.empty(), "an Error without a reason");
    require(std::string_view(error.what()).size() <= 1000 + 2 * size, "an Error as long as a book");
    return false;
  }
}

/// A folder of this process, removed at its end; run.sh sets TMPDIR to a place in memory.
inline const std::filesystem::path& folder() {
  static const test::TemporaryFolder temporary;
  return temporary.path();
}

/// A file in folder() that is written only where its content changes; without content it is not there.
class InputFile {
 public:
  explicit InputFile(const std::string& name) : path_(folder() / name) {
    std::filesystem::create_directories(path_.parent_path());
  }

  void write(std::string_view bytes) {
    if (is_there_ && bytes == bytes_) return;
    if (is_there_) std::filesystem::remove(path_);  // a new file: the old one may still be mapped
    test::write_file(path_, bytes);
    bytes_ = bytes;
    is_there_ = true;
  }
  void remove() {
    if (is_there_) std::filesystem::remove(path_);
    is_there_ = false;
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  std::string bytes_;
  bool is_there_ = false;
};

/// The parts between NUL bytes, for inputs that stand for several files.
inline std::vector<std::string_view> sections(std::string_view input) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = input.find('\0');
    parts.push_back(input.substr(0, end));
    if (end == std::string_view::npos) return parts;
    input.remove_prefix(end + 1);
  }
}

}  // namespace fuzz
