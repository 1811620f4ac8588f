// A request comes in; a server's answer goes out, by libcurl, within a time.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/store/connectors/connection_options.hpp>
#include <glossa/store/connectors/retry.hpp>

#include <curl/curl.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

struct HttpRequest {
  std::string method = "GET";
  std::string url{};
  std::vector<std::string> headers{};  ///< "Name: value"
  std::string body{};
};

struct HttpResponse {
  long status = 0;
  std::map<std::string, std::string> headers{};  ///< by names in lower case
  std::string body{};
};

/// Keeps a connection open between requests; callers of several threads take turns. Follows no redirection, and takes
/// no proxy and no credentials from the environment.
class HttpClient {
 public:
  static constexpr std::size_t kLargestAnswer = std::size_t{256} << 20;

  explicit HttpClient(const ConnectionOptions& options) : options_(options) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    curl_.reset(curl_easy_init());
    if (curl_ == nullptr) throw Error(ErrorKind::io, {.problem = "libcurl cannot be started"});
  }

  /// Throws PassingFailure where no answer came. Errors: `io` where the server's certificate is not trusted.
  [[nodiscard]] HttpResponse send(const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    CURL* const curl = curl_.get();
    curl_easy_reset(curl);  // the connection stays
    HttpResponse response;
    Received received{&response, false};
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(list_of(request.headers), curl_slist_free_all);
    char problem[CURL_ERROR_SIZE] = "";
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    set(CURLOPT_HTTPHEADER, headers.get());
    if (request.method != "GET" && request.method != "HEAD") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data());
    }
    if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
    set(CURLOPT_ERRORBUFFER, static_cast<char*>(problem));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROXY, "");
#if LIBCURL_VERSION_NUM >= 0x075500
    set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
    set(CURLOPT_SSL_VERIFYPEER, options_.tls.verify ? 1L : 0L);
    set(CURLOPT_SSL_VERIFYHOST, options_.tls.verify ? 2L : 0L);
    const std::string authority = path_text(options_.tls.ca_file);
    if (!authority.empty()) {
      set(CURLOPT_CAINFO, authority.c_str());
      set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // the system's are not trusted besides
    }
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&received));
    set(CURLOPT_HEADERFUNCTION, &take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&response));
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) fail(code, *problem != '\0' ? problem : curl_easy_strerror(code), received.is_too_long);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response.status);
    return response;
  }

 private:
  struct Received {
    HttpResponse* response;
    bool is_too_long;
  };

  template <class T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(curl_.get(), option, value);
  }

  [[noreturn]] void fail(CURLcode code, const std::string& said, bool is_too_long) const {
    const std::string text = options_.api_key.removed_from(said);
    switch (code) {
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_ISSUER_ERROR:
        throw Error(ErrorKind::io, {.file = options_.address,
                                    .problem = "no encrypted connection: " + text,
                                    .remedy = "check TlsOptions::ca_file, and the name in the address"});
      case CURLE_SSL_CONNECT_ERROR:  // a server that stops is seen so, too
        throw PassingFailure{"no encrypted connection: " + text};
      case CURLE_URL_MALFORMAT:
      case CURLE_UNSUPPORTED_PROTOCOL:
        throw Error(ErrorKind::invalid_argument, {.file = options_.address, .field = "address", .problem = text});
      case CURLE_OPERATION_TIMEDOUT: throw PassingFailure{"the server did not answer in time: " + text};
      default: break;
    }
    if (is_too_long)
      throw Error(ErrorKind::io, {.file = options_.address, .problem = "the answer is longer than 256 MiB"});
    throw PassingFailure{text};
  }

  static curl_slist* list_of(const std::vector<std::string>& headers) {
    curl_slist* list = nullptr;
    for (const std::string& header : headers) list = curl_slist_append(list, header.c_str());
    return curl_slist_append(list, "Expect:");  // do not wait for "100 Continue"
  }

  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* target) {
    auto* received = static_cast<Received*>(target);
    received->is_too_long = received->response->body.size() + size * count > kLargestAnswer;
    if (received->is_too_long) return 0;
    received->response->body.append(bytes, size * count);
    return size * count;
  }

  static std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* target) {
    std::string_view line(bytes, size * count);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return size * count;
    std::string name(line.substr(0, colon));
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    line.remove_prefix(colon + 1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' ')) line.remove_suffix(1);
    static_cast<HttpResponse*>(target)->headers[std::move(name)] = std::string(line);
    return size * count;
  }

  struct Free {
    void operator()(CURL* curl) const noexcept { curl_easy_cleanup(curl); }
  };

  ConnectionOptions options_;
  std::unique_ptr<CURL, Free> curl_{};
  std::mutex mutex_{};
};

}  // namespace glossa::detail
