// A compiled vocabulary gives the tokens of the files that it was compiled from, and one that is damaged or stale is
// refused by name.
#include "catch.hpp"
#include "error_of.hpp"
#include "golden_tokens.hpp"
#include "paths.hpp"
#include "random_texts.hpp"
#include "small_tokenizer.hpp"
#include "small_vocabularies.hpp"

#include <glossa/text/compiled_vocabulary.hpp>
#include <glossa/text/compiled_vocabulary_format.hpp>
#include <glossa/text/tokenizer.hpp>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

using glossa::Error;
using glossa::ErrorKind;
using glossa::detail::CompiledHeader;
using glossa::detail::write_compiled_vocabulary;
using test::Json;

namespace {

Json document() { return test::small_vocabulary("xlmr").at("tokenizer"); }

/// A folder with these files of the small XLM-R tokenizer.
class Folder {
 public:
  explicit Folder(bool json, bool sentencepiece) {
    if (json) test::write_file(path() / "tokenizer.json", document().dump());
    if (sentencepiece) test::write_file(path() / "sentencepiece.bpe.model", test::sentencepiece_from(document()));
  }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path compiled() const { return path() / "vocabulary.glossa"; }
  [[nodiscard]] Error error() const {
    return test::error_of([&] { glossa::Tokenizer tokenizer(path()); });
  }

 private:
  test::TemporaryFolder folder_;
};

void check_same(const glossa::Tokenizer& a, const glossa::Tokenizer& b, unsigned seed, int count) {
  REQUIRE(a.size() == b.size());
  REQUIRE(a.source() == b.source());
  REQUIRE(a.prefix_ids() == b.prefix_ids());
  REQUIRE(a.suffix_ids() == b.suffix_ids());
  for (glossa::TokenId id = 0; id < a.size(); ++id) REQUIRE(a.token(id) == b.token(id));
  test::RandomTexts texts(seed);
  for (int i = 0; i < count; ++i) {
    const std::string text = texts.next();
    for (const glossa::Specials specials : {glossa::Specials::recognised, glossa::Specials::text}) {
      REQUIRE(a.encode(text, {.specials = specials}).ids == b.encode(text, {.specials = specials}).ids);
      const glossa::EncodeOptions all{.specials = specials, .max_tokens = 9, .with_tokens = true, .with_offsets = true};
      const auto of_a = a.encode(text, all);
      const auto of_b = b.encode(text, all);
      REQUIRE(of_a.tokens == of_b.tokens);
      REQUIRE(of_a.offsets == of_b.offsets);
      REQUIRE(of_a.used_bytes == of_b.used_bytes);
    }
  }
}

/// Gives the bytes of a compiled vocabulary the size and checksum that they should have.
std::string made_to_pass(std::string bytes) {
  CompiledHeader header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  header.bytes = bytes.size();
  header.checksum = glossa::detail::checksum_of(header, bytes.data() + sizeof header, bytes.size() - sizeof header);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace

TEST_CASE("a compiled vocabulary gives the same tokens as the files that it was compiled from") {
  const auto ids = test::real_ids("xlmr");
  for (const auto& [json, sentencepiece] : {std::pair{true, false}, {false, true}, {true, true}}) {
    const Folder folder(json, sentencepiece);
    const glossa::Tokenizer plain(folder.path());
    REQUIRE(write_compiled_vocabulary(folder.path()));
    REQUIRE(std::filesystem::exists(folder.compiled()));
    const glossa::Tokenizer compiled(folder.path());
    check_same(plain, compiled, 1, 2000);
    test::check_golden_tokens(compiled, "xlmr", ids);
    REQUIRE(write_compiled_vocabulary(folder.path()));  // over the one that is mapped
    check_same(plain, compiled, 2, 100);
    CHECK(glossa::Tokenizer(folder.path(), {.lowercase = true}).encode("THE").ids == plain.encode("the").ids);
  }
}

TEST_CASE("small files beside a compiled vocabulary may change") {
  const Folder folder(false, true);
  REQUIRE(write_compiled_vocabulary(folder.path()));
  test::write_file(folder.path() / "tokenizer_config.json",
                   Json{{"additional_special_tokens", Json::array({"<new>"})}}.dump());
  const glossa::Tokenizer tokenizer(folder.path());
  REQUIRE(tokenizer.id("<new>"));
  CHECK(tokenizer.encode("<new>").ids[1] == *tokenizer.id("<new>"));
}

TEST_CASE("a vocabulary compiled from other files is refused, with what changed and what to do") {
  for (const char* name : {"tokenizer.json", "sentencepiece.bpe.model"}) {
    const Folder folder(true, true);
    REQUIRE(write_compiled_vocabulary(folder.path()));
    const std::string before = test::read_file(folder.path() / name);
    std::string changed = before;
    char& middle = changed[changed.size() / 2];
    middle = static_cast<char>(middle ^ 1);  // the same size
    for (const std::string& bytes : {changed, before + " "}) {
      test::write_file(folder.path() / name, bytes);
      const Error error = folder.error();
      CHECK(error.kind() == ErrorKind::corrupt_file);
      CHECK(error.file() == folder.compiled().string());
      CHECK(test::says(error, std::string(name) + " changed since"));
      CHECK(test::says(error, "compile it again"));
    }
    std::filesystem::remove(folder.path() / name);
    CHECK(test::says(folder.error(), std::string(name) + ", which the vocabulary was compiled from, is gone"));
    test::write_file(folder.path() / name, before);
    CHECK_NOTHROW(glossa::Tokenizer(folder.path()));
  }
  const Folder folder(true, false);
  REQUIRE(write_compiled_vocabulary(folder.path()));
  test::write_file(folder.path() / "sentencepiece.bpe.model", test::sentencepiece_from(document()));
  CHECK(test::says(folder.error(), "sentencepiece.bpe.model was added"));
  REQUIRE(write_compiled_vocabulary(folder.path()));
  CHECK_NOTHROW(glossa::Tokenizer(folder.path()));
}

TEST_CASE("a compiled vocabulary that was cut, changed or never was one is refused") {
  const Folder folder(true, false);
  REQUIRE(write_compiled_vocabulary(folder.path()));
  const std::string good = test::read_file(folder.compiled());
  const auto refused = [&](const std::string& bytes, ErrorKind kind, const std::string& words) {
    std::filesystem::remove(folder.compiled());
    test::write_file(folder.compiled(), bytes);
    const Error error = folder.error();
    INFO(error.what());
    CHECK(error.kind() == kind);
    CHECK(error.file() == folder.compiled().string());
    CHECK(test::says(error, words));
  };
  refused("", ErrorKind::corrupt_file, "shorter than its own header");
  refused(good.substr(0, 100), ErrorKind::corrupt_file, "shorter than its own header");
  refused(good.substr(0, good.size() - 1), ErrorKind::corrupt_file, "was cut");
  refused(good + "x", ErrorKind::corrupt_file, "was cut, or something was appended");
  refused("X" + good.substr(1), ErrorKind::corrupt_file, "not a compiled vocabulary");
  std::string other = good;
  other[8] = 99;
  refused(other, ErrorKind::unsupported, "another version");
  std::mt19937 random(1);
  for (int i = 0; i < 300; ++i) {
    other = good;
    char& byte = other[24 + random() % (good.size() - 24)];
    byte = static_cast<char>(byte ^ (1 << random() % 7));
    refused(other, ErrorKind::corrupt_file, "");
  }
}

TEST_CASE("sections that lie outside of the file, or are no tables, are refused whatever the checksum says") {
  const Folder folder(true, false);
  REQUIRE(write_compiled_vocabulary(folder.path()));
  const std::string good = test::read_file(folder.compiled());
  const auto refused = [&](auto&& change, const std::string& words) {
    CompiledHeader header{};
    std::memcpy(&header, good.data(), sizeof header);
    change(header);
    std::string bytes = good;
    std::memcpy(bytes.data(), &header, sizeof header);
    std::filesystem::remove(folder.compiled());
    test::write_file(folder.compiled(), made_to_pass(bytes));
    CHECK(test::says(folder.error(), words));
  };
  for (std::size_t i = 0; i < CompiledHeader::kSections; ++i) {
    refused([&](CompiledHeader& header) { header.sections[i].offset += 8; }, "does not lie in the file");
    refused([&](CompiledHeader& header) { header.sections[i].offset = ~std::uint64_t{63}; },
            "does not lie in the file");
    refused([&](CompiledHeader& header) { header.sections[i].bytes = good.size(); }, "does not lie in the file");
  }
  for (const auto which : {CompiledHeader::units, CompiledHeader::tails, CompiledHeader::scores,
                           CompiledHeader::characters, CompiledHeader::bounds})
    refused([&](CompiledHeader& header) { header.sections[which].bytes -= 1; }, "in the middle");
  refused([](CompiledHeader& header) { header.sections[CompiledHeader::scores].bytes -= 8; }, "has a score");
  refused([](CompiledHeader& header) { header.sections[CompiledHeader::bounds].bytes -= 8; }, "bounds");
  refused([](CompiledHeader& header) { header.sections[CompiledHeader::piece_ends].bytes -= 1; }, "in the middle");
  refused([](CompiledHeader& header) { header.sections[CompiledHeader::piece_ends].bytes = 0; }, "no pieces");
  refused([](CompiledHeader& header) { header.unknown = 1u << 30; }, "unknown token");
  refused([](CompiledHeader& header) { header.unknown_score = std::numeric_limits<double>::infinity(); },
          "not a number");
}

TEST_CASE("a file that was made to pass gives wrong ids at worst") {
  const Folder folder(true, false);
  REQUIRE(write_compiled_vocabulary(folder.path()));
  const std::string good = test::read_file(folder.compiled());
  CompiledHeader header{};
  std::memcpy(&header, good.data(), sizeof header);
  std::mt19937 random(1);
  test::RandomTexts texts(7);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = good;
    for (const auto which : {CompiledHeader::piece_ends, CompiledHeader::scores, CompiledHeader::characters,
                             CompiledHeader::units, CompiledHeader::tails, CompiledHeader::bounds}) {
      const CompiledHeader::Place place = header.sections[which];
      for (int i = 0; i < 200 && place.bytes > 0; ++i)
        bytes[place.offset + random() % place.bytes] = static_cast<char>(random() % 256);
    }
    std::filesystem::remove(folder.compiled());
    test::write_file(folder.compiled(), made_to_pass(bytes));
    try {
      const glossa::Tokenizer tokenizer(folder.path());
      for (int i = 0; i < 20; ++i) {
        const auto encoding = tokenizer.encode(texts.next(), {.max_tokens = 30, .with_tokens = true});
        for (const glossa::TokenId id : encoding.ids) REQUIRE(id < tokenizer.size());
      }
    } catch (const Error& error) {
      CHECK(error.kind() != ErrorKind::invalid_argument);
    }
  }
}

TEST_CASE("there is nothing to compile in a WordPiece tokenizer, and a file from before goes") {
  const Folder folder(true, false);
  REQUIRE(write_compiled_vocabulary(folder.path()));
  test::write_file(folder.path() / "tokenizer.json", test::small_vocabulary("bert_uncased").at("tokenizer").dump());
  CHECK_FALSE(write_compiled_vocabulary(folder.path()));
  CHECK_FALSE(std::filesystem::exists(folder.compiled()));
  CHECK_NOTHROW(glossa::Tokenizer(folder.path()));
}

TEST_CASE("real XLM-R's vocabulary, compiled, gives Hugging Face's tokens", "[real]") {
  const auto real = test::real_model("multilingual-e5-small");
  const test::TemporaryFolder folder;
  for (const char* name : {"tokenizer.json", "sentencepiece.bpe.model", "tokenizer_config.json"})
    std::filesystem::copy_file(real / name, folder.path() / name);
  const glossa::Tokenizer plain(folder.path());
  REQUIRE(write_compiled_vocabulary(folder.path()));
  const glossa::Tokenizer compiled(folder.path());
  check_same(plain, compiled, 3, 5000);
  test::check_golden_tokens(compiled, "xlmr");
}
