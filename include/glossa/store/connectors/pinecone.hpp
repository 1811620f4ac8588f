// Records come in; an index of Pinecone keeps them, and finds those nearest to a query.
// Optional: include it yourself and link the CMake component glossa::pinecone.
#pragma once

#include <glossa/store/connectors/json_api.hpp>
#include <glossa/store/connectors/pinecone_options.hpp>
#include <glossa/store/connectors/pinecone_rows.hpp>
#include <glossa/store/connectors/record_batches.hpp>
#include <glossa/store/vector_store.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace glossa {

/// A VectorStore in a namespace of a serverless index (REST, version 2025-10 of the interface). Any number of threads
/// may use it; they take turns at its one connection. Strings are not ordered, and k is at most 10,000. size() may lag
/// behind writes for longer than searches do.
class PineconeStore {
 public:
  /// Looks the index up; makes it where it is not there, and waits until it is ready. Errors: as VectorStore says;
  /// `invalid_argument` for an index of other vectors.
  explicit PineconeStore(PineconeOptions options) : options_(with_address(std::move(options))) {
    detail::check_options(options_);
    const ConnectionOptions& connection = options_.connection;
    control_ = detail::checked_url(connection);
    index_ = detail::pinecone_index(connection.collection);
    api_ = std::make_unique<detail::JsonApi>(
        connection, std::vector<std::string>{"Api-Key: " + connection.api_key.reveal(),
                                             std::string("X-Pinecone-Api-Version: ") + kVersion});
    data_ = api_->understood([this] {
      const detail::Json about = ready_index();
      check_index(about);
      return data_address(about.value("host", ""));
    });
  }

  void upsert(std::span<const VectorRecord> records) {
    const auto checked = detail::checked_records(records, dims());
    for (const VectorRecord* record : checked) detail::require_for_pinecone(*record);
    const std::size_t most = std::min<std::size_t>(options_.connection.batch_rows, 1000);
    detail::Json vectors = detail::Json::array();
    std::size_t bytes = 0;
    const auto send = [&] {
      const std::size_t count = vectors.size();
      if (count != 0) write("/vectors/upsert", {{"vectors", std::move(vectors)}}, count);
      vectors = detail::Json::array();
      bytes = 0;
    };
    for (const VectorRecord* record : checked) {
      detail::Json one = detail::pinecone_vector(*record);
      const std::size_t size = detail::json_text(one).size();
      if (vectors.size() == most || bytes + size > kMostBytes) send();
      bytes += size;
      vectors.push_back(std::move(one));
    }
    send();
  }

  void remove(std::span<const std::string> ids) {
    detail::in_batches(words_of(ids), 1000, [this](std::span<const std::string> batch) {
      write("/vectors/delete", {{"ids", std::vector<std::string>(batch.begin(), batch.end())}});
    });
  }

  [[nodiscard]] std::vector<VectorRecord> find(std::span<const std::string> ids) {
    std::vector<VectorRecord> found;
    std::string query;
    const auto ask = [&] {
      if (query.empty()) return;
      const std::string url = data_ + "/vectors/fetch?" + query + "namespace=" + options_.connection.name_space;
      const auto answer = fresh([&] { return api_->call("GET", url); });
      api_->understood([&] {
        const detail::Json vectors = answer.json.value("vectors", detail::Json::object());
        for (const auto& [id, one] : vectors.items()) found.push_back(detail::pinecone_record(one, api_->address()));
      });
      query.clear();
    };
    for (const std::string& word : words_of(ids)) {
      query += "ids=" + detail::percent_encoded(word) + "&";
      if (query.size() > kLongestQuery) ask();
    }
    ask();
    return detail::in_order_of(ids, std::move(found));
  }

  [[nodiscard]] std::vector<VectorHit> search(std::span<const float> query, std::size_t k, const Filter& filter = {}) {
    detail::require_vector(query, dims(), "query");
    if (k > detail::kMostPineconeHits)
      throw Error(ErrorKind::unsupported,
                  {.field = "k", .expected = "at most 10000 with Pinecone", .found = std::to_string(k)});
    const detail::TagFilter condition = detail::tag_filter_of(filter);
    if (k == 0 || condition.kind == detail::TagFilter::Kind::none) return {};
    detail::Json body = {{"vector", std::vector<float>(query.begin(), query.end())},
                         {"topK", k},
                         {"includeMetadata", true},
                         {"includeValues", false},
                         {"namespace", options_.connection.name_space}};
    if (condition.kind != detail::TagFilter::Kind::all) body["filter"] = detail::pinecone_filter(condition);
    const auto answer = fresh([&] { return api_->call("POST", data_ + "/query", body); });
    std::vector<VectorHit> hits;
    api_->understood([&] {
      const detail::Json matches = answer.json.at("matches");
      for (const detail::Json& one : matches) {
        VectorRecord record = detail::pinecone_record(one, api_->address());
        const float score = score_of(one.at("score").get<float>());
        hits.push_back({std::move(record.id), score, std::move(record.text), std::move(record.metadata)});
      }
    });
    std::stable_sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
    return hits;
  }

  [[nodiscard]] std::size_t size() {
    return api_->understood([this] {
      std::size_t count = 0;
      const detail::Json all = name_spaces();
      for (const auto& [name, about] : all.items())
        if (is_this_space(name)) count += about.value("vectorCount", std::size_t{0});
      return count;
    });
  }
  [[nodiscard]] std::size_t dims() const noexcept { return options_.connection.dims; }
  [[nodiscard]] Metric metric() const noexcept { return options_.connection.metric; }

  /// What the namespace holds, and the index, if it has no other namespace. The service tells late of one that was just
  /// made: do not drop while others begin to write.
  void drop() {
    write("/vectors/delete", {{"deleteAll", true}});
    const bool others = api_->understood([this] {
      const detail::Json all = name_spaces();
      bool found = false;
      for (const auto& [name, about] : all.items()) found = found || !is_this_space(name);
      return found;
    });
    if (!others) (void)api_->call_if_there("DELETE", control_ + "/indexes/" + index_);
  }

 private:
  static constexpr const char* kVersion = "2025-10";
  static constexpr std::size_t kMostBytes = 1'900'000;  // Pinecone takes requests of 2 MB
  static constexpr std::size_t kLongestQuery = 4000;    // of an address

  static PineconeOptions with_address(PineconeOptions options) {
    if (options.connection.address.empty()) options.connection.address = "https://api.pinecone.io";
    return options;
  }

  /// The default namespace is called "" or "__default__" in the statistics.
  [[nodiscard]] bool is_this_space(const std::string& name) const {
    const std::string& ours = options_.connection.name_space;
    return name == ours || (ours.empty() && name == "__default__");
  }

  [[nodiscard]] static std::vector<std::string> words_of(std::span<const std::string> ids) {
    std::vector<std::string> out;
    for (const std::string& id : detail::possible_ids(ids)) out.push_back(detail::pinecone_id(id));
    return out;
  }

  /// Squares of distances are given for Metric::euclidean.
  [[nodiscard]] float score_of(float given) const {
    return metric() == Metric::euclidean ? -std::sqrt(std::max(given, 0.0F)) : given;
  }

  /// A namespace that nothing was written to is not there; there is nothing to delete in it.
  void write(const std::string& path, detail::Json body, std::size_t count = 0) {
    body["namespace"] = options_.connection.name_space;
    const bool deletes = path == "/vectors/delete";
    const auto answer =
        deletes ? api_->call_if_there("POST", data_ + path, body) : api_->call("POST", data_ + path, body);
    if (!answer) return;
    if (!deletes)
      api_->understood([&] {
        const auto kept = answer->json.at("upsertedCount").get<std::size_t>();
        if (kept != count)
          throw Error(ErrorKind::io, {.file = api_->address(),
                                      .problem = "not all vectors were kept",
                                      .expected = std::to_string(count),
                                      .found = std::to_string(kept)});
      });
    const std::int64_t number = number_in(*answer, "x-pinecone-request-lsn");
    for (std::int64_t last = written_; last < number && !written_.compare_exchange_weak(last, number);) continue;
  }

  /// Where the index itself is reached, which is sent the key: a host, as the service tells, and no more.
  [[nodiscard]] std::string data_address(const std::string& host) const {
    const auto fits = [](char c) {
      return detail::is_ascii_letter(c) || detail::is_ascii_digit(c) || c == '.' || c == '-' || c == ':';
    };
    if (host.empty() || !std::all_of(host.begin(), host.end(), fits))
      throw Error(ErrorKind::io, {.file = api_->address(), .field = "host", .expected = "a host", .found = host});
    ConnectionOptions there = options_.connection;
    there.address = control_.substr(0, control_.find("://") + 3) + host;
    return detail::checked_url(there);
  }

  /// What read() answers once it has seen what was written: the service numbers its writes, and reads tell up to which
  /// they saw.
  template <class Read>
  [[nodiscard]] detail::JsonAnswer fresh(Read&& read) {
    const auto end = std::chrono::steady_clock::now() + options_.connection.timeout;
    for (auto wait = std::chrono::milliseconds(20);; wait = std::min(2 * wait, std::chrono::milliseconds(1000))) {
      detail::JsonAnswer answer = read();
      const bool tells = answer.headers.count("x-pinecone-max-indexed-lsn") != 0;
      if (!options_.waits_for_writes || !tells || number_in(answer, "x-pinecone-max-indexed-lsn") >= written_)
        return answer;
      if (std::chrono::steady_clock::now() + wait > end)
        throw Error(ErrorKind::io, {.file = api_->address(),
                                    .problem = "what was written is not found in time",
                                    .remedy = "wait longer, or set waits_for_writes to false"});
      std::this_thread::sleep_for(wait);
    }
  }

  [[nodiscard]] static std::int64_t number_in(const detail::JsonAnswer& answer, const char* header) {
    const auto at = answer.headers.find(header);
    return at == answer.headers.end() ? 0 : std::atoll(at->second.c_str());
  }

  [[nodiscard]] detail::Json name_spaces() {
    const auto answer = api_->call("POST", data_ + "/describe_index_stats", detail::Json::object());
    return answer.json.value("namespaces", detail::Json::object());
  }

  [[nodiscard]] detail::Json ready_index() {
    const std::string url = control_ + "/indexes/" + index_;
    auto found = api_->call_if_there("GET", url);
    if (!found) {
      const detail::Json place = {{"cloud", options_.cloud}, {"region", options_.region}};
      const detail::Json wanted = {{"name", index_},
                                   {"dimension", dims()},
                                   {"metric", detail::pinecone_name(metric())},
                                   {"spec", {{"serverless", place}}}};
      try {
        found = api_->call("POST", control_ + "/indexes", wanted);
      } catch (const Error& error) {  // another client was first, or it was made by a try whose answer was lost
        if (error.kind() != ErrorKind::invalid_argument) throw;
        found = api_->call_if_there("GET", url);
        if (!found) throw;
      }
    }
    const auto end = std::chrono::steady_clock::now() + options_.connection.timeout;
    while (!found->json.value("status", detail::Json::object()).value("ready", false)) {
      if (std::chrono::steady_clock::now() > end)
        throw Error(ErrorKind::io,
                    {.file = api_->address(), .field = index_, .problem = "the index is not ready in time"});
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
      found = api_->call("GET", url);
    }
    return found->json;
  }

  void check_index(const detail::Json& about) const {
    const auto found_dims = about.value("dimension", std::size_t{0});
    const auto found_metric = about.value("metric", "");
    if (found_dims != dims() || found_metric != detail::pinecone_name(metric()))
      throw Error(ErrorKind::invalid_argument,
                  {.file = api_->address(),
                   .field = index_,
                   .problem = "the index is of something else",
                   .expected = std::to_string(dims()) + " dims, " + detail::pinecone_name(metric()),
                   .found = std::to_string(found_dims) + ", " + found_metric,
                   .remedy = "choose another collection"});
  }

  PineconeOptions options_;
  std::string control_{};
  std::string data_{};
  std::string index_{};
  std::unique_ptr<detail::JsonApi> api_{};
  std::atomic<std::int64_t> written_{0};
};

static_assert(VectorStore<PineconeStore>);

}  // namespace glossa
