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
  /// Whether write() wants to know the fields of each text.
  [[nodiscard]] virtual bool needs_fields() const noexcept = 0;
  /// Rows of `vectors` belong to `fields`: JSON objects whose closing brace is missing.
  virtual void write(const glossa::Embeddings& vectors, const std::vector<std::string>& fields) = 0;
  /// `dims` is for the case that there was no text.
  virtual void finish(std::size_t dims) = 0;
};

/// A float32 array [texts, dims] in NumPy's format 1.0. The number of rows is known last, so the header is written
/// again at the end; for a stream, which cannot go back, the rows wait in a temporary file.
class NpyWriter final : public VectorWriter {
 public:
  explicit NpyWriter(const std::string& path) : file_(path) {
    if (file_.can_rewrite()) {
      file_.write(header(0, 0));
    } else if ((spool_ = std::tmpfile()) == nullptr) {
      throw glossa::Error(glossa::ErrorKind::io, {.problem = "cannot create a temporary file",
                                                  .remedy = "write to a file, or choose --output-format jsonl"});
    }
  }
  ~NpyWriter() override {
    if (spool_ != nullptr) std::fclose(spool_);
  }

  [[nodiscard]] bool needs_fields() const noexcept override { return false; }

  void write(const glossa::Embeddings& vectors, const std::vector<std::string>&) override {
    const std::string_view bytes(reinterpret_cast<const char*>(vectors.values().data()), vectors.values().size_bytes());
    rows_ += vectors.rows();
    if (file_.can_rewrite()) {
      file_.write(bytes);
    } else if (std::fwrite(bytes.data(), 1, bytes.size(), spool_) != bytes.size()) {
      throw glossa::Error(glossa::ErrorKind::io,
                          {.problem = "cannot write to a temporary file", .remedy = "is the disk full?"});
    }
  }

  void finish(std::size_t dims) override {
    if (file_.can_rewrite()) {
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

  OutputFile file_;
  std::FILE* spool_ = nullptr;
  std::size_t rows_ = 0;
};

/// A line a text: its own fields, "receipt" if asked for, "embedding", and "windows" where they were kept.
class JsonLinesWriter final : public VectorWriter {
 public:
  JsonLinesWriter(const std::string& path, bool with_receipts) : file_(path), with_receipts_(with_receipts) {}

  [[nodiscard]] bool needs_fields() const noexcept override { return true; }

  void write(const glossa::Embeddings& vectors, const std::vector<std::string>& fields) override {
    std::string out;
    std::size_t window = 0;
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      out += fields[i];
      if (with_receipts_) {
        const glossa::Receipt& receipt = vectors.receipts()[i];
        const OrderedJson object{{"tokens", receipt.tokens},         {"used_tokens", receipt.used_tokens},
                                 {"used_bytes", receipt.used_bytes}, {"unknown_tokens", receipt.unknown_tokens},
                                 {"windows", receipt.windows},       {"truncated", receipt.truncated()}};
        out += ",\"receipt\":" + object.dump();
      }
      out += ",\"embedding\":";
      append_vector(out, vectors[i]);
      if (!vectors.windows().empty()) append_windows(out, vectors, i, window);
      out += "}\n";
      if (out.size() < kWriteBytes && i + 1 < vectors.rows()) continue;
      file_.write(out);
      out.clear();
    }
    file_.flush();
  }

  void finish(std::size_t) override { file_.finish(); }

 private:
  static constexpr std::size_t kWriteBytes = std::size_t{1} << 20;

  static void append_windows(std::string& out, const glossa::Embeddings& vectors, std::size_t text,
                             std::size_t& window) {
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
