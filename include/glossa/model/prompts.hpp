// What has to stand before a text, by what the text is to the model.
#pragma once

#include <optional>
#include <string>

namespace glossa {

/// What a text is to the model.
enum class Role {
  none,     ///< raw text, no prompt
  query,    ///< what is asked
  passage,  ///< what is searched
};

/// The texts that the model was trained to see before queries and passages. Empty optionals: nothing is known.
struct Prompts {
  std::optional<std::string> query;
  std::optional<std::string> passage;
  std::string source;  ///< what they were read from, for people
};

}  // namespace glossa
