// The names of two models come in; an error goes out where vectors of one would be compared with those of the other.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/search/index.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace glossa {

/// Whether two texts of Embedder::fingerprint() are of one model, whatever the names of the folders that it lies in.
/// Other texts have to be equal.
[[nodiscard]] inline bool is_same_model(std::string_view a, std::string_view b) noexcept {
  const auto rest = [](std::string_view text) {  // "name:int8:384:0123456789abcdef" has a hash of all the rest
    const std::size_t hash = text.rfind(':') + 1;
    const bool is_fingerprint = std::count(text.begin(), text.end(), ':') == 3 && text.size() - hash == 16 &&
                                text.find_first_not_of("0123456789abcdef", hash) == std::string_view::npos;
    return is_fingerprint ? text.substr(text.find(':') + 1) : text;
  };
  return rest(a) == rest(b);
}

/// Lets vectors into an index, or look for some in it, that are of its model. Where one of the two is not known (""),
/// there is nothing to compare. Errors: `invalid_argument`.
inline void require_model(const IndexOptions& index, std::string_view fingerprint) {
  if (index.model.empty() || fingerprint.empty() || is_same_model(index.model, fingerprint)) return;
  throw Error(ErrorKind::invalid_argument,
              {.field = "model",
               .problem = "it holds vectors of another model",
               .expected = index.model,
               .found = std::string(fingerprint),
               .remedy = "take the model, precision and prompts that it was built with, or build it again"});
}

/// The same for an index.
template <Index T>
void require_model(const T& index, std::string_view fingerprint) {
  require_model(index.options(), fingerprint);
}

}  // namespace glossa
