// The name of a variable comes in; where a test's server is goes out.
#pragma once

#include "catch.hpp"

#include <cstdlib>
#include <string>

namespace test {

/// The test fails where no server was started: what asks for it has to see to that.
inline std::string address_of(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr) FAIL("no server: run this by tests/store/servers/real.py, which sets " << variable);
  return value;
}

/// A collection's name of the contract without its spaces.
inline std::string plain_name(std::string name) {
  for (char& c : name)
    if (c == ' ') c = '_';
  return name;
}

}  // namespace test
