// A NumPy file of vectors comes in; the vectors go out.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// Reads an array of float32 or float64 with two dimensions, in C order, as numpy.save() writes it (format 1 to 3).
class NpyReader {
 public:
  explicit NpyReader(const std::string& path) : file_(std::filesystem::path(path)) {
    static_assert(std::endian::native == std::endian::little, "the arrays are little-endian");
    std::array<unsigned char, 12> start{};
    if (file_.size() < start.size()) refuse("this is no NumPy file");
    file_.read(0, start.data(), start.size());
    if (std::memcmp(start.data(), "\x93NUMPY", 6) != 0) refuse("this is no NumPy file");
    const bool is_wide = start[6] >= 2;
    std::uint64_t length = start[8] | std::uint64_t{start[9]} << 8;
    if (is_wide) length |= std::uint64_t{start[10]} << 16 | std::uint64_t{start[11]} << 24;
    offset_ = is_wide ? 12 : 10;
    if (length > kLongest || offset_ + length > file_.size()) refuse("its header is damaged");
    std::string about(static_cast<std::size_t>(length), ' ');
    file_.read(offset_, about.data(), about.size());
    offset_ += length;
    parse(about);
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t dims() const noexcept { return dims_; }

  [[nodiscard]] glossa::Embeddings read() const {
    glossa::Embeddings vectors(rows_, dims_);
    if (is_double_) {
      constexpr std::size_t kChunk = 1 << 16;
      std::vector<double> values(std::min(kChunk, vectors.values().size()));
      for (std::size_t done = 0; done < vectors.values().size(); done += values.size()) {
        const std::size_t count = std::min(values.size(), vectors.values().size() - done);
        file_.read(offset_ + done * sizeof(double), values.data(), count * sizeof(double));
        for (std::size_t i = 0; i < count; ++i) vectors.values()[done + i] = static_cast<float>(values[i]);
      }
    } else if (!vectors.values().empty()) {
      file_.read(offset_, vectors.values().data(), vectors.values().size_bytes());
    }
    return vectors;
  }

 private:
  static constexpr std::uint64_t kLongest = 1 << 16;
  static constexpr const char* kExpected = "an array of float32 or float64, one row a line";
  static constexpr const char* kRemedy = "write it with glossa embed, or with numpy.save() of a C-ordered array";

  void parse(const std::string& about) {
    const auto has = [&](std::string_view part) { return about.find(part) != std::string::npos; };
    const std::string type = type_of(about);
    is_double_ = type == "<f8";
    if (!is_double_ && type != "<f4")
      refuse("its numbers are of another type", "float32 or float64 ('<f4', '<f8')", type);
    if (!has("'fortran_order': False")) refuse("it is not in C order", kExpected, "Fortran's order");
    const std::size_t shape = about.find("'shape': (");
    if (shape == std::string::npos) refuse("its header is damaged");
    const char* end = about.data() + about.size();
    const auto [comma, bad_rows] = std::from_chars(about.data() + shape + 10, end, rows_);
    if (bad_rows != std::errc{} || end - comma < 2 || *comma != ',') refuse("it has no two dimensions");
    const auto [close, bad_dims] = std::from_chars(comma + 2, end, dims_);
    if (bad_dims != std::errc{} || close == end || *close != ')') refuse("it has no two dimensions");
    const std::uint64_t bytes = file_.size() - offset_;
    const std::uint64_t item = is_double_ ? sizeof(double) : sizeof(float);
    if (dims_ != 0 && rows_ > bytes / item / dims_)
      refuse("it was cut",
             std::to_string(rows_) + " x " + std::to_string(dims_) + " numbers of " + std::to_string(item) + " bytes",
             std::to_string(bytes) + " bytes");
  }

  /// NumPy's name of the numbers' type.
  [[nodiscard]] std::string type_of(const std::string& about) const {
    constexpr std::string_view kKey = "'descr': ";
    const std::size_t key = about.find(kKey);
    if (key == std::string::npos) refuse("its header is damaged");
    const std::size_t begin = key + kKey.size();
    if (about[begin] != '\'') return "records of several";
    return about.substr(begin + 1, about.find('\'', begin + 1) - begin - 1);
  }

  [[noreturn]] void refuse(const std::string& problem, const std::string& expected = kExpected,
                           const std::string& found = {}) const {
    throw glossa::Error(
        glossa::ErrorKind::corrupt_file,
        {.file = file_.name(), .problem = problem, .expected = expected, .found = found, .remedy = kRemedy});
  }

  glossa::detail::FileReader file_;
  std::uint64_t offset_ = 0;
  std::size_t rows_ = 0;
  std::size_t dims_ = 0;
  bool is_double_ = false;
};

}  // namespace tool
