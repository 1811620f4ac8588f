// A NumPy file comes in; its vectors go out as floats.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// Vectors of one length, one after another.
struct VectorRows {
  std::size_t rows = 0;
  std::size_t dims = 0;
  std::vector<float> values;  ///< [rows, dims]
};

/// The header of an array in NumPy's format, versions 1 to 3: a Python dictionary.
class NpyHeader {
 public:
  /// `text` is the dictionary, of `file`.
  NpyHeader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  /// What stands behind `key` up to `end`.
  [[nodiscard]] std::string_view value(std::string_view key, std::string_view end) const {
    const std::string quoted = "'" + std::string(key) + "'";
    const std::size_t at = text_.find(quoted);
    const std::size_t colon = at == std::string_view::npos ? at : text_.find(':', at + quoted.size());
    const std::size_t stop = colon == std::string_view::npos ? colon : text_.find(end, colon);
    if (stop == std::string_view::npos) refuse("its header lacks '" + std::string(key) + "'", "");
    std::string_view found = text_.substr(colon + 1, stop - colon - 1);
    while (found.starts_with(' ')) found.remove_prefix(1);
    return found;
  }

  /// The two numbers of 'shape'.
  void read_shape(std::size_t& rows, std::size_t& dims) const {
    const std::string_view shape = value("shape", ")");
    const char* at = shape.data();
    const char* const end = at + shape.size();
    const auto skip = [&](std::string_view characters) {
      while (at < end && characters.find(*at) != std::string_view::npos) ++at;
    };
    bool good = true;
    for (std::size_t* number : {&rows, &dims}) {
      skip("( ");
      const auto [next, code] = std::from_chars(at, end, *number);
      good = good && code == std::errc();
      at = next;
      skip(" ,");
    }
    if (!good || at != end) refuse("the array is not of two dimensions", "rows of vectors");
  }

  [[noreturn]] void refuse(const std::string& problem, const std::string& expected) const {
    throw glossa::Error(glossa::ErrorKind::corrupt_file, {.file = file_, .problem = problem, .expected = expected});
  }

 private:
  std::string_view text_;
  const std::string& file_;
};

/// Reads float32 or float64, little-endian, in C order. Errors: `not_found`, `io`; `corrupt_file` for anything else.
[[nodiscard]] inline VectorRows read_vectors(const std::string& path) {
  const glossa::detail::FileReader file{std::filesystem::path(path)};
  const auto refuse = [&](const std::string& problem) {
    throw glossa::Error(glossa::ErrorKind::corrupt_file,
                        {.file = path, .problem = problem, .expected = "an array saved by numpy.save"});
  };
  constexpr std::size_t kMostHeader = 1 << 16;
  std::string head(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), 12)), '\0');
  file.read(0, head.data(), head.size());
  if (head.size() < 12 || !head.starts_with("\x93NUMPY")) refuse("not a NumPy file");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(head[i])); };
  const bool is_first = byte(6) == 1;
  if (byte(6) < 1 || byte(6) > 3) refuse("a version of NumPy's format that is not known");
  const std::size_t length = byte(8) | byte(9) << 8 | (is_first ? 0 : byte(10) << 16 | byte(11) << 24);
  const std::size_t begin = is_first ? 10 : 12;
  if (length > kMostHeader || begin + length > file.size()) refuse("its header is cut off, or too long");
  std::string text(length, '\0');
  file.read(begin, text.data(), length);

  const NpyHeader header(text, path);
  VectorRows result;
  header.read_shape(result.rows, result.dims);
  const std::string_view type = header.value("descr", ",");
  const std::size_t bytes = type == "'<f4'" ? 4 : type == "'<f8'" ? 8 : 0;
  if (bytes == 0) header.refuse("its numbers are " + std::string(type), "'<f4' or '<f8': float32 or float64");
  if (header.value("fortran_order", ",") != "False") header.refuse("it is in Fortran's order", "C order");
  const std::uint64_t size = file.size() - begin - length;
  if (result.dims != 0 && result.rows > size / bytes / result.dims) refuse("it is cut off");
  const std::size_t count = result.rows * result.dims;
  if (size != count * bytes) refuse("it is longer than its header says");

  result.values.resize(count);
  if (bytes == 4) {
    file.read(begin + length, result.values.data(), count * bytes);
  } else {
    constexpr std::size_t kSome = 1 << 16;
    std::vector<double> some(std::min(kSome, count));
    for (std::size_t at = 0; at < count; at += kSome) {
      const std::size_t numbers = std::min(kSome, count - at);
      file.read(begin + length + at * bytes, some.data(), numbers * bytes);
      std::transform(some.begin(), some.begin() + static_cast<std::ptrdiff_t>(numbers),
                     result.values.begin() + static_cast<std::ptrdiff_t>(at),
                     [](double value) { return static_cast<float>(value); });
    }
  }
  return result;
}

}  // namespace tool
