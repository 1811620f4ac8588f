// Definitions of task_data's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace glossa {
namespace detail {

/// What Python's str.isspace() holds for space: Unicode's White_Space and the four separators of ASCII. U+FEFF is none.
[[nodiscard]] constexpr bool is_python_space(char32_t c) noexcept {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// `text`, valid UTF-8, without space around it.
[[nodiscard]] inline std::string_view python_strip(std::string_view text) noexcept {
  while (!text.empty() && is_python_space(utf8_decode(text, 0))) text.remove_prefix(utf8_length(text[0]));
  while (!text.empty()) {
    std::size_t last = text.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
    if (!is_python_space(utf8_decode(text, last))) break;
    text = text.substr(0, last);
  }
  return text;
}

}  // namespace detail

GLOSSA_INLINE std::string passage_of(const NamedText& document) {
  const std::string all = document.title.empty() ? document.text : document.title + " " + document.text;
  const detail::ValidText valid(all);
  return std::string(detail::python_strip(valid.view()));
}

}  // namespace glossa
