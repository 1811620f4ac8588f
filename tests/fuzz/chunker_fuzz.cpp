// A text comes in; its chunks lie in it, begin and end with characters, fit, and leave out nothing but white space.
#include "fuzz.hpp"
#include "small_model.hpp"

#include <glossa/store/chunker.hpp>

#include <string>
#include <vector>

namespace {

const glossa::Tokenizer& tokenizer() {
  static const test::SmallModel model;
  static const glossa::Tokenizer own(model.path());
  return own;
}

void check(std::string_view text, std::size_t most, glossa::TextFormat format) {
  const glossa::Chunker chunker(tokenizer(), "passage: ", most, most / 3);
  std::vector<bool> covered(text.size(), false);
  std::vector<bool> border(text.size() + 1, false);
  for (std::size_t at = 0; at < text.size(); at += glossa::detail::character_at(text, at).bytes) border[at] = true;
  border[text.size()] = true;
  std::size_t last = 0;
  for (const glossa::Chunk& chunk : chunker.chunks(text, "title", format)) {
    fuzz::require(chunk.bytes.begin < chunk.bytes.end && chunk.bytes.end <= text.size(), "a chunk lies in the text");
    fuzz::require(chunk.bytes.begin >= last, "chunks are in order");
    last = chunk.bytes.begin;
    fuzz::require(border[chunk.bytes.begin] && border[chunk.bytes.end], "a chunk begins and ends with characters");
    fuzz::require(chunk.tokens <= most || chunk.bytes.end - chunk.bytes.begin <= 4, "a chunk fits");
    for (std::size_t at = chunk.bytes.begin; at < chunk.bytes.end; ++at) covered[at] = true;
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto c = glossa::detail::character_at(text, at);
    fuzz::require(covered[at] || glossa::detail::is_whitespace(c.code), "only white space is left out");
    at += c.bytes;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = fuzz::text_of(data + 1, size - 1);
  check(text, 20 + data[0] / 2, data[0] % 2 == 0 ? glossa::TextFormat::plain : glossa::TextFormat::markdown);
  return 0;
}
