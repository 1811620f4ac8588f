// A script of tests/store/servers and its arguments come in; its exit status goes out.
#pragma once

#include "server_address.hpp"

#include <cstdlib>
#include <string>
#include <vector>

namespace test {

/// By the Python of real.py, which has other libraries for the same databases.
inline int run_python(const std::string& script, const std::vector<std::string>& arguments) {
  const auto quoted = [](const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
  };
  std::string command =
      quoted(address_of("GLOSSA_TEST_PYTHON")) + " " + quoted(GLOSSA_TESTS "/store/servers/" + script);
  for (const std::string& argument : arguments) command += " " + quoted(argument);
  return std::system(command.c_str());
}

}  // namespace test
