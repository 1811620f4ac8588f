// A call comes in; the glossa::Error that it throws goes out, and the test fails where it throws none.
#pragma once

#include "catch.hpp"

#include <glossa/core/error.hpp>

#include <string_view>
#include <utility>

namespace test {

/// Any other exception goes on to the test runner, which reports it.
template <class F>
glossa::Error error_of(F&& f) {
  try {
    std::forward<F>(f)();
  } catch (const glossa::Error& error) {
    return error;
  }
  FAIL("no Error was thrown");
  throw;  // not reached: FAIL ends the test
}

/// Whether the error's message has `part` in it.
inline bool says(const glossa::Error& error, std::string_view part) {
  return std::string_view(error.what()).find(part) != std::string_view::npos;
}

}  // namespace test
