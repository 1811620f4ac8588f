// Definition of languages_of_subset; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/language_tags.hpp>
#include <glossa/eval/subset_languages.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

GLOSSA_INLINE std::vector<std::string> languages_of_subset(std::string_view name) {
  std::vector<std::string> languages;
  const std::string whole = detail::language_tag(name);
  if (!whole.empty()) return {whole};
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos) return {};
  for (const std::string_view code : {name.substr(0, dash), name.substr(dash + 1)}) {
    std::string tag = detail::language_tag(code);
    if (code == "ext" && languages.size() == 1) return languages;  // AmazonCounterfactual's "en-ext"
    if (tag.empty()) return {};
    if (languages.empty() || languages[0] != tag) languages.push_back(std::move(tag));
  }
  return languages;
}

}  // namespace glossa
