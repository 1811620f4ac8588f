// Lines with near-duplicates among them, and lines as objects: for the tests of dedup and mine.
#pragma once

#include "tool.hpp"

#include <string>
#include <vector>

namespace test {

inline const std::string kLines =
    R"({"id":"a","text":"The cat sleeps on the old mat all day.","n":1.50}
{"id":"b","text":"Nothing of that kind."}

{"id":"c","text":"the CAT sleeps on the old mat all day","group":"x","keep":0}
{"id":"d","text":"The cat sleeps on the new mat all day!","lang":"en"}
{"id":"e","text":"  nothing of that kind"}
)";

inline std::vector<Json> objects(const std::string& text) {
  std::vector<Json> out;
  for (const std::string& line : lines_of(text)) out.push_back(parse_json(line));
  return out;
}

}  // namespace test
