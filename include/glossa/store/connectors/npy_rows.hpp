// Rows of floats come in; a .npy file goes out, and comes back.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace glossa::detail {

static_assert(std::endian::native == std::endian::little, "rows are written as they lie in memory");

[[nodiscard]] inline std::string npy_header(std::size_t rows, std::size_t dims) {
  std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                     std::to_string(dims) + "), }";
  while ((10 + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(text.size() & 0xFF);
  out += static_cast<char>(text.size() >> 8);
  return out + text;
}

/// Rows of a file that npy_header() began. Errors: `corrupt_file` where it has another shape.
[[nodiscard]] inline std::vector<float> read_npy_rows(const std::filesystem::path& path, std::size_t rows,
                                                      std::size_t dims) {
  const FileReader file(path);
  const std::string header = npy_header(rows, dims);
  std::string found(header.size(), '\0');
  const std::uint64_t bytes = std::uint64_t{rows} * dims * sizeof(float);
  bool fits = file.size() == header.size() + bytes;
  if (fits) file.read(0, found.data(), found.size());
  if (!fits || found != header)
    throw Error(ErrorKind::corrupt_file, {.file = path_text(path),
                                          .expected = std::to_string(rows) + " x " + std::to_string(dims) + " floats",
                                          .found = std::to_string(file.size()) + " bytes"});
  std::vector<float> out(rows * dims);
  if (bytes != 0) file.read(header.size(), out.data(), static_cast<std::size_t>(bytes));
  return out;
}

}  // namespace glossa::detail
