// projection.json comes in: vectors of real sentences, and what scikit-learn makes of them.
#pragma once

#include "paths.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace test {

struct ProjectionGolden {
  nlohmann::json json = nlohmann::json::parse(read_file(golden() / "projection.json"));
  std::size_t dims = json.at("dims").get<std::size_t>();
  std::size_t rows = json.at("codes").size() / dims;

  template <class T>
  [[nodiscard]] std::vector<T> values() const {
    std::vector<T> values;
    for (const int code : json.at("codes").get<std::vector<int>>())
      values.push_back(static_cast<T>(code / json.at("scale").get<double>()));
    return values;
  }
};

}  // namespace test
