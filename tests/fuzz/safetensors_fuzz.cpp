// A safetensors file comes in; it is refused, or all of its tensors can be viewed and read.
#include "fuzz.hpp"

#include <glossa/model/safetensors.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

template <class T>
void read(const glossa::SafetensorsFile& file, const glossa::TensorInfo& info) {
  const std::size_t count = static_cast<std::size_t>(info.end - info.begin) / glossa::size_of(info.type);
  std::vector<T> whole(count);
  file.read(info, 0, count, whole.data());
  std::vector<T> half(count - count / 2);
  file.read(info, count / 2, half.size(), half.data());
  fuzz::require(std::equal(half.begin(), half.end(), whole.begin() + static_cast<std::ptrdiff_t>(count / 2),
                           [](T a, T b) { return a == b || (a != a && b != b); }),
                "a part reads as it does in the whole");
  fuzz::require(!fuzz::accepts(file.name(), 0, [&] { file.read(info, count, 1, whole.data()); }),
                "nothing can be read behind the end of a tensor");
}

void read_all(const glossa::SafetensorsFile& file, std::size_t file_size) {
  std::size_t covered = 0;
  for (const auto& [name, info] : file.tensors()) {
    const glossa::TensorView view = file.view(name);
    fuzz::require(view.bytes.size() == info.end - info.begin && info.end <= file_size, "a tensor lies in the file");
    std::size_t bytes = glossa::size_of(view.type);
    for (const std::size_t size : view.shape) bytes *= size;
    fuzz::require(bytes == view.bytes.size(), "the shape fits the bytes");
    covered += bytes;
    unsigned sum = 0;
    for (const std::byte byte : view.bytes) sum += static_cast<unsigned>(byte);
    fuzz::require(sum <= 255 * view.bytes.size(), "bytes can be touched");
    if (glossa::is_floating(info.type)) {
      read<float>(file, info);
      read<double>(file, info);
    }
  }
  fuzz::require(covered <= file_size, "tensors do not overlap");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::InputFile file("model.safetensors");
  file.write(fuzz::text_of(data, size));
  fuzz::accepts(file.path().string(), size, [&] { read_all(glossa::SafetensorsFile(file.path()), size); });
  return 0;
}
