// The pieces of a store's chunks come in; those with the best BM25 for a query go out: of a file beside the database,
// and of what is newer.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/document_places.hpp>
#include <glossa/store/index_stamp.hpp>
#include <glossa/store/piece_words.hpp>
#include <glossa/store/store_database.hpp>
#include <glossa/store/word_query.hpp>
#include <glossa/store/word_segment_builder.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Which chunks WordQuery may find.
class PassingChunks {
 public:
  PassingChunks(const DocumentPlaces& places, const FilterMask* mask) : places_(places), mask_(mask) {}
  [[nodiscard]] bool operator()(std::int64_t chunk) const noexcept { return places_.passes(chunk, mask_); }
  [[nodiscard]] std::uint64_t bits(std::int64_t first) const noexcept {
    return mask_ != nullptr ? mask_->bits_from(first) : ~std::uint64_t{0};
  }
  [[nodiscard]] std::size_t count(std::int64_t first, std::int64_t last) const noexcept {
    return mask_ != nullptr ? mask_->count(first, last) : static_cast<std::size_t>(last - first + 1);
  }
  template <class F>
  void each(std::int64_t first, std::int64_t last, F&& f) const {
    if (mask_ != nullptr) return mask_->each(first, last, f);
    for (std::int64_t chunk = first; chunk <= last; ++chunk)
      if ((*this)(chunk)) f(chunk);
  }

 private:
  const DocumentPlaces& places_;
  const FilterMask* mask_;
};

/// Segments: that of the file, and of newer chunks in memory, each of which has at least twice the pieces of the next.
/// Pieces of chunks that are gone stay, and count in the statistics, until the file is written again. A file that is
/// missing, damaged or of another store is passed over, and its chunks count as new; then all agrees with what it was.
class LexicalIndex {
 public:
  explicit LexicalIndex(std::filesystem::path file) : file_(std::move(file)) {}

  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  [[nodiscard]] std::int64_t removals_end() const noexcept { return removals_end_; }
  /// Pieces of chunks that were removed before were forgotten with the file that was announced last.
  [[nodiscard]] std::int64_t forgotten_end() const noexcept { return forgotten_end_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = 0;
    for (const auto& segment : segments_) bytes += segment->memory_bytes();
    return bytes;
  }

  /// In a transaction: takes in what changed. Errors: `corrupt_file`.
  void refresh(StoreDatabase& database, const StoreState& state, const std::string& store) {
    const bool other_file = token_ != state.index_token && state.index_token != tried_token_;
    if (!loaded_ || state.first_removal > removals_end_ || state.next_chunk < chunks_end_ || other_file) {
      clear();
      tried_token_ = state.index_token;
      load(state, store);
      loaded_ = true;
    }
    removals_end_ = state.next_removal;
    if (chunks_end_ >= state.next_chunk) return;
    loaded_ = false;  // until all of it is taken in
    WordSegmentBuilder builder;
    for (SqliteRows rows = database.statements().words_from.rows(chunks_end_); rows.next();) {
      builder.begin(rows.integer(0));
      if (!unpack_pieces(rows.bytes(1), [&](TokenId piece) { builder.add(piece); }))
        throw Error(ErrorKind::corrupt_file,
                    {.file = database.file(),
                     .field = "words",
                     .problem = "the pieces of chunk " + std::to_string(rows.integer(0)) + " are cut",
                     .remedy = "close the store, then restore the database from a copy, or build the store again"});
      if (builder.pieces() >= kBatchPieces) append(builder.finish());
    }
    if (builder.chunks() > 0) append(builder.finish());
    chunks_end_ = state.next_chunk;
    loaded_ = true;
  }

  /// After save(), when its file is announced and the pieces of what was removed before are forgotten.
  void set_announced() noexcept { forgotten_end_ = removals_end_; }

  /// The next refresh() reads all again.
  void forget() noexcept { loaded_ = false; }

  /// To be used before the next refresh(). Of so many of the pieces as it bears.
  [[nodiscard]] WordQuery query(std::span<const TokenId> pieces) const { return {segments_, pieces}; }

  /// After refresh(): makes one segment of all chunks that are there.
  void fold(const DocumentPlaces& places) {
    auto all = std::make_shared<const WordSegment>(
        merged_segment(segments_, [&](std::int64_t chunk) { return places.passes(chunk, nullptr); }));
    segments_.assign(1, std::move(all));
  }

  /// After fold(): writes the file, and maps it in place of the memory.
  void save(const std::string& store, std::int64_t token) {
    remove_partial_files_of(file_);
    const IndexStamp stamp{token, chunks_end_, removals_end_};
    IndexWriter writer(file_, kWordIndexKind);
    segments_.front()->save(writer);
    save_attachments(writer,
                     {{"store", std::as_bytes(std::span(store))}, {"stamp", std::as_bytes(std::span(&stamp, 1))}});
    writer.commit();
    const auto written = std::make_shared<const IndexFile>(file_, false);
    if (!stamp.is_of(attachment_of(written.get(), "stamp"))) return forget();  // another process has put its own there
    segments_.front() = std::make_shared<const WordSegment>(written);
    token_ = tried_token_ = token;
    problem_.clear();
  }

 private:
  static constexpr std::size_t kBatchPieces = std::size_t{1} << 20;

  void clear() {
    segments_.clear();
    token_ = 0;
    chunks_end_ = removals_end_ = forgotten_end_ = 1;
  }

  void load(const StoreState& state, const std::string& store) {
    problem_.clear();
    std::error_code code;
    if (!std::filesystem::exists(file_, code)) {
      problem_ = "there is no file of words";
      return;
    }
    try {
      const auto file = std::make_shared<const IndexFile>(file_, true);
      IndexStamp stamp;
      std::string wrong =
          stamp.read(attachment_of(file.get(), "store"), attachment_of(file.get(), "stamp"), state, store);
      // Unlike the graph's, a file that was written and not announced does not fit: pieces of chunks that it left out
      // are still in the table, and count for the others.
      if (wrong.empty() && stamp.token != state.index_token) wrong = "it was not announced";
      if (!wrong.empty()) return stale(wrong);
      auto segment = std::make_shared<const WordSegment>(file);
      if (!segment->chunks().empty() && segment->chunks().back() >= stamp.chunks_end)
        return stale("it holds chunks that it says it does not");
      segments_.push_back(std::move(segment));
      token_ = stamp.token;
      chunks_end_ = stamp.chunks_end;
      removals_end_ = forgotten_end_ = stamp.removals_end;
    } catch (const Error& error) {
      problem_ = error.what();
    }
  }

  void stale(const std::string& why) { problem_ = path_text(file_) + ": " + why; }

  void append(WordSegment segment) {
    std::size_t pieces = segment.total_length();
    segments_.push_back(std::make_shared<const WordSegment>(std::move(segment)));
    std::size_t first = segments_.size() - 1;
    while (first > 0 && segments_[first - 1]->file() == nullptr && segments_[first - 1]->total_length() < 2 * pieces)
      pieces += segments_[--first]->total_length();
    if (first + 1 == segments_.size()) return;
    auto joined = std::make_shared<const WordSegment>(
        merged_segment(std::span(segments_).subspan(first), [](std::int64_t) { return true; }));
    segments_.resize(first);
    segments_.push_back(std::move(joined));
  }

  std::filesystem::path file_;
  std::vector<std::shared_ptr<const WordSegment>> segments_;
  bool loaded_ = false;
  std::int64_t token_ = 0;
  std::int64_t tried_token_ = 0;
  std::int64_t chunks_end_ = 1;
  std::int64_t removals_end_ = 1;
  std::int64_t forgotten_end_ = 1;
  std::string problem_;
};

}  // namespace glossa::detail
