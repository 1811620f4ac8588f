// A script of tests/store/servers comes in; it runs until this is gone, and tells where it listens.
#pragma once

#include <glossa/core/json_parser.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace test {

/// A script that prints a line of JSON with its ports, and ends with its input.
class ScriptServer {
 public:
  explicit ScriptServer(const std::string& script, std::vector<std::string> arguments = {}) {
    std::array<int, 2> in{}, out{};
    if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0) throw std::runtime_error("no pipes");
    std::vector<std::string> command{"python3", GLOSSA_TESTS "/store/servers/" + script};
    command.insert(command.end(), arguments.begin(), arguments.end());
    std::vector<char*> words;
    for (std::string& word : command) words.push_back(word.data());
    words.push_back(nullptr);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      for (const int one : {in[0], in[1], out[0], out[1]}) ::close(one);
      ::execvp("python3", words.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    std::string line;
    char c = 0;
    while (::read(out[0], &c, 1) == 1 && c != '\n') line += c;
    ::close(out[0]);
    if (line.empty()) throw std::runtime_error("the server did not start: " + script);
    ports_ = glossa::detail::parse_json(line, script);
  }

  ~ScriptServer() {
    ::close(input_);
    int status = 0;
    ::waitpid(child_, &status, 0);
  }

  ScriptServer(const ScriptServer&) = delete;
  ScriptServer& operator=(const ScriptServer&) = delete;

  [[nodiscard]] std::string port(const char* name = "port") const { return std::to_string(ports_.at(name).get<int>()); }

 private:
  pid_t child_ = -1;
  int input_ = -1;
  glossa::detail::Json ports_{};
};

}  // namespace test
