// A compiled vocabulary comes in, with the size and checksum that it should have; it is refused, or it makes a
// tokenizer that gives ids of its own whatever its tables hold.
#include "fuzz.hpp"
#include "token_rules.hpp"

#include <glossa/text/compiled_vocabulary_format.hpp>
#include <glossa/text/tokenizer.hpp>

#include <cstring>
#include <optional>
#include <string>

namespace {

using glossa::detail::CompiledHeader;

/// What a checksum and the absence of source files would refuse is made right, so that the rest is tried.
std::string made_to_pass(std::string bytes) {
  CompiledHeader header{};
  if (bytes.size() < sizeof header) return bytes;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.bytes = bytes.size();
  header.sources = {};
  header.checksum = glossa::detail::checksum_of(header, bytes.data() + sizeof header, bytes.size() - sizeof header);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::InputFile file("compiled/vocabulary.glossa");
  file.write(made_to_pass(std::string(fuzz::text_of(data, size))));
  const std::filesystem::path folder = file.path().parent_path();
  std::optional<glossa::Tokenizer> tokenizer;
  fuzz::accepts(folder.string(), size, [&] { tokenizer.emplace(folder); });
  if (!tokenizer) return 0;
  static const std::string text = test::nasty_text();
  try {
    for (const glossa::Specials specials : {glossa::Specials::recognised, glossa::Specials::text})
      for (const bool located : {false, true}) {
        const auto encoding =
            tokenizer->encode(text, {.specials = specials, .with_tokens = located, .with_offsets = located});
        for (const glossa::TokenId id : encoding.ids) fuzz::require(id < tokenizer->size(), "ids are below the size");
        for (const glossa::ByteRange& range : encoding.offsets)
          fuzz::require(range.begin <= range.end && range.end <= text.size(), "tokens lie in the text");
      }
  } catch (const glossa::Error& error) {  // a tokenizer without an unknown token may refuse a text
    fuzz::require(error.kind() == glossa::ErrorKind::unsupported && error.field() == "unk_id", error.what());
  }
  return 0;
}
