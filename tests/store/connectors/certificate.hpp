// Files of a certificate that is signed by itself, for tests of TLS.
#pragma once

#include "catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

namespace test {

/// Of the name localhost, and of no address; made by openssl, and gone with this.
class Certificate {
 public:
  Certificate() {
    std::filesystem::create_directories(folder_);
    const std::string command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext " +
                                std::string("subjectAltName=DNS:localhost -keyout ") + key() + " -out " + file() +
                                " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }

  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  [[nodiscard]] std::string file() const { return (folder_ / "cert.pem").string(); }
  [[nodiscard]] std::string key() const { return (folder_ / "key.pem").string(); }

  [[nodiscard]] static std::string text_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("glossa-tls-" + std::to_string(::getpid()));
};

}  // namespace test
