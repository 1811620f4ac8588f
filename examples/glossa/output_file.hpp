// Bytes come in; they go to standard output, or to a file that appears when all are written.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace tool {

class OutputFile {
 public:
  /// `path` "-" is standard output.
  explicit OutputFile(const std::string& path) {
    if (path != "-") file_.emplace(std::filesystem::path(path));
  }

  void write(std::string_view bytes) {
    if (file_) {
      file_->write(bytes);
    } else if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size()) {
      fail();
    }
  }

  /// Replaces bytes written before; files only.
  void rewrite(std::uint64_t offset, std::string_view bytes) { file_->rewrite(offset, bytes); }

  /// Hands on what is buffered, so that a reader of standard output sees it.
  void flush() {
    if (!file_ && std::fflush(stdout) != 0) fail();
  }

  void finish() {
    if (file_) {
      file_->commit();
    } else {
      flush();
    }
  }

 private:
  [[noreturn]] static void fail() {
    throw glossa::Error(glossa::ErrorKind::io, {.file = "standard output", .problem = "cannot write"});
  }

  std::optional<glossa::detail::AtomicFile> file_;
};

}  // namespace tool
