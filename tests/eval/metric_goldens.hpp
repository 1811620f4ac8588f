// A section's name comes in; what Python made of its cases goes out.
#pragma once

#include "catch.hpp"
#include "paths.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <vector>

namespace test {

/// section: "draws", or "draws/shuffles" for a part of it. In a range-for, .at() of what is returned would dangle.
inline nlohmann::json metric_goldens(const std::string& section) {
  return nlohmann::json::parse(read_file(golden() / "metrics.json")).at(nlohmann::json::json_pointer("/" + section));
}

/// A number, which may be a text: "nan", "inf", "-inf".
inline double number(const nlohmann::json& value) {
  if (!value.is_string()) return value.get<double>();
  const double infinity = std::numeric_limits<double>::infinity();
  if (value == "nan") return std::numeric_limits<double>::quiet_NaN();
  return value == "inf" ? infinity : -infinity;
}

inline std::vector<double> numbers(const nlohmann::json& values) {
  std::vector<double> out;
  for (const auto& value : values) out.push_back(number(value));
  return out;
}

/// Within 1e-9, as all metrics are to be.
inline Approx near(double value) { return Approx(value).epsilon(1e-9).margin(1e-12); }
inline Approx near(const nlohmann::json& value) { return near(number(value)); }

}  // namespace test
