// Options of a connector come in; those that have no meaning are refused before anything is sent.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/connectors/connection_options.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace glossa::detail {

[[nodiscard]] constexpr bool is_ascii_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr bool is_ascii_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// A letter or _, then letters, digits and _.
[[nodiscard]] inline bool is_plain_name(std::string_view name, std::size_t most) noexcept {
  if (name.empty() || name.size() > most || is_ascii_digit(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '_'; });
}

/// Names go into statements and paths, and no store allows the same ones: what is left is safe everywhere.
inline void require_plain_name(const char* field, const std::string& name, std::size_t most) {
  if (!is_plain_name(name, most))
    throw Error(ErrorKind::invalid_argument,
                {.field = field,
                 .expected = "a letter or _, then letters, digits and _, at most " + std::to_string(most),
                 .found = name.empty() ? "nothing" : name});
}

inline void require_name_space(const std::string& name, std::size_t most) {
  const auto fits = [](char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '_' || c == '-'; };
  if (name.size() > most || !std::all_of(name.begin(), name.end(), fits))
    throw Error(ErrorKind::invalid_argument, {.field = "ConnectionOptions::name_space",
                                              .expected = "letters, digits, _ and -, at most " + std::to_string(most),
                                              .found = name});
}

inline void require_metric(Metric metric, std::initializer_list<Metric> known, const char* store) {
  if (std::find(known.begin(), known.end(), metric) != known.end()) return;
  std::string names;
  for (const Metric one : known) names += (names.empty() ? "" : ", ") + std::string(to_string(one));
  throw Error(ErrorKind::unsupported, {.field = "ConnectionOptions::metric",
                                       .problem = std::string(store) + " has no such metric",
                                       .expected = names,
                                       .found = to_string(metric)});
}

/// "localhost", 127.…, ::1: this machine.
[[nodiscard]] inline bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1" || host == "[::1]") return true;
  return host.substr(0, 4) == "127." &&
         std::all_of(host.begin(), host.end(), [](char c) { return is_ascii_digit(c) || c == '.'; });
}

/// For servers that are sent the key as it is. Errors: `invalid_argument` where others could read it on its way.
inline void require_safe_key(const ConnectionOptions& options, std::string_view host, bool is_encrypted) {
  if (options.api_key.empty() || is_encrypted || options.tls.key_in_clear || is_loopback(host)) return;
  throw Error(ErrorKind::invalid_argument,
              {.field = "ConnectionOptions::api_key",
               .problem = "it would go to another machine unencrypted",
               .found = options.address,
               .remedy = "use TLS, or, on a network that is trusted, set TlsOptions::key_in_clear"});
}

/// What has to hold for every store.
inline void check_options(const ConnectionOptions& options, std::size_t longest_name) {
  const auto refuse = [](const char* field, const char* expected, const std::string& found) {
    throw Error(ErrorKind::invalid_argument, {.field = field, .expected = expected, .found = found});
  };
  require_plain_name("ConnectionOptions::collection", options.collection, longest_name);
  require_name_space(options.name_space, longest_name);
  if (options.dims == 0 || options.dims > 65'536)
    refuse("ConnectionOptions::dims", "1 to 65536", std::to_string(options.dims));
  if (options.batch_rows == 0) refuse("ConnectionOptions::batch_rows", "at least 1", "0");
  if (options.connect_timeout.count() <= 0 || options.timeout.count() <= 0)
    refuse("ConnectionOptions::timeout", "more than 0 ms", std::to_string(options.timeout.count()) + " ms");
  const RetryOptions& retries = options.retries;
  if (retries.tries == 0) refuse("RetryOptions::tries", "at least 1", "0");
  if (!(retries.jitter >= 0 && retries.jitter <= 1))
    refuse("RetryOptions::jitter", "0 to 1", std::to_string(retries.jitter));
  if (!(retries.growth >= 1)) refuse("RetryOptions::growth", "at least 1", std::to_string(retries.growth));
  if (retries.first_wait.count() < 0 || retries.longest_wait.count() < 0)
    refuse("RetryOptions::first_wait", "at least 0 ms", "a negative time");
}

}  // namespace glossa::detail
