// What went wrong comes in as a kind and the facts around it; one sentence that a user can act on goes out.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace glossa {

namespace detail {

/// At most `most` bytes of a text for a message, cut between characters.
[[nodiscard]] inline std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most - 3;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

/// Appends the first character of `text` as a message may show it, and returns its length: what is not UTF-8, controls
/// (ASCII's and U+0080 to U+009F), line separators and marks that turn the direction of writing become "\x1b",
/// "\u202e".
inline std::size_t append_printable(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  unsigned c = length == 1 ? lead : lead & (0xFFu >> (length + 1));
  bool valid = length > 0;
  for (std::size_t i = 1; i < length; ++i) {
    valid = valid && (byte(i) & 0xC0) == 0x80;
    c = c << 6 | (byte(i) & 0x3F);
  }
  if (length == 3) valid = valid && c >= 0x800 && !(c >= 0xD800 && c < 0xE000);
  if (length == 4) valid = valid && c >= 0x10000 && c < 0x110000;
  const bool hides = c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) ||
                     (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0x61C || c == 0xFEFF;
  if (valid && !hides) {
    out += text.substr(0, length);
  } else if (valid && (c == '\n' || c == '\r' || c == '\t')) {
    out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
  } else if (!valid || c < 0x100) {
    const unsigned shown = valid ? c : lead;
    out += {'\\', 'x', kHex[shown >> 4], kHex[shown & 15]};
  } else {
    out += {'\\', 'u', kHex[c >> 12 & 15], kHex[c >> 8 & 15], kHex[c >> 4 & 15], kHex[c & 15]};
  }
  return valid ? length : 1;
}

/// A text from anywhere as a part of a message: on one line, and at most `most` bytes of it.
[[nodiscard]] inline std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty() && out.size() <= most) text.remove_prefix(append_printable(out, text));
  return shortened(std::move(out), most);
}

}  // namespace detail

/// Stable classes of failure; programs branch on these, people read Error::what().
enum class ErrorKind {
  invalid_argument,  ///< the caller asked for something that has no meaning
  not_found,         ///< a file, folder, tensor or field is missing
  io,                ///< the operating system refused to read, write or map
  corrupt_file,      ///< a file breaks the rules of its own format
  unsupported,       ///< a valid request or file that this library does not implement
  too_long,          ///< a text exceeds the model's length and the policy is `error`
  cancelled,         ///< the caller's stop token was set
  numeric,           ///< a computation produced NaN or infinity
  out_of_memory,     ///< an allocation failed (from the try_ functions; the others throw std::bad_alloc)
  callback,          ///< a function of the caller's threw (from the try_ functions; the others let it through)
};

/// The kind's stable lower-case name, as it appears in messages and reports.
[[nodiscard]] constexpr const char* to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::invalid_argument: return "invalid argument";
    case ErrorKind::not_found: return "not found";
    case ErrorKind::io: return "input/output error";
    case ErrorKind::corrupt_file: return "corrupt file";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::too_long: return "text too long";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::numeric: return "numeric error";
    case ErrorKind::out_of_memory: return "out of memory";
    case ErrorKind::callback: return "error in a callback";
  }
  return "error";
}

/// Where an error lies and what to do about it; empty parts are left out of the message. These are the raw values; the
/// message shows control characters as escapes and long parts shortened, so that it is one line whatever a file holds.
struct ErrorFacts {
  std::string file{};      ///< path of the file or folder
  std::string field{};     ///< tensor, JSON field or argument
  std::string problem{};   ///< what is wrong, in words
  std::string expected{};  ///< what would have been right
  std::string found{};     ///< what was there
  std::string remedy{};    ///< what the user can do
};

/// The one exception type of the library.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, ErrorFacts facts)
      : std::runtime_error(compose(kind, facts)), kind_(kind), facts_(std::move(facts)) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const ErrorFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] const std::string& file() const noexcept { return facts_.file; }
  [[nodiscard]] const std::string& field() const noexcept { return facts_.field; }

 private:
  static std::string compose(ErrorKind kind, const ErrorFacts& facts) {
    std::string out = to_string(kind);
    const auto add = [&out](const char* separator, const std::string& part, std::size_t most = 300) {
      if (!part.empty()) out += separator + detail::printable(part, most);
    };
    add(": ", facts.file, 1000);
    add(": ", facts.field);
    add(": ", facts.problem, 500);
    add(": expected ", facts.expected);
    add(", found ", facts.found);
    add("; ", facts.remedy, 500);
    return out;
  }

  ErrorKind kind_;
  ErrorFacts facts_;
};

}  // namespace glossa
