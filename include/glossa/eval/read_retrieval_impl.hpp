// Definition of read_retrieval; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/read_rows.hpp>
#include <glossa/eval/read_task_data.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// Where things with ids stand: the line of each, to say so where another has its id.
class IdBook {
 public:
  void add(const std::string& id, const DataRecord& record) {
    const auto [it, is_new] = lines_.emplace(id, record.line());
    if (!is_new) record.refuse("_id", "line " + std::to_string(it->second) + " has the same", "an id of its own", id);
  }
  [[nodiscard]] bool has(const std::string& id) const { return lines_.contains(id); }

 private:
  std::unordered_map<std::string, std::size_t> lines_;
};

[[nodiscard]] inline std::string id_of(const DataRecord& record) {
  return record.name(record.has("_id") || !record.has("id") ? "_id" : "id");
}

/// {"_id", "title"?, "text"}
inline void read_named_texts(const std::filesystem::path& stem, const ReadOptions& options, const std::string& example,
                             std::vector<NamedText>& texts, IdBook& ids) {
  read_file(required_data_file(stem), options, example, [&](const DataRecord& record) {
    NamedText text{id_of(record), record.text_or_empty("title"), record.text("text")};
    ids.add(text.id, record);
    texts.push_back(std::move(text));
  });
}

}  // namespace detail

GLOSSA_INLINE RetrievalData read_retrieval(const std::filesystem::path& path, const ReadOptions& options) {
  RetrievalData data;
  detail::IdBook documents;
  detail::IdBook queries;
  std::vector<NamedText> all_queries;
  detail::read_named_texts(path / "corpus", options, R"({"_id": "...", "title": "...", "text": "..."})", data.documents,
                           documents);
  detail::read_named_texts(path / "queries", options, R"({"_id": "...", "text": "..."})", all_queries, queries);
  detail::read_file(detail::required_data_file(path / "qrels" / options.split), options,
                    R"({"query-id": "...", "corpus-id": "...", "score": 1})", [&](const detail::DataRecord& record) {
                      const std::string query = record.name("query-id");
                      const std::string document = record.name("corpus-id");
                      const int relevance = record.whole_number("score");
                      if (!queries.has(query))
                        record.refuse("query-id", "there is no such query", "one of the file queries", query);
                      const auto [it, is_new] = data.judgements[query].emplace(document, relevance);
                      if (!is_new && it->second != relevance)
                        record.refuse("score", "a line before it judges the same document otherwise",
                                      std::to_string(it->second), std::to_string(relevance));
                      if (is_new && !documents.has(document)) ++data.documents_missing;
                    });
  for (NamedText& query : all_queries)
    if (data.judgements.contains(query.id)) data.queries.push_back(std::move(query));
  data.queries_left_out = all_queries.size() - data.queries.size();
  return data;
}

}  // namespace glossa
