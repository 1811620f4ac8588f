// Where a PostgreSQL is and how its table is made come in; what libpq is told goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/store/connectors/check_options.hpp>
#include <glossa/store/connectors/connection_options.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

/// A graph over the vectors: searches take less time, and may miss some of the nearest. Without, all are looked at.
struct PgvectorHnsw {
  bool enabled = false;
  std::size_t m = 16;
  std::size_t ef_construction = 64;
  std::size_t ef_search = 100;  ///< up to 1000
  /// Of making it over what a table holds, when it is opened so for the first time; nobody can write there meanwhile.
  std::chrono::milliseconds build_timeout = std::chrono::hours(1);
};

/// Of the ConnectionOptions, address is host, host:port, or the folder of a Unix socket, with ":port" where it is not
/// 5432; api_key is the password; the collection is the table. Times are of whole seconds until a connection stands, at
/// least 2, and do not hold for the look-up of a host's name, which libpq waits for.
struct PgvectorOptions {
  ConnectionOptions connection{};
  std::string database = "postgres";
  std::string user = "postgres";
  std::string schema = "public";  ///< has to be there
  PgvectorHnsw hnsw{};
};

namespace detail {

/// PostgreSQL cuts longer names; indexes are called like their tables, and $hnsw, which no table is.
inline constexpr std::size_t kLongestTable = 56;

inline void check_options(const PgvectorOptions& options) {
  check_options(options.connection, kLongestTable);
  require_plain_name("PgvectorOptions::schema", options.schema, 63);
  const auto refuse = [](const char* field, const char* expected, const std::string& found) {
    throw Error(ErrorKind::invalid_argument, {.field = field, .expected = expected, .found = found});
  };
  if (options.connection.dims > 16'000)
    refuse("ConnectionOptions::dims", "at most 16000", std::to_string(options.connection.dims));
  if (options.hnsw.enabled && options.connection.dims > 2000)
    refuse("PgvectorOptions::hnsw", "at most 2000 dims", std::to_string(options.connection.dims));
  if (options.hnsw.m < 2 || options.hnsw.m > 100) refuse("PgvectorHnsw::m", "2 to 100", std::to_string(options.hnsw.m));
  if (options.hnsw.ef_construction < 2 * options.hnsw.m || options.hnsw.ef_construction > 1000)
    refuse("PgvectorHnsw::ef_construction", "2 m to 1000", std::to_string(options.hnsw.ef_construction));
  if (options.hnsw.build_timeout < std::chrono::seconds(1))
    refuse("PgvectorHnsw::build_timeout", "1 s or more", std::to_string(options.hnsw.build_timeout.count()) + " ms");
  if (options.hnsw.ef_search == 0 || options.hnsw.ef_search > 1000)
    refuse("PgvectorHnsw::ef_search", "1 to 1000", std::to_string(options.hnsw.ef_search));
  const TlsOptions& tls = options.connection.tls;
  if (tls.enabled && tls.verify && tls.ca_file.empty())
    refuse("TlsOptions::ca_file", "the file of the authority that signed the server's certificate", "none");
}

/// Host and port of an address; a colon inside of [] is no port's.
[[nodiscard]] inline std::pair<std::string, std::string> host_and_port(std::string address, std::string port) {
  const std::size_t colon = address.rfind(':');
  const bool has_port = colon != std::string::npos && address.find(']', colon) == std::string::npos &&
                        (address.front() == '[' || address.find(':') == colon);
  if (has_port) {
    port = address.substr(colon + 1);
    address.resize(colon);
  }
  if (address.size() > 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  if (address.empty() || port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_ascii_digit))
    throw Error(
        ErrorKind::invalid_argument,
        {.field = "ConnectionOptions::address", .expected = "host or host:port", .found = address + ":" + port});
  return {std::move(address), std::move(port)};
}

/// libpq takes what is not said from the environment, and certificates from the user's home, so all is said. The
/// variable PGSERVICE is the one that nothing can be said against.
[[nodiscard]] inline std::string connection_text(const PgvectorOptions& options) {
  const ConnectionOptions& connection = options.connection;
  const auto [host, port] = host_and_port(connection.address, "5432");
  const bool encrypts = connection.tls.enabled;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(connection.connect_timeout).count();
  const std::vector<std::pair<const char*, std::string>> all = {
      {"host", host},
      {"hostaddr", ""},
      {"port", port},
      {"dbname", options.database},
      {"user", options.user},
      {"password", connection.api_key.reveal()},
      {"passfile", "/dev/null"},
      {"connect_timeout", std::to_string(seconds)},
      {"client_encoding", "UTF8"},
      {"options", ""},
      {"application_name", "glossa"},
      {"target_session_attrs", "any"},
      {"channel_binding", "prefer"},
      {"requirepeer", ""},
      {"krbsrvname", "postgres"},
      {"gssencmode", "disable"},
      {"keepalives", "1"},
      {"keepalives_idle", "30"},
      {"sslmode", !encrypts               ? "disable"
                  : connection.tls.verify ? "verify-full"
                                          : "require"},
      {"sslrootcert", encrypts && connection.tls.verify ? path_text(connection.tls.ca_file) : "/dev/null/none"},
      {"sslcert", "/dev/null/none"},
      {"sslkey", ""},
      {"sslcrl", "/dev/null/none"},
      {"ssl_min_protocol_version", "TLSv1.2"},
      {"ssl_max_protocol_version", ""},
  };
  std::string out;
  for (const auto& [key, value] : all) {
    out += std::string(key) + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') out += '\\';
      out += c;
    }
    out += "' ";
  }
  return out;
}

}  // namespace detail
}  // namespace glossa
