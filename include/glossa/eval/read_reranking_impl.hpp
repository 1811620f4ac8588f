// Definition of read_reranking; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/data_rows.hpp>
#include <glossa/eval/judged_texts.hpp>
#include <glossa/eval/read_rows.hpp>
#include <glossa/eval/read_task_data.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace glossa {
namespace detail {

/// Documents by id.
using DocumentsById = std::unordered_map<std::string_view, const NamedText*>;

/// A line of top_ranked: its ids in the order in which equal documents are ranked. Errors: `corrupt_file`.
[[nodiscard]] inline std::vector<std::string> candidate_ids(const DataRecord& record, const DocumentsById& documents) {
  std::vector<std::string> ids = record.names("corpus-ids");
  if (ids.empty()) record.refuse("corpus-ids", "the list is empty", "ids of documents", "");
  std::sort(ids.begin(), ids.end(), std::greater<>());
  if (const auto twice = std::adjacent_find(ids.begin(), ids.end()); twice != ids.end())
    record.refuse("corpus-ids", "a document is there twice", "each once", *twice);
  for (const std::string& id : ids)
    if (!documents.contains(id)) record.refuse("corpus-ids", "there is no such document", "one of the file corpus", id);
  return ids;
}

/// Reads corpus, queries, `qrels/<split>`, and `top_ranked/<split>` or top_ranked.
[[nodiscard]] inline RerankingData read_ranked(const std::filesystem::path& path, const ReadOptions& options) {
  IdBook queries;
  const RetrievalData all = read_judged_texts(path, options, queries);
  DocumentsById documents;
  for (const NamedText& document : all.documents) documents.emplace(document.id, &document);
  std::filesystem::path file = candidates_file(path, options);
  if (file.empty()) file = required_data_file(path / "top_ranked");
  std::unordered_map<std::string, std::vector<std::string>> candidates;
  read_file(file, options, R"({"query-id": "...", "corpus-ids": ["...", "..."]})", [&](const DataRecord& record) {
    const std::string query = record.name("query-id");
    require_query(record, queries, query);
    if (!candidates.emplace(query, candidate_ids(record, documents)).second)
      record.refuse("query-id", "a line before it has the same", "one line a query", query);
  });
  RerankingData data{
      .queries = {}, .queries_left_out = all.queries_left_out, .documents_missing = all.documents_missing};
  for (const NamedText& query : all.queries) {
    const auto found = candidates.find(query.id);
    if (found == candidates.end())
      throw Error(ErrorKind::corrupt_file, {.file = path_text(file),
                                            .field = "query-id",
                                            .problem = "a query that has judgements has no candidates",
                                            .found = query.id,
                                            .remedy = "add a line for it, or remove its judgements"});
    const Judgements& judgements = all.judgements.at(query.id);
    RerankingData::Query& own = data.queries.emplace_back();
    own.text = query.text;
    own.id = query.id;
    own.candidate_ids = found->second;
    for (const std::string& id : found->second) {
      const auto judged = judgements.find(id);
      own.candidates.push_back(passage_of(*documents.at(id)));
      own.relevance.push_back(judged == judgements.end() ? 0 : judged->second);
    }
    for (const auto& [id, relevance] : judgements) own.judged.push_back(relevance);
  }
  return data;
}

}  // namespace detail

GLOSSA_INLINE RerankingData read_reranking(const std::filesystem::path& path, const ReadOptions& options) {
  if (!detail::data_file(path / "corpus").empty()) return detail::read_ranked(path, options);
  RerankingData data;
  detail::read_rows(
      path, options, R"({"query": "...", "positive": ["..."], "negative": ["..."]})",
      [&](const detail::DataRecord& record) {
        data.queries.push_back({record.text("query"), record.texts("positive"), record.texts("negative"), {}, {}, {}});
      });
  return data;
}

}  // namespace glossa
