// Texts and which of them are near-duplicates, for the tests of finding those.
#pragma once

#include "paths.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace test {

inline std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

/// See make_near_texts.py.
inline nlohmann::json near_texts() { return nlohmann::json::parse(read_file(golden() / "near_texts.json")); }

}  // namespace test
