// A text from anywhere comes in; a line that a terminal shows, and is not steered by, goes out.
#pragma once

#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#if !defined(_WIN32)
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace tool {

/// Columns of the terminal that a descriptor is open on; 0 where it is none, or does not tell.
[[nodiscard]] inline std::size_t terminal_columns([[maybe_unused]] int descriptor) {
#if !defined(_WIN32)
  struct winsize size {};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0) return size.ws_col;
#endif
  return 0;
}

/// Columns for what is written to standard output: the variable COLUMNS, else those of its terminal; 0: any number.
[[nodiscard]] inline std::size_t output_columns() {
  const char* given = std::getenv("COLUMNS");
  const long columns = given == nullptr ? 0 : std::strtol(given, nullptr, 10);
  return columns > 0 ? static_cast<std::size_t>(columns) : terminal_columns(1);
}

/// Columns that a character takes: two for those of East Asia, none for marks over others.
[[nodiscard]] inline std::size_t columns_of(char32_t c) {
  return static_cast<std::size_t>(std::max(0, ::utf8proc_charwidth(static_cast<utf8proc_int32_t>(c))));
}
/// Of *valid* UTF-8 without control characters.
[[nodiscard]] inline std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size(); at += glossa::detail::utf8_length(text[at]))
    columns += columns_of(glossa::detail::utf8_decode(text, at));
  return columns;
}

/// The text on one line of at most `columns` columns (0: any number), cut between characters with "…" behind it. Bytes
/// that are not UTF-8 become U+FFFD, white space and control characters a space; marks that turn the direction of what
/// follows are left out.
[[nodiscard]] inline std::string one_line(std::string_view text, std::size_t columns) {
  const std::size_t most = columns == 0 ? text.size() * 2 + 1 : columns;  // an invalid byte is one column, too
  std::string out;
  std::size_t width = 0;
  std::size_t cut = 0;  // where "…" fits
  bool space = false;
  for (std::size_t at = 0; at < text.size();) {
    const glossa::detail::Utf8Step step = glossa::detail::utf8_step(text, at);
    const char32_t c = step.valid ? glossa::detail::utf8_decode(text, at) : glossa::detail::kReplacementCharacter;
    at += step.length;
    const bool turns = c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                       (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
    if (turns) continue;
    if (c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x2028 || c == 0x2029) {
      space = !out.empty();
      continue;
    }
    const std::size_t own = columns_of(c);
    if (width + space + own > most) {
      out.resize(cut);
      return out + "…";
    }
    if (space) out += ' ';
    width += space + own;
    space = false;
    glossa::detail::utf8_append(out, c);
    if (width + 1 <= most) cut = out.size();
  }
  return out;
}

}  // namespace tool
