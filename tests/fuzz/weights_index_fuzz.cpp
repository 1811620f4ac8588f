// A model.safetensors.index.json comes in; it is refused, or it lists the tensors of the two shards beside it.
#include "fuzz.hpp"
#include "fuzz_shards.hpp"

#include <glossa/model/weights.hpp>

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::InputFile index("model.safetensors.index.json");
  static const bool once = (fuzz::write_shards(fuzz::folder()), true);
  (void)once;
  index.write(fuzz::text_of(data, size));
  fuzz::accepts(fuzz::folder().string(), size, [] {
    const glossa::Weights weights(fuzz::folder());
    fuzz::require(weights.prefix() == "bert.", "the prefix is that of the shards");
    for (const auto& [name, source] : weights.tensors())
      fuzz::require(weights.read<float>(name.substr(weights.prefix().size()), source.info->shape).size() > 0,
                    "every tensor can be read");
  });
  return 0;
}
