// Records come in; a collection of Weaviate keeps them, and finds those nearest to a query.
// Optional: include it yourself and link the CMake component glossa::weaviate.
#pragma once

#include <glossa/store/connectors/json_api.hpp>
#include <glossa/store/connectors/record_batches.hpp>
#include <glossa/store/connectors/vector_text.hpp>
#include <glossa/store/connectors/weaviate_options.hpp>
#include <glossa/store/connectors/weaviate_rows.hpp>
#include <glossa/store/connectors/weaviate_schema.hpp>
#include <glossa/store/vector_store.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

/// A VectorStore in a class, or in one of its tenants (REST and GraphQL of Weaviate 1.33 and newer). Objects have
/// doc_id, body, metadata (JSON), tags, and a property for every field that holds numbers. Any number of threads may
/// use it; they take turns at its one connection. Strings are not ordered, k is at most 10,000, and with Metric::cosine
/// Weaviate gives vectors back at unit length.
class WeaviateStore {
 public:
  /// Looks the class and the tenant up; makes them where they are not there. Errors: as VectorStore says;
  /// `invalid_argument` for a class of other vectors.
  explicit WeaviateStore(WeaviateOptions options) : options_((detail::check_options(options), std::move(options))) {
    const ConnectionOptions& connection = options_.connection;
    url_ = detail::checked_url(connection) + "/v1";
    class_ = detail::weaviate_class(connection.collection);
    std::vector<std::string> headers;
    if (!connection.api_key.empty()) headers.push_back("Authorization: Bearer " + connection.api_key.reveal());
    api_ = std::make_unique<detail::JsonApi>(connection, std::move(headers));
    auto found = api_->call_if_there("GET", class_url());
    if (!found) found = make_class();
    api_->understood([&] {
      detail::check_weaviate_class(found->json, options_, api_->address());
      known_ = detail::weaviate_properties(found->json);
    });
    if (!tenant().empty()) make_tenant();
  }

  void upsert(std::span<const VectorRecord> records) {
    const auto checked = detail::checked_records(records, dims());
    for (const VectorRecord* record : checked)
      for (const std::string& field : detail::number_fields(record->metadata)) make_property(field);
    detail::in_batches(checked, options_.connection.batch_rows, [this](std::span<const VectorRecord* const> batch) {
      detail::Json objects = detail::Json::array();
      for (const VectorRecord* record : batch) objects.push_back(detail::weaviate_object(*record, class_, tenant()));
      const auto answer = api_->call("POST", url_ + "/batch/objects", {{"objects", std::move(objects)}});
      api_->understood([&] { check_results(answer.json, batch.size()); });
    });
  }

  void remove(std::span<const std::string> ids) {
    detail::in_batches(detail::possible_ids(ids), 1000, [this](std::span<const std::string> batch) {
      detail::Json names = detail::Json::array();
      for (const std::string& id : batch) names.push_back(detail::weaviate_id(id));
      const detail::Json which = {{"path", {"id"}}, {"operator", "ContainsAny"}, {"valueTextArray", std::move(names)}};
      const std::string url = url_ + "/batch/objects" + (tenant().empty() ? "" : "?tenant=" + tenant());
      const auto answer = api_->call("DELETE", url, {{"match", {{"class", class_}, {"where", which}}}});
      const auto failed = api_->understood([&] { return answer.json.at("results").at("failed").get<std::size_t>(); });
      if (failed != 0)
        throw Error(ErrorKind::io,
                    {.file = api_->address(), .problem = std::to_string(failed) + " objects could not be deleted"});
    });
  }

  [[nodiscard]] std::vector<VectorRecord> find(std::span<const std::string> ids) {
    std::vector<VectorRecord> found;
    detail::in_batches(detail::possible_ids(ids), 200, [&](std::span<const std::string> batch) {
      std::vector<std::string> names;
      for (const std::string& id : batch) names.push_back(detail::weaviate_id(id));
      const std::string which =
          "{path: [\"id\"], operator: ContainsAny, valueText: " + detail::json_text(detail::Json(names)) + "}";
      const detail::Json objects = get("where: " + which + ", limit: " + std::to_string(batch.size()), "vector");
      api_->understood([&] {
        for (const detail::Json& one : objects) {
          VectorRecord record = detail::weaviate_record(one, api_->address());
          record.vector = one.at("_additional").at("vector").get<std::vector<float>>();
          found.push_back(std::move(record));
        }
      });
    });
    return detail::in_order_of(ids, std::move(found));
  }

  [[nodiscard]] std::vector<VectorHit> search(std::span<const float> query, std::size_t k, const Filter& filter = {}) {
    detail::require_vector(query, dims(), "query");
    if (k > detail::kMostWeaviateHits)
      throw Error(ErrorKind::unsupported,
                  {.field = "k", .expected = "at most 10000 with Weaviate", .found = std::to_string(k)});
    const detail::TagFilter condition = detail::tag_filter_of(filter);
    if (k == 0 || condition.kind == detail::TagFilter::Kind::none) return {};
    std::string arguments = "nearVector: {vector: " + detail::vector_text(query) + "}, limit: " + std::to_string(k);
    if (condition.kind != detail::TagFilter::Kind::all)
      arguments += ", where: " + detail::weaviate_where(condition, known_for(condition));
    std::vector<VectorHit> hits;
    const detail::Json objects = get(arguments, "distance");
    api_->understood([&] {
      for (const detail::Json& one : objects) {
        VectorRecord record = detail::weaviate_record(one, api_->address());
        const float score = score_of(one.at("_additional").at("distance").get<float>());
        hits.push_back({std::move(record.id), score, std::move(record.text), std::move(record.metadata)});
      }
    });
    std::stable_sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
    return hits;
  }

  [[nodiscard]] std::size_t size() {
    const std::string scope = tenant().empty() ? "" : "(tenant: \"" + tenant() + "\")";
    const detail::Json data = ask("{Aggregate {" + class_ + scope + " {meta {count}}}}", "Aggregate");
    if (data.empty()) return 0;
    return api_->understood([&] { return data.at(0).at("meta").at("count").get<std::size_t>(); });
  }
  [[nodiscard]] std::size_t dims() const noexcept { return options_.connection.dims; }
  [[nodiscard]] Metric metric() const noexcept { return options_.connection.metric; }

  /// The tenant, and the class, if it has no other.
  void drop() {
    if (!tenant().empty()) {
      (void)api_->call_if_there("DELETE", class_url() + "/tenants", detail::Json::array({tenant()}));
      const auto left = api_->call_if_there("GET", class_url() + "/tenants");
      if (!left || !left->json.empty()) return;
    }
    (void)api_->call_if_there("DELETE", class_url());
  }

 private:
  [[nodiscard]] const std::string& tenant() const noexcept { return options_.connection.name_space; }
  [[nodiscard]] std::string class_url() const { return url_ + "/schema/" + class_; }

  /// Weaviate's distances: 1 - cosine, minus the inner product, the square of the Euclidean one.
  [[nodiscard]] float score_of(float distance) const {
    if (metric() == Metric::cosine) return 1 - distance;
    return metric() == Metric::euclidean ? -std::sqrt(std::max(distance, 0.0F)) : -distance;
  }

  /// Another client may make it at the same time; what counts is what is there afterwards.
  [[nodiscard]] detail::JsonAnswer make_class() {
    try {
      return api_->call("POST", url_ + "/schema", detail::weaviate_class_of(options_));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::invalid_argument) throw;
      auto found = api_->call_if_there("GET", class_url());
      if (!found) throw;
      return std::move(*found);
    }
  }

  [[nodiscard]] bool has_tenant() {
    const auto all = api_->call("GET", class_url() + "/tenants");
    return api_->understood([&] {
      return std::any_of(all.json.begin(), all.json.end(),
                         [this](const detail::Json& one) { return one.at("name") == tenant(); });
    });
  }

  void make_tenant() {
    if (has_tenant()) return;
    try {
      (void)api_->call("POST", class_url() + "/tenants", detail::Json::array({{{"name", tenant()}}}));
    } catch (const Error& error) {  // another client was first
      if (error.kind() != ErrorKind::invalid_argument || !has_tenant()) throw;
    }
  }

  /// The property for a field's numbers, once.
  void make_property(const std::string& field) {
    const std::string name = detail::weaviate_number(field);
    const std::lock_guard lock(mutex_);
    if (known_.count(name) != 0) return;
    detail::Json property = detail::weaviate_property(name, "number", true, false);
    property["description"] = field;
    try {
      (void)api_->call("POST", class_url() + "/properties", property);
    } catch (const Error& error) {  // another client was first
      if (error.kind() != ErrorKind::invalid_argument) throw;
      known_ = properties();
      if (known_.count(name) == 0) throw;
    }
    known_.insert(name);
  }

  /// The class's properties, looked up again where the filter has a field that is not known: another client may have
  /// added it.
  [[nodiscard]] std::set<std::string> known_for(const detail::TagFilter& condition) {
    const std::lock_guard lock(mutex_);
    if (!has_all(condition)) known_ = properties();
    return known_;
  }
  [[nodiscard]] std::set<std::string> properties() {
    const auto answer = api_->call("GET", class_url());
    return api_->understood([&] { return detail::weaviate_properties(answer.json); });
  }
  [[nodiscard]] bool has_all(const detail::TagFilter& condition) const {
    if (condition.kind == detail::TagFilter::Kind::compares)
      return known_.count(detail::weaviate_number(condition.field)) != 0;
    return std::all_of(condition.parts.begin(), condition.parts.end(),
                       [this](const auto& one) { return has_all(one); });
  }

  /// The server says of each object whether it was kept.
  void check_results(const detail::Json& results, std::size_t count) const {
    const auto refuse = [this](const std::string& problem) {
      throw Error(ErrorKind::io, {.file = api_->address(), .problem = problem});
    };
    if (!results.is_array() || results.size() != count)
      refuse("the server does not say of all objects that it kept them");
    for (const detail::Json& one : results) {
      const detail::Json result = one.value("result", detail::Json::object());
      const detail::Json errors = result.value("errors", detail::Json());
      if (!errors.is_null() || result.value("status", "SUCCESS") != "SUCCESS")
        refuse("an object was not kept: " + detail::shortened(api_->hushed(detail::json_text(errors)), 200));
    }
  }

  [[nodiscard]] detail::Json get(std::string arguments, const std::string& additional) {
    if (!tenant().empty()) arguments += ", tenant: \"" + tenant() + "\"";
    return ask("{Get {" + class_ + "(" + arguments + ") {doc_id body metadata _additional {" + additional + "}}}}",
               "Get");
  }

  /// The list of a query's answer.
  [[nodiscard]] detail::Json ask(const std::string& query, const char* part) {
    const auto answer = api_->call("POST", url_ + "/graphql", {{"query", query}});
    return api_->understood([&] { return list_in(answer.json, part); });
  }

  [[nodiscard]] detail::Json list_in(const detail::Json& answer, const char* part) const {
    const detail::Json errors = answer.value("errors", detail::Json());
    if (!errors.is_null() && !errors.empty())
      throw Error(ErrorKind::io, {.file = api_->address(),
                                  .field = "graphql",
                                  .problem = "the server refuses: " +
                                             detail::shortened(api_->hushed(detail::json_text(errors)), 300)});
    const detail::Json list = answer.at("data").at(part).at(class_);
    if (list.is_null()) return detail::Json::array();
    if (!list.is_array()) throw Error(ErrorKind::io, {.file = api_->address(), .problem = "the answer is no list"});
    return list;
  }

  WeaviateOptions options_;
  std::string url_{};
  std::string class_{};
  std::unique_ptr<detail::JsonApi> api_{};
  std::set<std::string> known_{};
  std::mutex mutex_{};
};

static_assert(VectorStore<WeaviateStore>);

}  // namespace glossa
