// A contract server of tests/store/servers comes in; it runs until this is gone, and breaks and hangs as a test wants.
#pragma once

#include "script_server.hpp"

#include <glossa/core/json_parser.hpp>
#include <glossa/store/connectors/http_client.hpp>

#include <string>
#include <vector>

namespace test {

class ContractServer : public ScriptServer {
 public:
  using ScriptServer::ScriptServer;

  [[nodiscard]] std::string url(const std::string& scheme = "http", const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + ":" + port();
  }

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
        client.send({method, "http://127.0.0.1:" + port("control") + "/", {"Content-Type: application/json"}, body});
    return glossa::detail::parse_json(answer.body, "control");
  }
};

}  // namespace test
