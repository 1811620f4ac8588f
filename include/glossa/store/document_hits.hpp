// Ranked chunks come in; hits go out, with what the database knows of them.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/fusion.hpp>
#include <glossa/store/metadata_json.hpp>
#include <glossa/store/sqlite_blob.hpp>
#include <glossa/store/store_core.hpp>
#include <glossa/store/store_options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {

/// Chunks of a document that follow each other.
struct ChunkWindow {
  std::int64_t document = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  FusedChunk best{};
};

/// In a transaction.
class DocumentHits {
 public:
  explicit DocumentHits(StoreCore& core) : core_(core) {}

  /// The best `count`; chunks that follow each other are one window where they are to be merged.
  [[nodiscard]] std::vector<ChunkWindow> windows(std::span<const FusedChunk> ranked, std::size_t count, bool merges) {
    std::vector<ChunkWindow> out;
    for (const FusedChunk& own : ranked) {
      if (out.size() >= count) break;
      const std::uint32_t at = core_.places().place_of_chunk(own.chunk);
      if (at == NumberMap::kNone) continue;
      const ChunkWindow fresh{core_.places().places()[at].document, own.chunk, own.chunk, own};
      if (merges)
        join(out, fresh);
      else
        out.push_back(fresh);
    }
    return out;
  }

  [[nodiscard]] std::vector<StoreHit> hits(std::span<const ChunkWindow> windows) {
    std::vector<StoreHit> out;
    for (const ChunkWindow& window : windows) out.push_back(hit(window));
    read_large(out);
    return out;
  }

 private:
  static constexpr std::size_t kLarge = std::size_t{1} << 18;  ///< bytes of a text of which parts are read

  /// A hit whose text is a part of a large one, which is read with the others of that.
  struct Large {
    std::int64_t document;
    std::size_t begin;
    std::size_t hit;
  };

  /// All but the text of a large document.
  [[nodiscard]] StoreHit hit(const ChunkWindow& window) {
    StoreStatements& statements = core_.database().statements();
    StoreHit out;
    out.score = static_cast<float>(window.best.score);
    if (window.best.dense) out.dense = static_cast<float>(*window.best.dense);
    if (window.best.lexical) out.lexical = static_cast<float>(*window.best.lexical);
    out.windows = static_cast<std::size_t>(window.last - window.first + 1);
    const auto bytes_of = [&](std::int64_t chunk, std::string* context = nullptr) -> ByteRange {
      SqliteRows row = statements.chunk.rows(chunk);
      if (!row.next()) missing("chunks");
      if (context != nullptr) *context = row.text(4);
      return {static_cast<std::size_t>(row.integer(1)), static_cast<std::size_t>(row.integer(2))};
    };
    out.bytes = out.best = bytes_of(window.first, &out.context);
    for (std::int64_t chunk = window.first + 1; chunk <= window.last; ++chunk) {
      const ByteRange own = bytes_of(chunk);  // one may lie inside of another, or before it
      if (own.begin > own.end) missing("chunks");
      out.bytes = {std::min(out.bytes.begin, own.begin), std::max(out.bytes.end, own.end)};
      if (chunk == window.best.chunk) out.best = own;
    }
    {
      SqliteRows row = statements.document.rows(window.document);
      if (!row.next()) missing("documents");
      out.document = row.text(0);
      out.title = row.text(1);
      out.metadata = parse_metadata(row.text(2), core_.database().file());
      const auto size = static_cast<std::size_t>(row.integer(3));
      if (out.bytes.begin > out.bytes.end || out.bytes.end > size) missing("chunks");
      if (size > kLarge) {
        large_.push_back({window.document, out.bytes.begin, made_++});
        return out;
      }
    }
    ++made_;
    SqliteRows row =
        statements.document_text.rows(window.document, out.bytes.begin + 1, out.bytes.end - out.bytes.begin);
    if (row.next()) out.text = row.text(0);
    return out;
  }

  void read_large(std::vector<StoreHit>& hits) {
    std::sort(large_.begin(), large_.end(), [](const Large& a, const Large& b) {
      return a.document != b.document ? a.document < b.document : a.begin < b.begin;
    });
    std::unique_ptr<SqliteBlob> blob;
    for (std::size_t i = 0; i < large_.size(); ++i) {
      if (i == 0 || large_[i].document != large_[i - 1].document)
        blob = std::make_unique<SqliteBlob>(core_.database().connection(), "documents", "text", large_[i].document);
      StoreHit& own = hits[large_[i].hit];
      own.text.resize(own.bytes.end - own.bytes.begin);
      blob->read(own.bytes.begin, own.text);
    }
    large_.clear();
    made_ = 0;
  }

  /// Puts a window behind the others, or into those that it touches.
  static void join(std::vector<ChunkWindow>& windows, const ChunkWindow& fresh) {
    ChunkWindow* joined = nullptr;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      ChunkWindow& own = windows[i];
      const ChunkWindow& other = joined == nullptr ? fresh : *joined;
      const bool touches = own.document == fresh.document && own.first <= other.last + 1 && other.first <= own.last + 1;
      if (!touches || &own == joined) continue;
      if (joined == nullptr) {
        own.first = std::min(own.first, fresh.first);
        own.last = std::max(own.last, fresh.last);
        joined = &own;
      } else {
        joined->first = std::min(joined->first, own.first);
        joined->last = std::max(joined->last, own.last);
        windows.erase(windows.begin() + static_cast<std::ptrdiff_t>(i));
        return;  // a chunk has two neighbours
      }
    }
    if (joined == nullptr) windows.push_back(fresh);
  }

  [[noreturn]] void missing(const char* table) const {
    throw Error(ErrorKind::corrupt_file,
                {.file = core_.database().file(),
                 .field = table,
                 .problem = "a row is missing, or does not fit to others",
                 .remedy = "close the store, then restore the database from a copy, or build the store again"});
  }

  StoreCore& core_;
  std::vector<Large> large_;
  std::size_t made_ = 0;
};

}  // namespace glossa::detail
