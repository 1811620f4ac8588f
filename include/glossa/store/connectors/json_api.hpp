// A call of a REST interface comes in; the JSON of its answer goes out, tried again where that may help.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/store/connectors/check_options.hpp>
#include <glossa/store/connectors/connection_options.hpp>
#include <glossa/store/connectors/http_client.hpp>
#include <glossa/store/connectors/retry.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

struct JsonAnswer {
  Json json{};
  std::map<std::string, std::string> headers{};
};

/// "https://host:port" without what may follow. Errors: `invalid_argument` for what is no such address, or has a user
/// in it, or a key would be sent in the clear to another machine.
[[nodiscard]] inline std::string checked_url(const ConnectionOptions& options) {
  std::string url = options.address;
  while (!url.empty() && url.back() == '/') url.pop_back();
  const bool has_tls = url.compare(0, 8, "https://") == 0;
  const bool is_plain = url.compare(0, 7, "http://") == 0;
  const std::string_view rest = std::string_view(url).substr(has_tls ? 8 : is_plain ? 7 : 0);
  const auto fits = [](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']' ||
           c == '/' || c == '_';
  };
  if ((!has_tls && !is_plain) || rest.empty() || !std::all_of(rest.begin(), rest.end(), fits))
    throw Error(ErrorKind::invalid_argument, {.field = "ConnectionOptions::address",
                                              .expected = "https://host, or http://host:port",
                                              .found = options.address});
  if (options.tls.enabled && !has_tls)
    throw Error(ErrorKind::invalid_argument,
                {.field = "ConnectionOptions::address", .expected = "https://… with TLS", .found = options.address});
  std::string_view host = rest.substr(0, rest.find('/'));
  if (const std::size_t port = host.rfind(':'); port != std::string_view::npos && host.back() != ']')
    host = host.substr(0, port);
  require_safe_key(options, host, has_tls);
  return url;
}

class JsonApi {
 public:
  /// headers are sent with every call.
  JsonApi(const ConnectionOptions& options, std::vector<std::string> headers)
      : options_(options), headers_(std::move(headers)), client_(options) {
    headers_.push_back("Content-Type: application/json");
    headers_.push_back("Accept: application/json");
  }

  /// What the server answers; nothing where it says 404. Errors: `io`, `invalid_argument`.
  [[nodiscard]] std::optional<JsonAnswer> call_if_there(const std::string& method, const std::string& url,
                                                        const Json& body = nullptr) {
    HttpRequest request{method, url, headers_, body.is_null() ? "" : json_text(body)};
    return with_retries(options_.retries, options_.address, [&]() -> std::optional<JsonAnswer> {
      HttpResponse response = client_.send(request);
      if (response.status == 404) return std::nullopt;
      judge(method + " " + url, response);
      JsonAnswer answer{nullptr, std::move(response.headers)};
      if (!response.body.empty()) answer.json = parsed(response.body);
      return answer;
    });
  }

  [[nodiscard]] JsonAnswer call(const std::string& method, const std::string& url, const Json& body = nullptr) {
    auto answer = call_if_there(method, url, body);
    if (!answer)
      throw Error(ErrorKind::not_found,
                  {.file = options_.address, .field = method + " " + url, .problem = "not there"});
    return std::move(*answer);
  }

  /// What f() makes of an answer. Errors: `io` for an answer that is valid JSON, but not what f() looks for.
  template <class F>
  auto understood(F&& f) const -> decltype(f()) {
    try {
      return f();
    } catch (const Json::exception& error) {
      throw Error(ErrorKind::io, {.file = options_.address,
                                  .problem = "the answer is not what the interface describes",
                                  .found = shortened(hushed(error.what()), 200)});
    }
  }

  /// What a server said, without the key.
  [[nodiscard]] std::string hushed(std::string said) const { return options_.api_key.removed_from(std::move(said)); }

  [[nodiscard]] const std::string& address() const noexcept { return options_.address; }

 private:
  [[nodiscard]] Json parsed(const std::string& text) const {
    try {
      return parse_json(text, options_.address);
    } catch (const Error&) {
      throw Error(ErrorKind::io,
                  {.file = options_.address, .problem = "the answer is no JSON", .found = shortened(hushed(text), 60)});
    }
  }

  void judge(const std::string& what, const HttpResponse& response) const {
    const long status = response.status;
    if (status >= 200 && status < 300) return;
    std::string said = message_of(hushed(response.body));
    said = "HTTP " + std::to_string(status) + (said.empty() ? "" : ": " + said);
    if (status == 408 || status == 429 || status >= 500) {
      std::optional<std::chrono::milliseconds> wait;
      const auto after = response.headers.find("retry-after");
      if (after != response.headers.end() && !after->second.empty() &&
          std::all_of(after->second.begin(), after->second.end(), is_ascii_digit) && after->second.size() < 7)
        wait = std::chrono::seconds(std::atol(after->second.c_str()));
      if (status != 501) throw PassingFailure{said, wait};
    }
    const bool is_key = status == 401 || status == 403;
    const bool is_ours = status == 400 || status == 409 || status == 422;
    throw Error(is_ours ? ErrorKind::invalid_argument : ErrorKind::io,
                {.file = options_.address,
                 .field = what,
                 .problem = "the server refuses: " + said,
                 .remedy = is_key ? "check ConnectionOptions::api_key" : ""});
  }

  /// The words of an error's body, in whichever of the usual places they are.
  [[nodiscard]] static std::string message_of(const std::string& body) {
    const Json json = Json::parse(body, nullptr, false);
    if (json.is_object()) {
      if (json.contains("message") && json["message"].is_string()) return json["message"].get<std::string>();
      const Json error = json.value("error", Json());
      if (error.is_object() && error.contains("message") && error["message"].is_string())
        return error["message"].get<std::string>();
      if (error.is_array() && !error.empty() && error[0].is_object() && error[0].contains("message") &&
          error[0]["message"].is_string())
        return error[0]["message"].get<std::string>();
    }
    return shortened(body, 200);
  }

  ConnectionOptions options_;
  std::vector<std::string> headers_;
  HttpClient client_;
};

/// A key may hold nothing that would end a header's line.
inline void require_header_text(const char* field, const Secret& key) {
  const std::string& text = key.reveal();
  const auto fits = [](char c) { return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F; };
  if (!std::all_of(text.begin(), text.end(), fits))
    throw Error(ErrorKind::invalid_argument, {.field = field, .expected = "printable ASCII without spaces"});
}

}  // namespace glossa::detail
