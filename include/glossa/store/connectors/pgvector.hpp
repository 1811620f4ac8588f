// Records come in; a table of PostgreSQL with the extension pgvector keeps them, and finds those nearest to a query.
// Optional: include it yourself and link the CMake component glossa::pgvector.
#pragma once

#include <glossa/store/connectors/metadata_json.hpp>
#include <glossa/store/connectors/pgvector_filter.hpp>
#include <glossa/store/connectors/pgvector_options.hpp>
#include <glossa/store/connectors/pgvector_session.hpp>
#include <glossa/store/connectors/record_batches.hpp>
#include <glossa/store/connectors/vector_text.hpp>
#include <glossa/store/vector_store.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

/// A VectorStore in a table (name_space, id, embedding, body, metadata), which others may read and join. Any number of
/// threads may use it; they take turns at its one connection. A batch of upsert() is kept as a whole or not at all.
class PgvectorStore {
 public:
  /// Connects; makes the table, and the extension, where they are not there. Errors: as VectorStore says;
  /// `invalid_argument` for a table of other vectors.
  explicit PgvectorStore(PgvectorOptions options) : options_((detail::check_options(options), std::move(options))) {
    table_ = "\"" + options_.schema + "\".\"" + options_.connection.collection + "\"";
    session_ = std::make_unique<detail::PgvectorSession>(options_);
    session_->in_transaction([this](detail::PgvectorWork& work) { return make_table(work); });
    if (options_.hnsw.enabled)
      session_->in_long_transaction(options_.hnsw.build_timeout, "PgvectorHnsw::build_timeout",
                                    [this](detail::PgvectorWork& work) { return make_graph(work); });
  }

  void upsert(std::span<const VectorRecord> records) {
    auto checked = detail::checked_records(records, dims());
    // In one order, whoever writes: two writers then wait for each other, and not in a circle.
    std::sort(checked.begin(), checked.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    detail::in_batches(checked, options_.connection.batch_rows, [this](std::span<const VectorRecord* const> batch) {
      std::vector<std::string> ids, vectors, texts, metadata;
      for (const VectorRecord* record : batch) {
        ids.push_back(record->id);
        vectors.push_back(detail::vector_text(record->vector));
        texts.push_back(record->text);
        metadata.push_back(detail::json_text_of(record->metadata));
      }
      detail::SqlValues values;
      const std::string statement =
          "INSERT INTO " + table_ + " (name_space, id, embedding, body, metadata) SELECT " +
          values.bind(options_.connection.name_space) +
          "::text, u.id, u.embedding::vector, u.body, u.metadata::jsonb " + "FROM unnest(" +
          values.bind(detail::sql_array(ids)) + "::text[], " + values.bind(detail::sql_array(vectors)) + "::text[], " +
          values.bind(detail::sql_array(texts)) + "::text[], " + values.bind(detail::sql_array(metadata)) +
          "::text[]) AS u(id, embedding, body, metadata) " +
          "ON CONFLICT (name_space, id) DO UPDATE SET embedding = excluded.embedding, body = excluded.body, " +
          "metadata = excluded.metadata";
      run(statement, values);
    });
  }

  void remove(std::span<const std::string> ids) {
    detail::in_batches(detail::possible_ids(ids), kIdsAtOnce, [this](std::span<const std::string> batch) {
      detail::SqlValues values;
      run("DELETE FROM " + table_ + " WHERE " + of_these(values, batch), values);
    });
  }

  [[nodiscard]] std::vector<VectorRecord> find(std::span<const std::string> ids) {
    std::vector<VectorRecord> found;
    detail::in_batches(detail::possible_ids(ids), kIdsAtOnce, [&](std::span<const std::string> batch) {
      detail::SqlValues values;
      const std::string which = of_these(values, batch);
      for (const auto& row :
           run("SELECT id, embedding::text, body, metadata::text FROM " + table_ + " WHERE " + which, values))
        found.push_back({row.at(0).c_str(), detail::vector_of_text(row.at(1).c_str(), session_->address()),
                         row.at(2).c_str(), metadata_in(row.at(3).c_str())});
    });
    return detail::in_order_of(ids, std::move(found));
  }

  [[nodiscard]] std::vector<VectorHit> search(std::span<const float> query, std::size_t k, const Filter& filter = {}) {
    detail::require_vector(query, dims(), "query");
    if (k == 0) return {};
    detail::SqlValues values;
    const std::string plain =
        "embedding " + distance_operator() + " " + values.bind(detail::vector_text(query)) + "::vector";
    // The cosine of a vector of zeros is NaN in PostgreSQL, which comes last there, and 0 in all stores here.
    const std::string exact = metric() == Metric::cosine ? "coalesce(nullif(" + plain + ", 'NaN'), 1)" : plain;
    const std::string scope = values.bind(options_.connection.name_space) + "::text";
    const std::string condition = detail::PgvectorFilter(values).sql(filter);
    const std::string limit = values.bind(std::to_string(std::min<std::size_t>(k, INT64_MAX))) + "::bigint";
    const auto statement = [&](const std::string& distance) {
      return "SELECT id, body, metadata::text, " + distance + " FROM " + table_ + " WHERE name_space = " + scope +
             " AND " + condition + " ORDER BY " + distance + " LIMIT " + limit;
    };
    const auto rows = session_->in_transaction([&](detail::PgvectorWork& work) {
      if (options_.hnsw.enabled) {
        widen_search(work, k);
        auto found = work.run(statement(plain), values);
        // The graph gives up after some thousands that the filter takes away, and has no vectors of zeros, whose cosine
        // is 0.
        if (static_cast<std::size_t>(found.size()) >= k &&
            (metric() != Metric::cosine || found.back().at(3).as<double>() <= 1))
          return found;
        work.run("SET LOCAL enable_indexscan = off");
      }
      return work.run(statement(exact), values);
    });
    std::vector<VectorHit> hits;
    for (const auto& row : rows)
      hits.push_back(
          {row.at(0).c_str(), score_of(row.at(3).as<double>()), row.at(1).c_str(), metadata_in(row.at(2).c_str())});
    std::stable_sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
    return hits;
  }

  [[nodiscard]] std::size_t size() {
    detail::SqlValues values;
    const std::string scope = values.bind(options_.connection.name_space);
    return run("SELECT count(*) FROM " + table_ + " WHERE name_space = " + scope + "::text", values)
        .at(0)
        .at(0)
        .as<std::size_t>();
  }
  [[nodiscard]] std::size_t dims() const noexcept { return options_.connection.dims; }
  [[nodiscard]] Metric metric() const noexcept { return options_.connection.metric; }

  /// What the name space holds, and the table, if no other has records in it.
  void drop() {
    session_->in_transaction([this](detail::PgvectorWork& work) {
      if (work.run("SELECT to_regclass('" + table_ + "') IS NULL").at(0).at(0).as<bool>()) return true;
      detail::SqlValues values;
      work.run(
          "DELETE FROM " + table_ + " WHERE name_space = " + values.bind(options_.connection.name_space) + "::text",
          values);
      const std::string is_empty = "SELECT NOT EXISTS (SELECT 1 FROM " + table_ + ")";
      if (!work.run(is_empty).at(0).at(0).as<bool>()) return true;
      // What others are writing is not seen before they have done so.
      work.run("LOCK TABLE " + table_ + " IN ACCESS EXCLUSIVE MODE");
      if (work.run(is_empty).at(0).at(0).as<bool>()) work.run("DROP TABLE " + table_);
      return true;
    });
  }

 private:
  static constexpr std::size_t kIdsAtOnce = 1000;

  pqxx::result run(const std::string& statement, const detail::SqlValues& values) {
    return session_->in_transaction([&](detail::PgvectorWork& work) { return work.run(statement, values); });
  }

  [[nodiscard]] std::string of_these(detail::SqlValues& values, std::span<const std::string> ids) const {
    const std::string scope = values.bind(options_.connection.name_space);
    return "name_space = " + scope + "::text AND id = ANY(" + values.bind(detail::sql_array({ids.begin(), ids.end()})) +
           "::text[])";
  }

  [[nodiscard]] Metadata metadata_in(const char* text) const {
    return detail::stored_metadata(detail::parse_json(text, session_->address()), session_->address());
  }

  /// <=> is 1 - cosine, <#> minus the inner product, <-> and <+> are distances.
  [[nodiscard]] std::string distance_operator() const {
    switch (metric()) {
      case Metric::dot: return "<#>";
      case Metric::euclidean: return "<->";
      case Metric::manhattan: return "<+>";
      default: return "<=>";
    }
  }
  [[nodiscard]] float score_of(double distance) const {
    if (std::isnan(distance)) return 0;  // the cosine of a vector of zeros, from a graph
    return static_cast<float>(metric() == Metric::cosine ? 1 - distance : -distance);
  }
  [[nodiscard]] const char* operators() const {
    switch (metric()) {
      case Metric::dot: return "vector_ip_ops";
      case Metric::euclidean: return "vector_l2_ops";
      case Metric::manhattan: return "vector_l1_ops";
      default: return "vector_cosine_ops";
    }
  }

  /// The graph gives no more than ef_search by itself; from version 0.8 on it goes on where a filter took some away.
  void widen_search(detail::PgvectorWork& work, std::size_t k) const {
    const std::size_t candidates = std::min<std::size_t>(std::max(options_.hnsw.ef_search, k), 1000);
    work.run("SET LOCAL hnsw.ef_search = " + std::to_string(candidates));
    if (goes_on_) work.run("SET LOCAL hnsw.iterative_scan = strict_order");
  }

  bool make_table(detail::PgvectorWork& work) {
    work.run("SELECT pg_advisory_xact_lock(hashtext('glossa " + table_ + "'))");  // one client at a time
    const std::string version = "SELECT extversion FROM pg_extension WHERE extname = 'vector'";
    auto found = work.run(version);
    if (found.empty()) {
      work.run("CREATE EXTENSION IF NOT EXISTS vector");
      found = work.run(version);
    }
    const std::string number = found.at(0).at(0).c_str();
    goes_on_ = number.compare(0, 2, "0.") != 0 || std::atoi(number.c_str() + 2) >= 8;
    const bool is_there = !work.run("SELECT to_regclass('" + table_ + "') IS NULL").at(0).at(0).as<bool>();
    const std::string about = std::string("glossa: ") + to_string(metric());
    if (!is_there) {
      work.run("CREATE TABLE " + table_ + " (name_space text COLLATE \"C\" NOT NULL, id text COLLATE \"C\" NOT NULL, " +
               "embedding vector(" + std::to_string(dims()) + ") NOT NULL, body text NOT NULL, " +
               "metadata jsonb NOT NULL, PRIMARY KEY (name_space, id))");
      work.run("COMMENT ON TABLE " + table_ + " IS '" + about + "'");
    }
    const auto kept =
        work.run("SELECT atttypmod, obj_description('" + table_ + "'::regclass, 'pg_class') " +
                 "FROM pg_attribute WHERE attrelid = '" + table_ + "'::regclass AND attname = 'embedding'");
    const bool has_column = !kept.empty();
    const std::string described = has_column && !kept.at(0).at(1).is_null() ? kept.at(0).at(1).c_str() : "";
    if (!has_column || kept.at(0).at(0).as<long>() != static_cast<long>(dims()) || described != about)
      throw Error(ErrorKind::invalid_argument,
                  {.file = session_->address(),
                   .field = options_.connection.collection,
                   .problem = "the table is of something else",
                   .expected = std::to_string(dims()) + " dims, " + about,
                   .found = (has_column ? kept.at(0).at(0).c_str() : "no vectors") + std::string(", ") + described,
                   .remedy = "choose another collection"});
    return true;
  }

  /// Has a lock of its own: others open the table meanwhile.
  bool make_graph(detail::PgvectorWork& work) {
    work.run("SELECT pg_advisory_xact_lock(hashtext('glossa graph " + table_ + "'))");
    work.run("CREATE INDEX IF NOT EXISTS \"" + options_.connection.collection + "$hnsw\" ON " + table_ +
             " USING hnsw (embedding " + operators() + ") WITH (m = " + std::to_string(options_.hnsw.m) +
             ", ef_construction = " + std::to_string(options_.hnsw.ef_construction) + ")");
    return true;
  }

  PgvectorOptions options_;
  std::string table_{};
  std::unique_ptr<detail::PgvectorSession> session_{};
  bool goes_on_ = false;
};

static_assert(VectorStore<PgvectorStore>);

}  // namespace glossa
