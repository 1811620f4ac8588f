// What a map of texts shows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace glossa {

/// What a map shows. All of it may come from anywhere: nothing of it is taken for markup or script.
struct MapContent {
  std::span<const float> coordinates;       ///< [points, 2]: of tsne() or pca()
  std::span<const std::int32_t> labels;     ///< [points]: of clusters, kNoise for none
  std::span<const std::string_view> texts;  ///< [points]; shown where one points at
  std::span<const std::string_view>
      groups{};                          ///< [points], such as languages: shown as marks of different shape; or none
  std::span<const std::string> names{};  ///< of the clusters, such as keywords; those that have none are numbered
  std::string title = "Map of texts";
};

}  // namespace glossa
