// A text comes in; what is left of it without case, punctuation and spacing goes out.
#pragma once

#include <glossa/cluster/keyed_text.hpp>
#include <glossa/text/utf8.hpp>

#include <string>
#include <string_view>

namespace glossa {

/// Texts with equal keys differ by case, punctuation, spacing and compatibility forms alone. Of a text that is nothing
/// but punctuation, that is the key; of one that is nothing but space, "".
[[nodiscard]] inline std::string text_key(std::string_view text) {
  std::string key;
  for (const char32_t c : detail::keyed_text(text).letters) detail::utf8_append(key, c);
  return key;
}

}  // namespace glossa
