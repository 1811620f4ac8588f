// An error in the library's terms comes in; the same in terms of the command line goes out.
#pragma once

#include <glossa/core/error.hpp>

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// `lines` holds the line number of each text in the call that failed, `file` the input's name; both may be empty.
[[nodiscard]] inline glossa::Error tool_error(const glossa::Error& error, const std::string& file = {},
                                              const std::vector<std::size_t>& lines = {}) {
  glossa::ErrorFacts facts = error.facts();
  if (constexpr std::string_view text = "texts["; facts.field.starts_with(text)) {
    std::size_t index = lines.size();
    std::from_chars(facts.field.data() + text.size(), facts.field.data() + facts.field.size(), index);
    if (index < lines.size()) facts.field = file + ", line " + std::to_string(lines[index]);
  }
  if (facts.field == "window_overlap") facts.field = "--overlap";
  if (facts.remedy.starts_with("set EmbedderOptions::"))
    facts.remedy = "set the prompts in its config_sentence_transformers.json, or leave --role out";
  switch (error.kind()) {
    case glossa::ErrorKind::too_long: facts.remedy = "choose --policy truncate or --policy windows"; break;
    case glossa::ErrorKind::numeric:
      if (facts.remedy.ends_with("run verify()")) facts.remedy = "are the weights damaged? run glossa verify";
      break;
    case glossa::ErrorKind::cancelled: facts.problem = "interrupted"; break;
    default: break;
  }
  return {error.kind(), facts};
}

}  // namespace tool
