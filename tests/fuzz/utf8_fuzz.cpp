// Any bytes come in; UTF-8 decoding agrees with a naive decoder, and what is built on it (graphemes, normal forms,
// base64) keeps its rules.
#include "fuzz.hpp"

#include <glossa/text/base64.hpp>
#include <glossa/text/graphemes.hpp>
#include <glossa/text/normal_form.hpp>
#include <glossa/text/utf8.hpp>

#include <string>
#include <string_view>

namespace {

using namespace glossa::detail;

/// Whether the bytes are one code point in the only way to write it.
bool is_code_point(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(bytes[i])); };
  const std::size_t size = bytes.size();
  if (size == 1) return byte(0) < 0x80;
  if (size < 2 || size > 4 || byte(0) >> (7 - size) != (1u << (size + 1)) - 2) return false;
  char32_t c = byte(0) & ((1u << (7 - size)) - 1);
  for (std::size_t i = 1; i < size; ++i) {
    if (byte(i) >> 6 != 2) return false;
    c = c << 6 | (byte(i) & 0x3F);
  }
  const char32_t least = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000;
  return c >= least && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
}

/// The maximal sequence at the beginning of `rest`, by trying all lengths.
Utf8Step naive_step(std::string_view rest) {
  for (std::size_t length = 1; length <= 4 && length <= rest.size(); ++length)
    if (is_code_point(rest.substr(0, length))) return {length, true};
  for (std::size_t length = 3; length > 1; --length)
    for (std::size_t missing = 1; length + missing <= 4 && length <= rest.size(); ++missing)
      for (const char end : {'\x80', '\xBF'})
        if (is_code_point(std::string(rest.substr(0, length)) + std::string(missing, end))) return {length, false};
  return {1, false};
}

/// Decodes by both ways; returns the repaired text.
std::string check_decoding(std::string_view text) {
  const ValidText valid(text);
  fuzz::require(is_valid_utf8(valid.view()), "a repaired text is valid");
  std::string repaired;
  std::size_t at = 0;
  while (at < text.size()) {
    const Utf8Step step = utf8_step(text, at);
    const Utf8Step naive = naive_step(text.substr(at));
    fuzz::require(step.length == naive.length && step.valid == naive.valid, "the naive decoder agrees");
    fuzz::require(valid.original_offset(repaired.size()) == at, "the way back leads to the character");
    utf8_append(repaired, step.valid ? utf8_decode(text, at) : kReplacementCharacter);
    at += step.length;
  }
  fuzz::require(valid.original_offset(repaired.size()) == text.size(), "the way back leads to the end");
  fuzz::require(repaired == valid.view(), "decoding and encoding gives the repaired text");
  fuzz::require(is_valid_utf8(text) == (repaired == text), "only valid texts stay as they are");
  return repaired;
}

void check_graphemes(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = grapheme_end(text, at);
    fuzz::require(end > at && end <= text.size(), "clusters cover the text");
    fuzz::require(end == text.size() || (text[end] & 0xC0) != 0x80, "clusters end between characters");
    fuzz::require(grapheme_end(text.substr(at, end - at), 0) == end - at, "a cluster alone is one cluster");
    at = end;
  }
}

std::string normal_form(std::string_view text, NormalForm form) {
  AlignedText tracked(text, 7, true);
  AlignedText plain(text, 7, false);
  apply_normal_form(tracked, form);
  apply_normal_form(plain, form);
  fuzz::require(tracked.text() == plain.text(), "tracking changes nothing");
  fuzz::require(is_valid_utf8(plain.text()), "a normal form is UTF-8");
  for (std::size_t i = 0; i < tracked.text().size(); ++i) {
    const glossa::ByteRange origin = tracked.origin(i, i + 1);
    fuzz::require(origin.begin >= 7 && origin.begin <= origin.end && origin.end <= 7 + text.size(),
                  "every byte comes from the text");
  }
  return std::string(plain.text());
}

void check_normal_forms(std::string_view text) {
  for (const NormalForm form : {NormalForm::nfc, NormalForm::nfd, NormalForm::nfkc, NormalForm::nfkd}) {
    const std::string once = normal_form(text, form);
    fuzz::require(normal_form(once, form) == once, "a normal form stays as it is");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const std::string repaired = check_decoding(text);
  check_graphemes(repaired);
  check_normal_forms(repaired);
  const auto decoded = base64_decode(base64_encode(text));
  fuzz::require(decoded && *decoded == text, "base64 leads back");
  if (const auto bytes = base64_decode(text)) fuzz::require(base64_encode(*bytes) == text, "there is one base64 text");
  return 0;
}
