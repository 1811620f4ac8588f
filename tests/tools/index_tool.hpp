// What the tests of glossa index and glossa search share.
#pragma once

#include "tool.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace test {

/// Three documents in the small model's words; the second has a title.
inline const std::string kDocuments =
    R"({"id":"p","text":"the protein"}
{"id":"c","title":"Tiere","text":"the cat sleep"}
{"id":"m","text":"museo","other":[1]}
)";

/// Ended well, with one line on standard error that says what was done.
inline void check_done(const Run& run, std::string_view what) {
  INFO("standard error: " << run.err);
  CHECK(run.status == 0);
  CHECK(run.out.empty());
  CHECK(run.err.starts_with("done: idx, "));
  CHECK(contains(run.err, what));
  CHECK(std::count(run.err.begin(), run.err.end(), '\n') == 1);
}

}  // namespace test
