// A folder in BEIR's layout comes in; its documents, queries and judgements go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/eval/data_rows.hpp>
#include <glossa/eval/read_options.hpp>
#include <glossa/eval/read_rows.hpp>
#include <glossa/eval/task_data.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

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

/// Refuses a line about a query that is not there.
inline void require_query(const DataRecord& record, const IdBook& queries, const std::string& id) {
  if (!queries.has(id)) record.refuse("query-id", "there is no such query", "one of the file queries", id);
}

[[nodiscard]] inline std::string id_of(const DataRecord& record) {
  return record.name(record.has("_id") || !record.has("id") ? "_id" : "id");
}

/// The file instruction of a folder, {"query-id", "instruction"}, where it is there.
class Instructions {
 public:
  /// Errors: `corrupt_file`.
  Instructions(const std::filesystem::path& folder, const ReadOptions& options)
      : file_(data_file(folder / "instruction")) {
    if (file_.empty()) return;
    read_file(file_, options, R"({"query-id": "...", "instruction": "..."})", [&](const DataRecord& record) {
      const std::string query = record.name("query-id");
      if (!by_query_.emplace(query, record.text("instruction")).second)
        record.refuse("query-id", "a line before it has the same", "one line a query", query);
    });
  }
  [[nodiscard]] bool are_there() const noexcept { return !file_.empty(); }

  /// Errors: `corrupt_file` where there is none of the query.
  [[nodiscard]] const std::string& of_query(const std::string& id) const {
    const auto found = by_query_.find(id);
    if (found != by_query_.end()) return found->second;
    throw Error(ErrorKind::corrupt_file, {.file = path_text(file_),
                                          .field = "query-id",
                                          .problem = "a query that has judgements has no instruction",
                                          .found = id,
                                          .remedy = "add a line for it, or remove its judgements"});
  }

 private:
  std::filesystem::path file_;
  std::unordered_map<std::string, std::string> by_query_;
};

/// {"_id", "title"?, "text"}
inline void read_documents(const std::filesystem::path& folder, const ReadOptions& options,
                           std::vector<NamedText>& documents, IdBook& ids) {
  read_file(required_data_file(folder / "corpus"), options, R"({"_id": "...", "title": "...", "text": "..."})",
            [&](const DataRecord& record) {
              documents.push_back({id_of(record), record.text_or_empty("title"), record.text("text")});
              ids.add(documents.back().id, record);
            });
}

/// {"_id", "text", "instruction"?}: the text with the instruction behind it, unless these are in a file of their own.
inline void read_queries(const std::filesystem::path& folder, const ReadOptions& options, bool has_instructions,
                         std::vector<NamedText>& queries, IdBook& ids) {
  read_file(required_data_file(folder / "queries"), options, R"({"_id": "...", "text": "..."})",
            [&](const DataRecord& record) {
              NamedText query{id_of(record), "", record.text("text")};
              if (!has_instructions && record.has("instruction")) query.text += " " + record.text("instruction");
              ids.add(query.id, record);
              queries.push_back(std::move(query));
            });
}

/// Documents, queries and judgements; see read_retrieval(). `queries` takes the ids of all queries.
[[nodiscard]] inline RetrievalData read_judged_texts(const std::filesystem::path& path, const ReadOptions& options,
                                                     IdBook& queries) {
  RetrievalData data;
  IdBook documents;
  std::vector<NamedText> all_queries;
  read_documents(path, options, data.documents, documents);
  const Instructions instructions(path, options);
  read_queries(path, options, instructions.are_there(), all_queries, queries);
  read_file(required_data_file(path / "qrels" / options.split), options,
            R"({"query-id": "...", "corpus-id": "...", "score": 1})", [&](const DataRecord& record) {
              const std::string query = record.name("query-id");
              const std::string document = record.name("corpus-id");
              const int relevance = record.whole_number("score");
              require_query(record, queries, query);
              const auto [it, is_new] = data.judgements[query].emplace(document, relevance);
              if (!is_new && it->second != relevance)
                record.refuse("score", "a line before it judges the same document otherwise",
                              std::to_string(it->second), std::to_string(relevance));
              if (is_new && !documents.has(document)) ++data.documents_missing;
            });
  for (NamedText& query : all_queries) {
    if (!data.judgements.contains(query.id)) continue;
    if (instructions.are_there()) query.text += " " + instructions.of_query(query.id);
    data.queries.push_back(std::move(query));
  }
  data.queries_left_out = all_queries.size() - data.queries.size();
  return data;
}

/// The candidates of queries, `top_ranked/<split>` or top_ranked; empty where there are none.
[[nodiscard]] inline std::filesystem::path candidates_file(const std::filesystem::path& folder,
                                                           const ReadOptions& options) {
  std::filesystem::path file = data_file(folder / "top_ranked" / options.split);
  return file.empty() ? data_file(folder / "top_ranked") : file;
}

}  // namespace glossa::detail
