// Bytes that may be anything are repaired as Python repairs them, and offsets lead back into them.
#include "catch.hpp"
#include "paths.hpp"

#include <glossa/text/aligned_text.hpp>
#include <glossa/text/utf8.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace glossa::detail;

namespace {

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

/// The code points of a valid text by the plainest reading of the encoding's definition.
std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out.push_back(byte);
    } else if (byte < 0xC0) {
      out.back() = out.back() << 6 | (byte & 0x3F);
    } else {
      out.push_back(byte & (byte < 0xE0 ? 0x1F : byte < 0xF0 ? 0x0F : 0x07));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("every code point is written and read back, in as many bytes as the standard says") {
  std::size_t wrong = 0;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    const std::size_t length = utf8_append(text, c);
    const bool right = length == (c < 0x80      ? 1u
                                  : c < 0x800   ? 2u
                                  : c < 0x10000 ? 3u
                                                : 4u) &&
                       text.size() == length && utf8_length(text[0]) == length && utf8_decode(text, 0) == c &&
                       is_valid_utf8(text) && code_points(text) == std::vector<char32_t>{c};
    if (!right) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("byte strings are repaired as Python repairs them, and every offset leads back") {
  const auto golden = nlohmann::json::parse(test::read_file(test::golden() / "utf8.json"));
  REQUIRE(golden.at("cases").size() > 400);
  for (const auto& entry : golden.at("cases")) {
    const auto hex = entry.at("bytes").get<std::string>();
    CAPTURE(hex);
    const std::string bytes = from_hex(hex);
    const auto expected = entry.at("text").get<std::string>();
    const ValidText valid(bytes);
    CHECK(valid.view() == expected);
    CHECK(is_valid_utf8(bytes) == (bytes == expected));
    CHECK(is_valid_utf8(valid.view()));
    std::vector<std::size_t> offsets{valid.original_offset(0)};
    for (std::size_t at = 0; at < expected.size();) {
      at += utf8_length(expected[at]);
      offsets.push_back(valid.original_offset(at));
    }
    CHECK(offsets == entry.at("offsets").get<std::vector<std::size_t>>());
  }
}

TEST_CASE("a valid text is not copied") {
  const std::string text = "grüße, 世界 \xEF\xBF\xBD";
  const ValidText valid(text);
  CHECK(valid.view().data() == text.data());
  CHECK(valid.original_offset(5) == 5);
}

TEST_CASE("the steps through a byte string cover it, and its valid ones decode") {
  std::mt19937 random(3);
  const std::string alphabet("\x00\x41\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC2\xDF\xE0\xED\xEF\xF0\xF4\xF5\xFF", 19);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 12, '\0');
    for (char& c : bytes) c = alphabet[random() % alphabet.size()];
    std::string rebuilt;
    for (std::size_t at = 0; at < bytes.size();) {
      const Utf8Step step = utf8_step(bytes, at);
      REQUIRE(step.length >= 1);
      REQUIRE(step.length <= bytes.size() - at);
      if (step.valid) {
        REQUIRE(utf8_length(bytes[at]) == step.length);
        utf8_append(rebuilt, utf8_decode(bytes, at));
      } else {
        REQUIRE(step.length <= 3);
        utf8_append(rebuilt, kReplacementCharacter);
      }
      at += step.length;
    }
    REQUIRE(ValidText(bytes).view() == rebuilt);
  }
}

TEST_CASE("a rewritten text knows where each of its bytes came from") {
  AlignedText text("aé€", 100, true);
  CHECK(text.begin() == 100);
  CHECK(text.origin(0, 1) == glossa::ByteRange{100, 101});
  CHECK(text.origin(1, 6) == glossa::ByteRange{101, 106});
  CHECK(text.origin(2, 3) == glossa::ByteRange{101, 103});  // half a character stands for the whole

  AlignedText::Rewriter rewriter(text);
  rewriter.insert(U'>');      // new, before everything
  rewriter.replace(U'x', 1);  // for the a
  rewriter.insert(U'y');      // new, behind it
  rewriter.remove(2);         // the é
  rewriter.copy(3);           // the €
  rewriter.finish();
  REQUIRE(text.text() == ">xy€");
  CHECK(text.origin(0, 1) == glossa::ByteRange{100, 100});
  CHECK(text.origin(1, 2) == glossa::ByteRange{100, 101});
  CHECK(text.origin(2, 3) == glossa::ByteRange{100, 101});
  CHECK(text.origin(3, 6) == glossa::ByteRange{103, 106});

  const AlignedText slice = text.slice(3, 6);
  CHECK(slice.text() == "€");
  CHECK(slice.begin() == 103);
  CHECK(slice.origin(0, 3) == glossa::ByteRange{103, 106});
}
