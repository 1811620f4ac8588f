// A script of tests/store/servers comes in; it runs until this is gone, and breaks and hangs as a test wants.
#pragma once

#include <glossa/core/json_parser.hpp>
#include <glossa/store/connectors/http_client.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace test {

class ContractServer {
 public:
  explicit ContractServer(const std::string& script, std::vector<std::string> arguments = {}) {
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
    const auto ports = glossa::detail::parse_json(line, script);
    port_ = std::to_string(ports.at("port").get<int>());
    control_ = std::to_string(ports.at("control").get<int>());
  }

  ~ContractServer() {
    ::close(input_);  // it ends with its input
    int status = 0;
    ::waitpid(child_, &status, 0);
  }

  ContractServer(const ContractServer&) = delete;
  ContractServer& operator=(const ContractServer&) = delete;

  [[nodiscard]] std::string url(const std::string& scheme = "http", const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + ":" + port_;
  }
  [[nodiscard]] int port() const { return std::stoi(port_); }

  /// Faults of strict_server.py.
  void set(const glossa::detail::Json& faults) { (void)ask("POST", faults.dump()); }
  [[nodiscard]] int requests() { return ask("GET", "").at("requests").get<int>(); }
  /// What it refused, a line a request.
  [[nodiscard]] std::vector<std::string> refused() {
    return ask("GET", "").at("refused").get<std::vector<std::string>>();
  }

 private:
  glossa::detail::Json ask(const std::string& method, const std::string& body) {
    glossa::detail::HttpClient client{glossa::ConnectionOptions{}};
    const auto answer =
        client.send({method, "http://127.0.0.1:" + control_ + "/", {"Content-Type: application/json"}, body});
    return glossa::detail::parse_json(answer.body, "control");
  }

  pid_t child_ = -1;
  int input_ = -1;
  std::string port_{};
  std::string control_{};
};

}  // namespace test
