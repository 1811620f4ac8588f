// Records come in; a collection of Milvus keeps them, and finds those nearest to a query.
// Optional: include it yourself and link the CMake component glossa::milvus. A program cannot have
// glossa::sentencepiece as well: that library brings a protobuf of its own, whose names are those of gRPC's.
#pragma once

#include <glossa/store/connectors/milvus_channel.hpp>
#include <glossa/store/connectors/milvus_filter.hpp>
#include <glossa/store/connectors/milvus_options.hpp>
#include <glossa/store/connectors/milvus_rows.hpp>
#include <glossa/store/connectors/record_batches.hpp>
#include <glossa/store/vector_store.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace glossa {

/// A VectorStore in a collection with the fields pk (name space and id), id, name_space, embedding, body, metadata
/// (JSON), and tags and odd, which filters are answered from (metadata_tags.hpp). Any number of threads may use it.
/// Searches see what was written before them (consistency level Strong). Texts have at most 65,535 bytes, and a search
/// at most 16,384 hits.
class MilvusStore {
 public:
  /// Connects; makes the collection and its index where they are not there, and has it loaded. Errors: as VectorStore
  /// says; `invalid_argument` for a collection of other vectors.
  explicit MilvusStore(MilvusOptions options) : options_((detail::check_options(options), std::move(options))) {
    channel_ = std::make_unique<detail::MilvusChannel>(options_);
    if (!has_collection()) make_collection();
    check_collection();
    load();
  }

  void upsert(std::span<const VectorRecord> records) {
    const auto checked = detail::checked_records(records, dims());
    for (const VectorRecord* record : checked) detail::require_for_milvus(*record);
    detail::in_batches(checked, options_.connection.batch_rows,
                       [this](std::span<const VectorRecord* const> batch) { put(batch); });
  }

  void remove(std::span<const std::string> ids) {
    detail::in_batches(detail::possible_ids(ids), kIdsAtOnce, [this](std::span<const std::string> batch) {
      auto request = request_of<milvus_wire::DeleteRequest>();
      request.set_expr(keys_expression(batch));
      (void)channel_->call<milvus_wire::MutationResult>("Delete", request);
    });
  }

  [[nodiscard]] std::vector<VectorRecord> find(std::span<const std::string> ids) {
    std::vector<VectorRecord> found;
    detail::in_batches(detail::possible_ids(ids), kIdsAtOnce, [&](std::span<const std::string> batch) {
      auto request = request_of<milvus_wire::QueryRequest>();
      request.set_expr(keys_expression(batch));
      for (const char* field : {"id", "embedding", "body", "metadata"}) request.add_output_fields(field);
      const auto answer = channel_->call<milvus_wire::QueryResults>("Query", request);
      const detail::MilvusColumns columns(answer.fields_data(), channel_->address());
      for (std::size_t i = 0; i < columns.rows(); ++i)
        found.push_back(
            {columns.text("id", i), columns.vector(i, dims()), columns.text("body", i), columns.metadata(i)});
    });
    return detail::in_order_of(ids, std::move(found));
  }

  [[nodiscard]] std::vector<VectorHit> search(std::span<const float> query, std::size_t k, const Filter& filter = {}) {
    detail::require_vector(query, dims(), "query");
    if (k > detail::kMostMilvusHits)
      throw Error(ErrorKind::unsupported,
                  {.field = "k", .expected = "at most 16384 with Milvus", .found = std::to_string(k)});
    const detail::TagFilter condition = detail::tag_filter_of(filter);
    if (k == 0 || condition.kind == detail::TagFilter::Kind::none) return {};
    auto request = request_of<milvus_wire::SearchRequest>();
    std::string expression = scope_expression();
    if (condition.kind != detail::TagFilter::Kind::all) expression += " and " + detail::milvus_expression(condition);
    request.set_dsl(expression);
    request.set_dsl_type(1);  // an expression
    request.set_placeholder_group(detail::milvus_query(query));
    request.set_nq(1);
    for (const char* field : {"id", "body", "metadata"}) request.add_output_fields(field);
    const auto parameter = [&](const char* name, const std::string& value) {
      auto& pair = *request.add_search_params();
      pair.set_key(name);
      pair.set_value(value);
    };
    parameter("anns_field", "embedding");
    parameter("topk", std::to_string(k));
    parameter("metric_type", detail::milvus_name(metric()));
    parameter("round_decimal", "-1");
    const std::string width = std::to_string(std::min<std::size_t>(std::max<std::size_t>(k, 64), 32'768));
    parameter("params", options_.index == MilvusIndex::hnsw ? "{\"ef\": " + width + "}" : "{}");
    const auto answer = channel_->call<milvus_wire::SearchResults>("Search", request);
    return hits_of(answer.results());
  }

  [[nodiscard]] std::size_t size() {
    auto request = request_of<milvus_wire::QueryRequest>();
    request.set_expr(scope_expression());
    request.add_output_fields("count(*)");
    const auto answer = channel_->call<milvus_wire::QueryResults>("Query", request);
    return static_cast<std::size_t>(
        detail::MilvusColumns(answer.fields_data(), channel_->address()).number("count(*)"));
  }
  [[nodiscard]] std::size_t dims() const noexcept { return options_.connection.dims; }
  [[nodiscard]] Metric metric() const noexcept { return options_.connection.metric; }

  /// What the name space holds, and the collection, if no other has records in it; do not drop while others begin to
  /// write.
  void drop() {
    if (!has_collection()) return;
    auto request = request_of<milvus_wire::DeleteRequest>();
    request.set_expr(scope_expression());
    (void)channel_->call<milvus_wire::MutationResult>("Delete", request);
    auto all = request_of<milvus_wire::QueryRequest>();
    all.set_expr("pk != \"\"");
    all.add_output_fields("count(*)");
    const auto left = channel_->call<milvus_wire::QueryResults>("Query", all);
    if (detail::MilvusColumns(left.fields_data(), channel_->address()).number("count(*)") == 0)
      (void)channel_->call<milvus_wire::Status>("DropCollection", collection_request());
  }

 private:
  static constexpr std::size_t kIdsAtOnce = 500;

  template <class Request>
  [[nodiscard]] Request request_of() const {
    Request request;
    request.set_db_name(options_.database);
    request.set_collection_name(options_.connection.collection);
    return request;
  }
  [[nodiscard]] milvus_wire::CollectionRequest collection_request() const {
    return request_of<milvus_wire::CollectionRequest>();
  }

  [[nodiscard]] bool has_collection() {
    return channel_->call<milvus_wire::BoolResponse>("HasCollection", collection_request()).value();
  }

  /// In parts, where it is larger than what Milvus takes at once.
  void put(std::span<const VectorRecord* const> batch) {
    auto request = request_of<milvus_wire::UpsertRequest>();
    detail::put_milvus_rows(request, batch, options_.connection.name_space, dims());
    if (batch.size() > 1 && request.ByteSizeLong() > detail::kMostMilvusBytes) {
      put(batch.first(batch.size() / 2));
      put(batch.subspan(batch.size() / 2));
      return;
    }
    const auto answer = channel_->call<milvus_wire::MutationResult>("Upsert", request);
    if (answer.err_index_size() != 0 || answer.upsert_cnt() != static_cast<std::int64_t>(batch.size()))
      throw Error(ErrorKind::io, {.file = channel_->address(),
                                  .problem = "not all records were kept",
                                  .expected = std::to_string(batch.size()),
                                  .found = std::to_string(answer.upsert_cnt())});
  }

  [[nodiscard]] std::string scope_expression() const {
    return "name_space == " + detail::milvus_text(options_.connection.name_space);
  }
  [[nodiscard]] std::string keys_expression(std::span<const std::string> ids) const {
    std::vector<std::string> keys;
    for (const std::string& id : ids) keys.push_back(detail::milvus_key(options_.connection.name_space, id));
    return "pk in " + detail::milvus_list(keys);
  }

  /// Milvus gives squares of Euclidean distances.
  [[nodiscard]] std::vector<VectorHit> hits_of(const milvus_wire::SearchResultData& data) const {
    const detail::MilvusColumns columns(data.fields_data(), channel_->address());
    std::vector<VectorHit> hits;
    for (int i = 0; i < data.scores_size(); ++i) {
      const float given = data.scores(i);
      const float score = metric() == Metric::euclidean ? -std::sqrt(std::max(given, 0.0F)) : given;
      const auto row = static_cast<std::size_t>(i);
      hits.push_back({columns.text("id", row), score, columns.text("body", row), columns.metadata(row)});
    }
    std::stable_sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
    return hits;
  }

  /// Another client may make it at the same time; what counts is what is there afterwards.
  void make_collection() {
    auto request = request_of<milvus_wire::CreateCollectionRequest>();
    request.set_schema(detail::milvus_schema(options_));
    request.set_shards_num(1);
    try {
      (void)channel_->call<milvus_wire::Status>("CreateCollection", request);
    } catch (const Error&) {
      if (!has_collection()) throw;
    }
  }

  void make_index() {
    auto index = request_of<milvus_wire::CreateIndexRequest>();
    index.set_field_name("embedding");
    index.set_index_name("embedding");
    const auto parameter = [&](const char* name, const std::string& value) {
      auto& pair = *index.add_extra_params();
      pair.set_key(name);
      pair.set_value(value);
    };
    const bool graph = options_.index == MilvusIndex::hnsw;
    parameter("index_type", graph ? "HNSW" : options_.index == MilvusIndex::flat ? "FLAT" : "AUTOINDEX");
    parameter("metric_type", detail::milvus_name(metric()));
    parameter("params", !graph ? "{}"
                               : "{\"M\": " + std::to_string(options_.hnsw_m) +
                                     ", \"efConstruction\": " + std::to_string(options_.hnsw_ef_construction) + "}");
    (void)channel_->call<milvus_wire::Status>("CreateIndex", index);
  }

  void check_collection() {
    const auto schema =
        channel_->call<milvus_wire::DescribeCollectionResponse>("DescribeCollection", collection_request());
    std::string found_dims = "no vectors";
    std::set<std::string> lacking = {"pk", "id", "name_space", "embedding", "body", "metadata", "odd", "tags"};
    for (const auto& field : schema.schema().fields()) {
      lacking.erase(field.name());
      if (field.name() == "embedding")
        for (const auto& pair : field.type_params())
          if (pair.key() == "dim") found_dims = pair.value();
    }
    if (!lacking.empty()) found_dims = "no field " + *lacking.begin();
    std::string found_metric = indexed_metric();
    if (found_metric.empty() && found_dims == std::to_string(dims())) {  // who made it did not get to that, or not yet
      make_index();
      found_metric = indexed_metric();
    }
    if (found_dims != std::to_string(dims()) || found_metric != detail::milvus_name(metric()))
      throw Error(ErrorKind::invalid_argument,
                  {.file = channel_->address(),
                   .field = options_.connection.collection,
                   .problem = "the collection is of something else",
                   .expected = std::to_string(dims()) + " dims, " + detail::milvus_name(metric()),
                   .found = found_dims + ", " + (found_metric.empty() ? "no index" : found_metric),
                   .remedy = "choose another collection"});
  }

  /// Of the index; "" where there is none.
  [[nodiscard]] std::string indexed_metric() {
    auto request = request_of<milvus_wire::DescribeIndexRequest>();
    request.set_field_name("embedding");
    const auto indexes = channel_->ask<milvus_wire::DescribeIndexResponse>("DescribeIndex", request);
    for (const auto& index : indexes.index_descriptions())
      if (index.field_name() == "embedding")
        for (const auto& pair : index.params())
          if (pair.key() == "metric_type") return pair.value();
    return "";
  }

  /// Searches need the collection in the server's memory.
  void load() {
    (void)channel_->call<milvus_wire::Status>("LoadCollection", collection_request());
    milvus_wire::LoadStateRequest request;
    request.set_db_name(options_.database);
    request.set_collection_name(options_.connection.collection);
    const auto end = std::chrono::steady_clock::now() + options_.connection.timeout;
    while (channel_->call<milvus_wire::LoadStateResponse>("GetLoadState", request).state() != kLoaded) {
      if (std::chrono::steady_clock::now() > end)
        throw Error(ErrorKind::io, {.file = channel_->address(), .problem = "the collection was not loaded in time"});
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  static constexpr int kLoaded = 3;

  MilvusOptions options_;
  std::unique_ptr<detail::MilvusChannel> channel_{};
};

static_assert(VectorStore<MilvusStore>);

}  // namespace glossa
