// The anchors of a batch come in; the vectors that the teacher gives them go out, once they were looked at.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/train/trainer_options.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// [anchors, dims]; nothing without a teacher. dims: the trained model's. Errors: `invalid_argument` for vectors of
/// another shape, `numeric` for such as are no numbers, naming the text; what the teacher throws.
template <class T>
[[nodiscard]] std::vector<T> teacher_vectors(const TrainerOptions& options,
                                             const std::vector<std::string_view>& anchors, std::size_t dims) {
  if (!options.teacher.embed) return {};
  const Embeddings vectors = options.teacher.embed(anchors, options.anchor_role);
  const auto require = [](std::size_t expected, std::size_t found, const char* what, const char* remedy) {
    if (found == expected) return;
    throw Error(ErrorKind::invalid_argument, {.field = "TrainerOptions::teacher",
                                              .problem = "its vectors have another shape than the trained model's",
                                              .expected = std::to_string(expected) + what,
                                              .found = std::to_string(found),
                                              .remedy = remedy});
  };
  require(anchors.size(), vectors.rows(), " vectors, one for each text", "give a vector for each text, in their order");
  require(dims, vectors.dims(), " dimensions", "take a teacher whose vectors are as long as the model's");
  for (std::size_t i = 0; i < vectors.rows(); ++i)
    if (!std::all_of(vectors[i].begin(), vectors[i].end(), [](float value) { return std::isfinite(value); }))
      throw Error(ErrorKind::numeric, {.field = "TrainerOptions::teacher",
                                       .problem = "a vector of it is no number",
                                       .expected = "finite numbers",
                                       .found = "others for \"" + std::string(anchors[i]) + "\"",
                                       .remedy = "look at that text and at the teacher"});
  return {vectors.values().begin(), vectors.values().end()};
}

}  // namespace glossa::detail
