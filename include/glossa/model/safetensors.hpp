// A safetensors file comes in, or bytes that stand in for one; its tensors go out, as views of the mapped file or read
// into the caller's memory.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/byte_source.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/mapped_file.hpp>
#include <glossa/model/safetensors_header.hpp>
#include <glossa/model/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace glossa {

/// One file in the safetensors format (https://github.com/huggingface/safetensors): a u64 header length, a JSON
/// header of at most 100 MB, then the data. Construction checks every rule of the format and reads nothing but the
/// header. Immutable afterwards; share it between threads.
class SafetensorsFile {
 public:
  /// Errors: `not_found`, `io`, `corrupt_file` naming the tensor and field, `unsupported` for an element type that the
  /// format does not have. Types that it has and this library does not read are an error once such a tensor is used.
  explicit SafetensorsFile(const std::filesystem::path& path)
      : SafetensorsFile(std::make_shared<const detail::FileReader>(path)) {}
  /// One whose bytes come from elsewhere. Errors: the same.
  explicit SafetensorsFile(const std::shared_ptr<const detail::ByteSource>& bytes) : SafetensorsFile(bytes, nullptr) {}

  [[nodiscard]] const std::string& name() const noexcept { return bytes_->name(); }
  /// The bytes of the whole file, as they are.
  [[nodiscard]] const detail::ByteSource& bytes() const noexcept { return *bytes_; }
  [[nodiscard]] const std::map<std::string, TensorInfo, std::less<>>& tensors() const noexcept {
    return header_.tensors;
  }
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& metadata() const noexcept {
    return header_.metadata;
  }

  /// The entry of a tensor, or nullptr.
  [[nodiscard]] const TensorInfo* find(std::string_view tensor) const {
    const auto it = header_.tensors.find(tensor);
    return it == header_.tensors.end() ? nullptr : &it->second;
  }

  /// A tensor's data without a copy, valid as long as this object. Maps the file at the first call; the file must
  /// then not be cut while it is in use. Bytes that come from elsewhere are read then, all of them. Errors:
  /// `not_found`; `unsupported` for elements smaller than a byte; `io`.
  [[nodiscard]] TensorView view(std::string_view tensor) const {
    const TensorInfo* info = find(tensor);
    if (info == nullptr)
      throw Error(ErrorKind::not_found, {.file = name(),
                                         .field = std::string(tensor),
                                         .problem = "no such tensor",
                                         .remedy = "tensors() lists those that the file has"});
    if (bits_of(info->type) % 8 != 0)
      throw Error(ErrorKind::unsupported, {.file = name(),
                                           .field = std::string(tensor),
                                           .problem = "elements smaller than a byte are not implemented",
                                           .found = std::string(to_string(info->type)),
                                           .remedy = "convert the tensor to F32, F16 or BF16"});
    std::call_once(whole_->once, [this] { whole_->take(*bytes_, file_); });
    const auto begin = static_cast<std::size_t>(info->begin);
    return {info->type, info->shape, whole_->bytes.subspan(begin, static_cast<std::size_t>(info->end - info->begin))};
  }

  /// Reads elements [first, first + count) of a tensor whose elements are as large as T, as they are, by position.
  /// Errors: `invalid_argument` for elements of another size and behind the tensor's end, `io`.
  template <class T>
  void read_raw(const TensorInfo& info, std::size_t first, std::size_t count, T* out) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::uint64_t elements = (info.end - info.begin) / sizeof(T);
    if (bits_of(info.type) != 8 * sizeof(T) || first > elements || count > elements - first)
      refuse_range(info, first, count);
    bytes_->read(info.begin + static_cast<std::uint64_t>(first) * sizeof(T), out, count * sizeof(T));
  }

  /// Reads elements [first, first + count) of a floating-point tensor as T (float or double), by position and so
  /// from any number of threads; touches no more memory than `out`. Errors: `invalid_argument` for a tensor of
  /// other types than F64, F32, F16 and BF16 and for elements behind the tensor's end, `io`.
  template <class T>
  void read(const TensorInfo& info, std::size_t first, std::size_t count, T* out) const {
    const std::size_t size = size_of(info.type);
    const std::uint64_t elements = (info.end - info.begin) / size;
    if (!is_floating(info.type) || first > elements || count > elements - first) refuse_range(info, first, count);
    const std::uint64_t offset = info.begin + static_cast<std::uint64_t>(first) * size;
    if (size == sizeof(T)) return bytes_->read(offset, out, count * sizeof(T));
    std::array<std::byte, 16384> buffer;
    for (std::size_t done = 0; done < count;) {
      const std::size_t now = std::min(count - done, buffer.size() / size);
      bytes_->read(offset + done * size, buffer.data(), now * size);
      detail::convert_elements(info.type, buffer.data(), now, out + done);
      done += now;
    }
  }

 private:
  explicit SafetensorsFile(const std::shared_ptr<const detail::FileReader>& file) : SafetensorsFile(file, file.get()) {}

  SafetensorsFile(std::shared_ptr<const detail::ByteSource> bytes, const detail::FileReader* file)
      : bytes_(std::move(bytes)), file_(file) {
    const std::uint64_t size = bytes_->size();
    if (size < 8) refuse("the file is shorter than the header's length", "8 bytes or more", size);
    std::uint64_t length = 0;
    std::array<unsigned char, 8> start{};
    bytes_->read(0, start.data(), start.size());
    for (std::size_t i = start.size(); i-- > 0;) length = length << 8 | start[i];
    if (length > kLargestHeader) refuse("the header is too long", "at most 100,000,000 bytes", length);
    if (length > size - 8) refuse("the header runs past the end of the file", "", length);
    std::string json(static_cast<std::size_t>(length), '\0');
    bytes_->read(8, json.data(), json.size());
    header_ = detail::parse_safetensors_header(json, name(), 8 + length, size);
  }

  [[noreturn]] void refuse_range(const TensorInfo& info, std::size_t first, std::size_t count) const {
    if (!is_floating(info.type))
      throw Error(ErrorKind::invalid_argument, {.file = name(),
                                                .problem = "cannot read this tensor as floating-point numbers",
                                                .expected = "F64, F32, F16 or BF16",
                                                .found = std::string(to_string(info.type)),
                                                .remedy = "take its bytes by view(), or convert the file"});
    throw Error(ErrorKind::invalid_argument,
                {.file = name(),
                 .problem = "cannot read behind the tensor's end",
                 .expected = "elements below " + std::to_string((info.end - info.begin) / size_of(info.type)),
                 .found = std::to_string(count) + " from " + std::to_string(first),
                 .remedy = "ask for no more elements than its shape has"});
  }

  static constexpr std::uint64_t kLargestHeader = 100'000'000;

  /// All bytes, for views of them.
  struct Whole {
    std::once_flag once;
    detail::MappedFile mapping;
    AlignedBuffer<std::byte> copy;
    std::span<const std::byte> bytes;

    void take(const detail::ByteSource& source, const detail::FileReader* file) {
      if (file != nullptr) {
        mapping = detail::MappedFile(*file);
        bytes = mapping.bytes();
      } else {
        copy = AlignedBuffer<std::byte>(static_cast<std::size_t>(source.size()));
        source.read(0, copy.data(), copy.size());
        bytes = {copy.data(), copy.size()};
      }
    }
  };

  [[noreturn]] void refuse(const std::string& problem, const std::string& expected, std::uint64_t found) const {
    throw Error(ErrorKind::corrupt_file, {.file = name(),
                                          .field = "header",
                                          .problem = problem,
                                          .expected = expected,
                                          .found = std::to_string(found),
                                          .remedy = "fetch the file again"});
  }

  std::shared_ptr<const detail::ByteSource> bytes_;
  const detail::FileReader* file_;  // bytes_, where they are a file's; else null
  detail::SafetensorsHeader header_;
  std::unique_ptr<Whole> whole_ = std::make_unique<Whole>();
};

}  // namespace glossa
