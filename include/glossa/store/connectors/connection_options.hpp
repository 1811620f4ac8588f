// What a connector needs to know: where the server is, which collection, how long to wait and how often to try again.
#pragma once

#include <glossa/search/metric.hpp>
#include <glossa/store/connectors/secret.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

namespace glossa {

/// When a server is away, slow or busy. The wait before try n + 1 is first_wait · growthⁿ⁻¹, at most longest_wait, less
/// a random part of up to jitter of it, so that clients that failed together do not come back together. Where the
/// server says how long to wait, that counts, up to longest_wait.
struct RetryOptions {
  std::size_t tries = 4;  ///< all together; 1: no second
  std::chrono::milliseconds first_wait{200};
  std::chrono::milliseconds longest_wait{10'000};
  double growth = 2;
  double jitter = 0.5;                                     ///< 0 to 1
  std::function<void(std::chrono::milliseconds)> sleep{};  ///< called in place of sleeping; may throw to give up
};

struct TlsOptions {
  bool enabled = false;             ///< where the address does not say it (https://…)
  bool verify = true;               ///< the server's certificate and its name; off: for tests alone
  std::filesystem::path ca_file{};  ///< PEM; without, what the system trusts
  bool key_in_clear = false;        ///< lets api_key go to another machine without TLS: for networks that are trusted
};

/// What all connectors have in common.
struct ConnectionOptions {
  std::string address{};     ///< as the store's own options say
  std::string collection{};  ///< a letter or _, then letters, digits and _; made if it is not there
  /// Divides a collection; empty: the store's default. Letters, digits, _ and -.
  std::string name_space{};
  std::size_t dims = 0;
  Metric metric = Metric::cosine;
  Secret api_key{};
  TlsOptions tls{};
  std::size_t batch_rows = 200;                     ///< records a request
  std::chrono::milliseconds connect_timeout{5000};  ///< of a try
  std::chrono::milliseconds timeout{30'000};        ///< of a try, from the first byte sent to the last received
  RetryOptions retries{};
};

}  // namespace glossa
