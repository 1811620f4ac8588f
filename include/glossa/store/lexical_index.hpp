// The pieces of a query come in; the chunks that have some of them go out, with their BM25.
#pragma once

#include <glossa/store/document_places.hpp>
#include <glossa/store/store_database.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// A chunk and a score; larger is better.
struct ScoredChunk {
  std::int64_t chunk = 0;
  double score = 0;
};

/// The better first; of equal ones the older.
[[nodiscard]] inline bool is_better_chunk(const ScoredChunk& a, const ScoredChunk& b) noexcept {
  return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
}

/// FTS5 over piece_words(). Words of chunks that are gone stay in it, and count in the statistics, until they are
/// dropped (StoreCore::vacuum): who is not in the store does not pass.
class LexicalIndex {
 public:
  LexicalIndex(StoreDatabase& database, const DocumentPlaces& places) : database_(database), places_(places) {
    sqlite3* connection = database.connection().get();
    const auto passes = [](sqlite3_context* context, int, sqlite3_value** values) {
      const auto* own = static_cast<const LexicalIndex*>(sqlite3_user_data(context));
      const std::int64_t chunk = sqlite3_value_int64(values[0]);
      sqlite3_result_int(context, own->places_.passes(chunk, own->mask_) ? 1 : 0);
    };
    const int code = sqlite3_create_function_v2(connection, "glossa_passes", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, this,
                                                passes, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_sqlite_error(code, database.file(), sqlite3_errmsg(connection));
  }
  LexicalIndex(const LexicalIndex&) = delete;
  LexicalIndex& operator=(const LexicalIndex&) = delete;

  /// All chunks that have a piece of the query and pass, by their numbers. `words` are those of piece_words().
  [[nodiscard]] std::vector<ScoredChunk> search(std::string_view words, const FilterMask* mask) {
    std::vector<ScoredChunk> out;
    const std::string query = query_of(words);
    if (query.empty()) return out;
    if (!statement_)
      statement_.emplace(database_.connection(),
                         "SELECT rowid, bm25(lexical) FROM lexical WHERE lexical MATCH ?1 AND glossa_passes(rowid)");
    mask_ = mask;
    SqliteRows rows = statement_->rows(query);
    while (rows.next()) out.push_back({rows.integer(0), -rows.real(1)});
    mask_ = nullptr;
    return out;
  }

 private:
  static constexpr std::size_t kMostPieces = 1000;  ///< of a query; bounds its time

  /// "a" OR "b" …: of words that are letters and digits alone.
  static std::string query_of(std::string_view words) {
    std::string out;
    std::size_t pieces = 0;
    while (!words.empty() && pieces++ < kMostPieces) {
      const std::string_view word = words.substr(0, words.find(' '));
      words.remove_prefix(std::min(words.size(), word.size() + 1));
      if (!out.empty()) out += " OR ";
      out.append(1, '"').append(word).append(1, '"');
    }
    return out;
  }

  StoreDatabase& database_;
  const DocumentPlaces& places_;
  const FilterMask* mask_ = nullptr;
  std::optional<SqliteStatement> statement_;
};

}  // namespace glossa::detail
