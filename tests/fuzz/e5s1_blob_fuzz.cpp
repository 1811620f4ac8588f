// A 4-bit model blob comes in; it is refused, or its vocabulary, rules and tensors can be read.
#include "fuzz.hpp"

#include "e5s1_blob.hpp"

#include <glossa/text/utf8.hpp>

#include <vector>

namespace {

void read_all(const std::filesystem::path& path) {
  const convert::E5s1Blob blob(path);
  fuzz::require(blob.scores.size() == blob.pieces.size(), "every piece has a score");
  for (std::size_t id = 0; id < blob.pieces.size(); ++id)
    fuzz::require(glossa::detail::is_valid_utf8(blob.pieces[id]), "pieces are UTF-8");
  for (const auto& [name, tensor] : blob.tensors) {
    std::vector<float> whole(tensor.elements);
    blob.read(blob.tensor(name, tensor.elements), 0, tensor.elements, whole.data());
    if (tensor.elements < 32) continue;
    std::vector<float> last(32);
    blob.read(tensor, (tensor.elements - 32) / 32 * 32, last.size(), last.data());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::InputFile file("model.bin");
  file.write(fuzz::text_of(data, size));
  fuzz::accepts(file.path().string(), size, [&] { read_all(file.path()); });
  return 0;
}
