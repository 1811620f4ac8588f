// Base64 both ways, and a refusal of whatever no encoder writes.
#include "catch.hpp"

#include <glossa/text/base64.hpp>

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

using glossa::detail::base64_decode;
using glossa::detail::base64_encode;

namespace {

/// A bit at a time, by the definition.
std::string naive_encode(std::string_view bytes) {
  std::string bits;
  for (const char c : bytes)
    for (int bit = 7; bit >= 0; --bit) bits.push_back(static_cast<unsigned char>(c) >> bit & 1 ? '1' : '0');
  while (bits.size() % 6 != 0) bits.push_back('0');
  std::string out;
  for (std::size_t i = 0; i < bits.size(); i += 6)
    out.push_back(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[std::stoul(bits.substr(i, 6), nullptr, 2)]);
  while (out.size() % 4 != 0) out.push_back('=');
  return out;
}

}  // namespace

TEST_CASE("the examples of RFC 4648 come out") {
  for (const auto& [bytes, text] : {std::pair{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == bytes);
  }
}

TEST_CASE("random bytes of every length survive the way there and back") {
  std::mt19937 random(2);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::string text = base64_encode(bytes);
    REQUIRE(text == naive_encode(bytes));
    REQUIRE(base64_decode(text) == bytes);
  }
}

TEST_CASE("only what an encoder would write is decoded") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "====", "A===", "=AAA", "AA=A",
                           "Zg==Zg==", "Zm 9", "Zm9\n", "Zm-_", "Zm9v\xC3\xA9==", "Zm9v=", "*m9v"}) {
    CAPTURE(text);
    CHECK(base64_decode(text) == std::nullopt);
  }
  CHECK(base64_decode(std::string_view("AA\0A", 4)) == std::nullopt);
  std::size_t decoded = 0;  // among all one-letter changes of an example
  for (int c = 1; c < 256; ++c)
    for (std::size_t at = 0; at < 8; ++at) {
      std::string text = "Zm9vYg==";
      text[at] = static_cast<char>(c);
      if (const auto bytes = base64_decode(text)) {
        ++decoded;
        CHECK(base64_encode(*bytes) == text);
      }
    }
  // Five free letters; one with four bits of 0; '=' or one with two bits of 0; '='.
  CHECK(decoded == 5 * 64 + 4 + (1 + 16) + 1);
}
