// Vectors with what they belong to come in; a NumPy file or JSON lines go out.
#pragma once

#include "json_line.hpp"
#include "output_file.hpp"

#include <glossa/core/embeddings.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// Appends "[0.1,-0.2]", each number as short as it can be to give the same float again.
inline void append_vector(std::string& out, std::span<const float> vector) {
  std::array<char, 32> number{};
  out += '[';
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (i > 0) out += ',';
    out.append(number.data(), std::to_chars(number.data(), number.data() + number.size(), vector[i]).ptr);
  }
  out += ']';
}

/// Takes the vectors in the order of the texts.
class VectorWriter {
 public:
  virtual ~VectorWriter() = default;
  /// Rows of `vectors` belong to `objects`, the fields of each text.
  virtual void write(const glossa::Embeddings& vectors, const std::vector<OrderedJson>& objects) = 0;
  /// `dims` is for the case that there was no text.
  virtual void finish(std::size_t dims) = 0;
};

/// A float32 array [texts, dims] in NumPy's format 1.0. The number of rows is known last, so the header is written
/// again at the end; to standard output, which cannot go back, the rows wait in a temporary file.
class NpyWriter final : public VectorWriter {
 public:
  explicit NpyWriter(const std::string& path) : to_stdout_(path == "-"), file_(path) {
    if (!to_stdout_) {
      file_.write(header(0, 0));
    } else if ((spool_ = std::tmpfile()) == nullptr) {
      throw glossa::Error(glossa::ErrorKind::io, {.problem = "cannot create a temporary file",
                                                  .remedy = "write to a file, or choose --output-format jsonl"});
    }
  }
  ~NpyWriter() override {
    if (spool_ != nullptr) std::fclose(spool_);
  }

  void write(const glossa::Embeddings& vectors, const std::vector<OrderedJson>&) override {
    const std::string_view bytes(reinterpret_cast<const char*>(vectors.values().data()), vectors.values().size_bytes());
    rows_ += vectors.rows();
    if (!to_stdout_) {
      file_.write(bytes);
    } else if (std::fwrite(bytes.data(), 1, bytes.size(), spool_) != bytes.size()) {
      throw glossa::Error(glossa::ErrorKind::io, {.problem = "cannot write to a temporary file", .remedy = "is the disk full?"});
    }
  }

  void finish(std::size_t dims) override {
    if (!to_stdout_) {
      file_.rewrite(0, header(rows_, dims));
    } else {
      file_.write(header(rows_, dims));
      std::rewind(spool_);
      std::vector<char> buffer(1 << 16);
      for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), spool_)) > 0;)
        file_.write({buffer.data(), got});
    }
    file_.finish();
  }

 private:
  /// Always of the same length.
  static std::string header(std::size_t rows, std::size_t dims) {
    std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                       std::to_string(dims) + "), }";
    text.resize(128 - 10 - 1, ' ');
    text += '\n';
    std::string out("\x93NUMPY\x01\x00", 8);
    out += static_cast<char>(text.size() & 0xFF);
    out += static_cast<char>(text.size() >> 8);
    return out + text;
  }

  bool to_stdout_;
  OutputFile file_;
  std::FILE* spool_ = nullptr;
  std::size_t rows_ = 0;
};

/// A line a text: its own fields, then "embedding"; "receipt" if asked for, and "windows" where they were kept.
class JsonLinesWriter final : public VectorWriter {
 public:
  JsonLinesWriter(const std::string& path, bool with_receipts) : file_(path), with_receipts_(with_receipts) {}

  void write(const glossa::Embeddings& vectors, const std::vector<OrderedJson>& objects) override {
    std::string out;
    std::size_t window = 0;
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      OrderedJson object = objects[i];
      object.erase("embedding");
      if (with_receipts_) {
        const glossa::Receipt& receipt = vectors.receipts()[i];
        object["receipt"] = {{"tokens", receipt.tokens},
                             {"used_tokens", receipt.used_tokens},
                             {"used_bytes", receipt.used_bytes},
                             {"unknown_tokens", receipt.unknown_tokens},
                             {"windows", receipt.windows},
                             {"truncated", receipt.truncated()}};
      }
      if (!vectors.windows().empty()) object.erase("windows");
      out += object.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
      out.back() = ',';  // in place of the closing brace
      out += "\"embedding\":";
      append_vector(out, vectors[i]);
      if (!vectors.windows().empty()) append_windows(out, vectors, i, window);
      out += "}\n";
    }
    file_.write(out);
    file_.flush();
  }

  void finish(std::size_t) override { file_.finish(); }

 private:
  static void append_windows(std::string& out, const glossa::Embeddings& vectors, std::size_t text, std::size_t& window) {
    out += ",\"windows\":[";
    for (bool first = true; window < vectors.windows().size() && vectors.windows()[window].text == text; ++window) {
      const glossa::TextWindow& place = vectors.windows()[window];
      out += (first ? "{\"bytes\":[" : ",{\"bytes\":[") + std::to_string(place.bytes.begin) + "," +
             std::to_string(place.bytes.end) + "],\"tokens\":" + std::to_string(place.tokens) + ",\"embedding\":";
      append_vector(out, vectors.window_vector(window));
      out += '}';
      first = false;
    }
    out += ']';
  }

  OutputFile file_;
  bool with_receipts_;
};

}  // namespace tool
