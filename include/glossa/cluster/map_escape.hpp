// A text of anybody's comes in; the same within JSON, HTML or XML goes out, of which it cannot break out.
#pragma once

#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace glossa::detail {

/// Appends a JSON string that may stand in a <script> element: no "<" is left that could begin "</script>" or "<!--".
inline void append_json_string(std::string& out, std::string_view text) {
  const ValidText valid(text);
  out += '"';
  for (const char c : valid.view()) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (byte < 0x20 || c == '<' || c == '>' || c == '&' || byte == 0x7F) {
      out += "\\u00";
      out += "0123456789abcdef"[byte >> 4];
      out += "0123456789abcdef"[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Appends a text for an element or for an attribute in double quotes, of HTML or of XML, which has no place for most
/// control characters: those become U+FFFD, but for the ends of lines, which all become "\n".
inline void append_markup(std::string& out, std::string_view text) {
  const ValidText valid(text);
  const std::string_view view = valid.view();
  for (std::size_t at = 0; at < view.size();) {
    const std::size_t length = utf8_length(view[at]);
    const char32_t c = utf8_decode(view, at);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r') {
      if (!view.substr(at + 1).starts_with('\n')) out += '\n';
    } else if ((c < 0x20 && c != '\t' && c != '\n') || c == 0xFFFE || c == 0xFFFF) {
      out += "\xEF\xBF\xBD";
    } else {
      out += view.substr(at, length);
    }
    at += length;
  }
}

[[nodiscard]] inline std::string markup_of(std::string_view text) {
  std::string out;
  append_markup(out, text);
  return out;
}

}  // namespace glossa::detail
