// A socket and a time come in; when the time is over, whoever waits on the socket wakes up, as if the other side had
// left.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace glossa::detail {

/// For libraries that wait without an end: a thread that sleeps until the time is over, or this is destroyed.
class SocketWatch {
 public:
  SocketWatch(int socket, std::chrono::milliseconds time)
      : thread_([this, socket, end = std::chrono::steady_clock::now() + time] {
          std::unique_lock lock(mutex_);
          if (done_.wait_until(lock, end, [this] { return is_done_; })) return;
          has_fired_ = true;
          if (socket >= 0) ::shutdown(socket, SHUT_RDWR);
        }) {}

  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  ~SocketWatch() {
    {
      const std::lock_guard lock(mutex_);
      is_done_ = true;
    }
    done_.notify_one();
    thread_.join();
  }

  [[nodiscard]] bool has_fired() const noexcept { return has_fired_; }

 private:
  std::mutex mutex_{};
  std::condition_variable done_{};
  bool is_done_ = false;
  std::atomic<bool> has_fired_{false};
  std::thread thread_;
};

}  // namespace glossa::detail
