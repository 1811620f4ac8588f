// SentencePiece's normalisation rules are applied the way Hugging Face applies them, and damaged ones do no harm.
#include "catch.hpp"
#include "charsmap.hpp"
#include "error_of.hpp"

#include <glossa/text/precompiled.hpp>
#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>

using namespace glossa::detail;

namespace {

std::string rewritten(const PrecompiledCharsmap& rules, const std::string& text) {
  AlignedText aligned(text, 0, true);
  rules.apply(aligned);
  return std::string(aligned.text());
}

std::string rewritten(const std::map<std::string, std::string>& rules, const std::string& text) {
  return rewritten(*test::charsmap(rules), text);
}

}  // namespace

TEST_CASE("the shortest rule that starts a short grapheme cluster replaces all of it") {
  CHECK(rewritten({{"ﬁ", "fi"}}, "ﬁ\u0301 ﬁ") == "fi fi");
  CHECK(rewritten({{"e", "E"}, {"e\u0301", "é"}}, "e\u0301e") == "EE");  // SentencePiece would take the longest
  CHECK(rewritten({{"e\u0301", "é"}}, "e\u0301e\u0301\u0302") == "éé");
}

TEST_CASE("in a cluster of six bytes or more each character is looked up alone") {
  CHECK(rewritten({{"e", "E"}, {"\u0302", "^"}}, "e\u0301\u0302\u0302") == "E\u0301^^");
  CHECK(rewritten({{"e\u0301", "é"}}, "e\u0301\u0302\u0302") == "e\u0301\u0302\u0302");
}

TEST_CASE("where no rule starts a short cluster, each of its characters is looked up alone") {
  CHECK(rewritten({{"\u0301", "'"}}, "e\u0301x") == "e'x");
  CHECK(rewritten({{"xy", "z"}}, "xy") == "xy");  // two clusters
}

TEST_CASE("a replacement may be empty or long") {
  CHECK(rewritten({{"a", ""}, {"b", "0123456789é"}}, "aba") == "0123456789é");
  CHECK(rewritten({}, "abc") == "abc");
}

TEST_CASE("rules that do not fit into their own bytes are refused with file and field") {
  const std::string good = test::charsmap_bytes({{"a", "b"}});
  const auto refused = [](const std::string& bytes) {
    const glossa::Error error = test::error_of([&] { PrecompiledCharsmap(bytes, "m/tokenizer.json", "charsmap"); });
    return error.kind() == glossa::ErrorKind::corrupt_file && error.file() == "m/tokenizer.json" &&
           error.field() == "charsmap";
  };
  CHECK(refused(""));
  CHECK(refused("abc"));
  CHECK(refused(std::string("\x08\0\0\0\0\0\0\0", 8)));  // the trie ends behind the bytes
  CHECK(refused(std::string("\x03\0\0\0\0\0\0\0", 8)));  // not whole units
  CHECK(refused(std::string("\xFF\xFF\xFF\xFF", 4) + std::string(8, 0)));
  CHECK(refused(good + "\xFF"));  // replacements are text
  CHECK(refused(good.substr(0, good.size() - 2) + "\xC3"));
  CHECK(PrecompiledCharsmap(good, "f", "g").bytes() == good);
  const std::string no_rules = test::charsmap_bytes({});
  CHECK(no_rules == std::string(4, '\0'));
  CHECK(rewritten(*std::make_shared<PrecompiledCharsmap>(no_rules, "f", "g"), "abc") == "abc");
}

TEST_CASE("damaged rules give wrong texts at worst, and valid UTF-8") {
  const std::map<std::string, std::string> rules{
      {"a", "é"}, {"ab", "ß"}, {"é", "e"}, {"e\u0301", "日本"}, {"\u0301", ""}};
  const std::string good = test::charsmap_bytes(rules);
  std::mt19937 random(11);
  const std::string text = "ab a é e\u0301\u0302 日本語 ab\u0301";
  const std::string expected = rewritten(rules, text);
  std::size_t changed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (unsigned k = 0; k < 1 + random() % 4; ++k) {
      const std::size_t at = 4 + random() % (bytes.size() - 4);
      bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1u << (random() % 8)));
    }
    try {
      const std::string out = rewritten(*std::make_shared<PrecompiledCharsmap>(bytes, "f", "g"), text);
      REQUIRE(is_valid_utf8(out));
      changed += out != expected;
    } catch (const glossa::Error&) {  // the replacements are no longer UTF-8
      ++changed;
    }
  }
  CHECK(changed > 100);  // the damage did reach what is read
}
