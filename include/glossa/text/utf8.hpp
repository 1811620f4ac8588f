// Bytes come in; code points go out, and whatever is not UTF-8 becomes U+FFFD the way Python's "replace" does it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

/// The length in bytes of the sequence that a lead byte of *valid* UTF-8 starts.
[[nodiscard]] constexpr std::size_t utf8_length(char lead) noexcept {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// The code point at `at` in *valid* UTF-8.
[[nodiscard]] constexpr char32_t utf8_decode(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[at + i])); };
  switch (utf8_length(text[at])) {
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3: return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default: return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
}

/// Appends a code point and returns how many bytes it took (1 to 4).
inline std::size_t utf8_append(std::string& out, char32_t c) {
  const auto put = [&out](char32_t bits) { out.push_back(static_cast<char>(static_cast<unsigned char>(bits))); };
  if (c < 0x80) return put(c), 1;
  if (c < 0x800) return put(0xC0 | c >> 6), put(0x80 | (c & 0x3F)), 2;
  if (c < 0x10000) return put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F)), 3;
  put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  return 4;
}

/// One step through bytes that may be anything: a well-formed sequence, or a maximal bad one.
struct Utf8Step {
  std::size_t length;  ///< bytes, at least 1
  bool valid;
};

/// Classifies the bytes at `at`. A bad sequence is the longest prefix of a well-formed one, or a single byte
/// (Unicode 15, table 3-7 and "U+FFFD substitution of maximal subparts").
[[nodiscard]] constexpr Utf8Step utf8_step(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const std::size_t length = utf8_length(text[at]);
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i >= text.size()) return {i, false};
    unsigned least = 0x80;
    unsigned most = 0xBF;
    if (i == 1) {
      if (lead == 0xE0) least = 0xA0;  // overlong
      if (lead == 0xED) most = 0x9F;   // surrogates
      if (lead == 0xF0) least = 0x90;  // overlong
      if (lead == 0xF4) most = 0x8F;   // above U+10FFFF
    }
    if (byte(i) < least || byte(i) > most) return {i, false};
  }
  return {length, true};
}

[[nodiscard]] constexpr bool is_valid_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_step(text, at);
    if (!step.valid) return false;
    at += step.length;
  }
  return true;
}

/// Whether the first eight bytes are ASCII.
[[nodiscard]] inline bool starts_with_ascii(std::string_view text) noexcept {
  std::uint64_t bytes = 0;
  if (text.size() < sizeof bytes) return false;
  std::memcpy(&bytes, text.data(), sizeof bytes);
  return (bytes & 0x8080808080808080u) == 0;
}

/// A text made valid, and the way back to the bytes it came from.
class ValidText {
 public:
  /// Keeps a view of `text` where it is valid already; `text` must outlive this object.
  explicit ValidText(std::string_view text) : view_(text) {
    std::size_t at = 0;
    while (at < text.size()) {
      if (starts_with_ascii(text.substr(at))) {
        at += 8;
        continue;
      }
      const Utf8Step step = utf8_step(text, at);
      if (!step.valid) break;
      at += step.length;
    }
    if (at == text.size()) return;
    repaired_.assign(text.substr(0, at));
    while (at < text.size()) {
      const Utf8Step step = utf8_step(text, at);
      if (step.valid) {
        repaired_.append(text.substr(at, step.length));
      } else {
        utf8_append(repaired_, kReplacementCharacter);
        changes_.push_back({repaired_.size(), at + step.length});
      }
      at += step.length;
    }
    view_ = repaired_;
    is_repaired_ = true;
  }

  ValidText(const ValidText&) = delete;
  ValidText& operator=(const ValidText&) = delete;

  [[nodiscard]] std::string_view view() const noexcept { return view_; }

  /// The byte offset in the original text of a character boundary in view().
  [[nodiscard]] std::size_t original_offset(std::size_t offset) const noexcept {
    if (!is_repaired_) return offset;
    std::size_t low = 0;  // the number of changes that end at or before `offset`
    std::size_t high = changes_.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (changes_[middle].end <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? offset : changes_[low - 1].original_end + (offset - changes_[low - 1].end);
  }

 private:
  struct Change {
    std::size_t end;           // behind the U+FFFD, in the repaired text
    std::size_t original_end;  // behind the bad bytes, in the original
  };
  std::string repaired_;
  std::vector<Change> changes_;
  std::string_view view_;
  bool is_repaired_ = false;
};

}  // namespace glossa::detail
