// A server's address comes in; another one goes out, behind which the server breaks, refuses and hangs as a test wants.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace test {

/// Forwards connections on loopback, each by a thread.
class FaultyProxy {
 public:
  /// target: 127.0.0.1:PORT.
  explicit FaultyProxy(const std::string& target)
      : target_(static_cast<std::uint16_t>(std::stoi(target.substr(target.rfind(':') + 1)))) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name = loopback(0);
    socklen_t size = sizeof name;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&name), size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &size) != 0)
      throw std::runtime_error("no port for a proxy");
    port_ = ntohs(name.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~FaultyProxy() {
    is_over_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    cut();
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
  }

  FaultyProxy(const FaultyProxy&) = delete;
  FaultyProxy& operator=(const FaultyProxy&) = delete;

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int connections() const { return connections_; }

  /// Connections that are closed as soon as they are made.
  void refuse_next(int count) { refused_ = count; }
  /// Whether bytes stay where they are.
  void stall(bool on) { is_stalled_ = on; }
  /// Closes what is open.
  void cut() { ++cuts_; }
  /// The connection on which the target is next sent this, when it has it, before it can answer.
  void cut_after(std::string text) {
    const std::lock_guard lock(mutex_);
    last_ = std::move(text);
  }

 private:
  bool takes_last(std::string_view sent) {
    const std::lock_guard lock(mutex_);
    if (last_.empty() || sent.find(last_) == std::string_view::npos) return false;
    last_.clear();
    return true;
  }

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = htons(port);
    return name;
  }

  void accept_all() {
    while (!is_over_) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      ++connections_;
      if (refused_ > 0) {
        --refused_;
        ::close(client);
        continue;
      }
      threads_.emplace_back([this, client, cuts = cuts_.load()] { forward(client, cuts); });
    }
  }

  void forward(int client, int cuts) {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name = loopback(target_);
    bool is_open = ::connect(server, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
    std::array<char, 65536> buffer;
    while (is_open && cuts == cuts_ && !is_over_) {
      std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
      if (is_stalled_) {
        ::usleep(5000);
        continue;
      }
      if (::poll(both.data(), 2, 10) <= 0) continue;
      for (std::size_t i = 0; i < 2 && is_open; ++i) {
        if (both[i].revents == 0) continue;
        const ssize_t got = ::recv(both[i].fd, buffer.data(), buffer.size(), 0);
        is_open = got > 0;
        const bool is_last = is_open && i == 0 && takes_last({buffer.data(), static_cast<std::size_t>(got)});
        for (ssize_t sent = 0; is_open && sent < got;) {
          const ssize_t now =
              ::send(both[1 - i].fd, buffer.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
          is_open = now > 0;
          sent += now;
        }
        is_open = is_open && !is_last;
      }
    }
    ::close(client);
    ::close(server);
  }

  std::uint16_t target_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<bool> is_over_{false};
  std::atomic<bool> is_stalled_{false};
  std::atomic<int> connections_{0};
  std::atomic<int> refused_{0};
  std::atomic<int> cuts_{0};
  std::mutex mutex_{};
  std::string last_{};
  std::list<std::thread> threads_{};
  std::thread acceptor_{};
};

}  // namespace test
