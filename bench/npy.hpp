// A NumPy file of float32 or int64/int32 rows comes in; its rows go out, mapped.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/mapped_file.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Version 1 or 2 of the format, little-endian, C order, two dimensions.
class Npy {
 public:
  explicit Npy(const std::filesystem::path& path) : map_(glossa::detail::FileReader(path)), name_(path.string()) {
    const auto bytes = map_.bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text.size() < 12 || text.substr(0, 6) != "\x93NUMPY") refuse("this is no NumPy file");
    std::size_t header = static_cast<unsigned char>(text[8]) | static_cast<std::size_t>(text[9] & 0xFF) << 8;
    offset_ = 10;
    if (text[6] == 2) {
      std::uint32_t wide = 0;
      std::memcpy(&wide, text.data() + 8, sizeof wide);
      header = wide;
      offset_ = 12;
    }
    const std::string_view about = text.substr(offset_, header);
    offset_ += header;
    const auto quoted = about.find("'descr':");
    const auto type = about.find("'<", quoted);
    if (quoted == about.npos || type == about.npos) refuse("its numbers are not little-endian");
    type_ = std::string(about.substr(type + 2, 2));
    const auto shape = about.find('(');
    if (shape == about.npos || about.find("'fortran_order': True") != about.npos) refuse("it is not in C order");
    char* end = nullptr;
    rows_ = std::strtoull(about.data() + shape + 1, &end, 10);
    columns_ = std::strtoull(end + 1, nullptr, 10);
    if (offset_ + rows_ * columns_ * item_bytes() > bytes.size()) refuse("it was cut");
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

  [[nodiscard]] const float* floats() const {
    if (type_ != "f4") refuse("float32 is needed");
    return reinterpret_cast<const float*>(map_.bytes().data() + offset_);
  }
  [[nodiscard]] std::int64_t integer(std::size_t row, std::size_t column) const {
    const std::byte* at = map_.bytes().data() + offset_ + (row * columns_ + column) * item_bytes();
    if (type_ == "i8") {
      std::int64_t value = 0;
      std::memcpy(&value, at, sizeof value);
      return value;
    }
    if (type_ != "i4") refuse("integers are needed");
    std::int32_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }

 private:
  [[nodiscard]] std::size_t item_bytes() const noexcept { return type_ == "i8" ? 8 : 4; }
  [[noreturn]] void refuse(const std::string& problem) const {
    throw glossa::Error(glossa::ErrorKind::corrupt_file, {.file = name_, .problem = problem});
  }

  glossa::detail::MappedFile map_;
  std::string name_;
  std::string type_;
  std::size_t offset_ = 0;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

/// Writes numbers as a NumPy array of one dimension.
inline void write_npy(const std::filesystem::path& path, const std::vector<std::int32_t>& values) {
  std::string header = "{'descr': '<i4', 'fortran_order': False, 'shape': (" + std::to_string(values.size()) + ",), }";
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::ofstream out(path, std::ios::binary);
  const char start[] = {'\x93',
                        'N',
                        'U',
                        'M',
                        'P',
                        'Y',
                        1,
                        0,
                        static_cast<char>(header.size() & 0xFF),
                        static_cast<char>(header.size() >> 8)};
  out.write(start, sizeof start);
  out << header;
  out.write(reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof values[0]));
  if (!out.flush())
    throw glossa::Error(glossa::ErrorKind::io, {.file = path.string(), .problem = "it was not written"});
}

}  // namespace bench
