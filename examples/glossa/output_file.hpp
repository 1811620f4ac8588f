// Bytes come in; they go to standard output, to a device or pipe, or to a file that appears when all are written.
#pragma once

#include "stream_path.hpp"

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tool {

class OutputFile {
 public:
  /// `path` "-" is standard output.
  explicit OutputFile(const std::string& path) : name_(path == "-" ? "standard output" : path) {
    if (path == "-") {
      stream_ = stdout;
    } else if (is_stream(path)) {
      stream_ = std::fopen(path.c_str(), "wb");
      if (stream_ == nullptr) fail("cannot open for writing");
    } else {
      file_.emplace(std::filesystem::path(path));
    }
  }
  ~OutputFile() {
    if (stream_ != nullptr && stream_ != stdout) std::fclose(stream_);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view bytes) {
    if (file_) {
      file_->write(bytes);
    } else if (std::fwrite(bytes.data(), 1, bytes.size(), stream_) != bytes.size()) {
      fail("cannot write");
    }
  }

  /// Whether rewrite() can be used: what went to a stream is gone.
  [[nodiscard]] bool can_rewrite() const noexcept { return file_.has_value(); }
  /// Replaces bytes written before.
  void rewrite(std::uint64_t offset, std::string_view bytes) { file_->rewrite(offset, bytes); }

  /// Hands on what is buffered, so that a reader of the stream sees it.
  void flush() {
    if (!file_ && std::fflush(stream_) != 0) fail("cannot write");
  }

  void finish() {
    if (file_) {
      file_->commit();
    } else {
      flush();
    }
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw glossa::Error(glossa::ErrorKind::io,
                        {.file = name_, .problem = problem, .remedy = "is the disk full, or its reader gone?"});
  }

  std::string name_;
  std::FILE* stream_ = nullptr;
  std::optional<glossa::detail::AtomicFile> file_;
};

}  // namespace tool
