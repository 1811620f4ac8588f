// What stores on SQLite have in common: one database, what has to be in memory of it, and the order in which both
// change.
#pragma once

#include <glossa/core/thread_pool.hpp>
#include <glossa/store/dense_index.hpp>
#include <glossa/store/document_places.hpp>
#include <glossa/store/lexical_index.hpp>
#include <glossa/store/store_database.hpp>
#include <glossa/store/store_options.hpp>
#include <glossa/store/store_settings.hpp>
#include <glossa/store/store_transactions.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// For several threads, one at a time; see StoreTransactions.
class StoreCore {
 public:
  /// `wanted`: what the caller has, to make the store with, or to be compared with its own; nothing: whatever it is of.
  StoreCore(std::filesystem::path folder, const DocumentStoreOptions& options, const std::optional<StoreTraits>& wanted)
      : folder_(std::move(folder)),
        options_(options),
        database_(folder_,
                  options.read_only ? SqliteMode::read_only
                  : options.create  ? SqliteMode::create
                                    : SqliteMode::read_write,
                  options.wait),
        transactions_(
            database_, [this] { require_same_store(); }, [this] { forget(); }),
        executor_(std::make_shared<ThreadPool>(options.threads)),
        lexical_(folder_ / kWordsFile),
        settings_(open_settings(database_, options, wanted)) {
    IndexOptions index;
    index.metric = traits().metric;
    index.vectors = VectorForm::int8;
    index.model = traits().model;
    index.executor = executor_;
    dense_.emplace(index, options.hnsw, traits().dims, folder_ / kIndexFile);
  }
  StoreCore(const StoreCore&) = delete;
  StoreCore& operator=(const StoreCore&) = delete;

  [[nodiscard]] StoreDatabase& database() noexcept { return database_; }
  [[nodiscard]] const StoreTraits& traits() const noexcept { return settings_.traits; }
  [[nodiscard]] const DocumentStoreOptions& options() const noexcept { return options_; }
  [[nodiscard]] const ChunkOptions& chunk_options() const noexcept { return settings_.chunks; }
  [[nodiscard]] bool has_lexical() const noexcept { return settings_.has_lexical; }
  [[nodiscard]] Executor& executor() noexcept { return *executor_; }
  [[nodiscard]] DocumentPlaces& places() noexcept { return places_; }
  [[nodiscard]] DenseIndex& dense() noexcept { return *dense_; }
  [[nodiscard]] LexicalIndex& lexical() noexcept { return lexical_; }

  /// Whether this thread is in a transaction that writes.
  [[nodiscard]] bool is_in_transaction() {
    const std::unique_lock lock(transactions_.mutex(), std::try_to_lock);
    return lock && transactions_.is_writing();
  }

  /// See StoreTransactions.
  template <class Work>
  auto read(Work&& work) {
    return transactions_.read(work);
  }
  template <class Work>
  void write(Work&& work) {
    require_writable();
    transactions_.write(work);
  }

  /// In a transaction: takes in what changed; of vectors and of words where these are asked for.
  void refresh(bool vectors, bool words = false) {
    const StoreState state = transactions_.is_writing() ? database_.writing() : database_.state();
    if (state.sequence != sequence_ && database_.setting("store")) require_same_store();
    sequence_ = state.sequence;
    if (is_stale_ || state.first_removal > places_removals_ || state.next_document < places_documents_) {
      places_ = DocumentPlaces();
      places_documents_ = places_removals_ = 1;
    }
    is_stale_ = true;  // until all of it is taken in
    for (SqliteRows rows = database_.statements().removals_from.rows(places_removals_); rows.next();)
      places_.remove(rows.integer(0));
    places_removals_ = state.next_removal;
    if (places_documents_ < state.next_document)
      for (SqliteRows rows = database_.statements().documents_from.rows(places_documents_); rows.next();)
        places_.add(rows.integer(0), rows.integer(1), rows.integer(2), state, rows.text(3), database_.file());
    places_documents_ = state.next_document;
    is_stale_ = false;
    if (vectors) dense_->refresh(database_, state, settings_.id);
    if (words) lexical_.refresh(database_, state, settings_.id);
  }

  /// Takes all chunks into the graph and the index of words, and writes their files.
  void update_index(const ProgressCallback& progress, const std::stop_token& stop) {
    const std::lock_guard lock(transactions_.mutex());
    require_writable();
    if (transactions_.is_writing())
      throw Error(ErrorKind::invalid_argument, {.file = database_.file(),
                                                .problem = "the index cannot be updated inside of a transaction",
                                                .remedy = "commit it first"});
    // Where it fails, pieces of chunks that are gone count on, as they do for others.
    struct OnFailure {
      LexicalIndex& words;
      bool done = false;
      ~OnFailure() {
        if (!done) words.forget();
      }
    } on_failure{lexical_};
    read([&] {
      refresh(true, has_lexical());
      dense_->fold(database_, progress, stop);
      if (stop.stop_requested())
        throw Error(ErrorKind::cancelled, {.file = database_.file(), .problem = "the update of the index was stopped"});
      if (has_lexical()) lexical_.fold(places_);
    });
    // The files' token is announced before they are there: whichever of these a crash leaves, they fit.
    std::random_device random;
    const auto token =
        static_cast<std::int64_t>((std::uint64_t{random()} << 31 | random() >> 1) & 0x7FFFFFFFFFFFFFFFu) | 1;
    write([&] { database_.writing().next_index_token = token; });
    dense_->save(settings_.id, token);
    if (has_lexical()) lexical_.save(settings_.id, token);
    write([&] {
      if (database_.writing().next_index_token != token) return;  // another update began later
      database_.writing().index_token = token;
      if (has_lexical()) forget_words();
    });
    on_failure.done = true;
    lexical_.set_announced();
  }

  /// After upsert().
  void update_index_where_due(const std::stop_token& stop = {}) {
    const std::lock_guard lock(transactions_.mutex());
    if (options_.index_after == 0 || transactions_.is_writing()) return;
    const StoreState state = database_.writing();  // as it was committed last
    const auto newer = static_cast<std::size_t>(
        std::max<std::int64_t>(0, state.next_chunk - std::max<std::int64_t>(dense_->graph_end(), indexed_end_)));
    if (newer < options_.index_after) return;
    read([&] { refresh(true); });
    indexed_end_ = state.next_chunk - static_cast<std::int64_t>(dense_->tail_size());
    if (dense_->tail_size() < std::max(options_.index_after, dense_->graph_size() / 5)) return;
    indexed_end_ = 0;
    try {
      update_index({}, stop);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled) throw;
      // what was stored is stored, and found without the index; it is tried again after as many
      indexed_end_ = state.next_chunk;
    }
  }

  /// The similarity of a query and a chunk's vector; nothing where the chunk is gone.
  [[nodiscard]] std::optional<double> exact_score(std::span<const float> query, std::int64_t chunk) {
    scratch_.resize(traits().dims);
    if (!database_.read_vector(chunk, scratch_)) return std::nullopt;
    return exact_similarity(query, scratch_, traits().metric);
  }

  /// What the index takes for the best chunks: more than `count`. Changes nothing; needs no database.
  [[nodiscard]] std::vector<Neighbor> candidates(std::span<const float> query, std::size_t count,
                                                 const FilterMask* mask) const {
    if (count == 0 || places_.chunks() == 0 || (mask != nullptr && mask->chunks == 0)) return {};
    const std::size_t most = std::min(count, places_.chunks());
    const std::size_t gathered = std::min(places_.chunks(), most + std::min<std::size_t>(most / 4, 100) + 20);
    return dense_->search(query, gathered, mask, places_);
  }
  /// The best of these by the vectors in the database.
  [[nodiscard]] std::vector<ScoredChunk> nearest(std::span<const float> query, std::size_t count,
                                                 std::span<const Neighbor> candidates) {
    std::vector<ScoredChunk> out;
    for (const Neighbor& found : candidates)
      if (const auto score = exact_score(query, static_cast<std::int64_t>(found.id)))
        out.push_back({static_cast<std::int64_t>(found.id), *score});
    std::sort(out.begin(), out.end(), is_better_chunk);
    if (out.size() > count) out.resize(count);
    return out;
  }

  /// Everything in memory is read again when it is needed.
  void forget() noexcept {
    is_stale_ = true;
    if (dense_) dense_->forget();
    lexical_.forget();
  }

  /// Forgets removals that the indexes have taken in, and makes the database as short as it can be.
  void vacuum() {
    const std::lock_guard lock(transactions_.mutex());
    update_index({}, {});
    write([&] {
      StoreState& state = database_.writing();
      state.first_removal = dense_->removals_end();
      SqliteStatement(database_.connection(), "DELETE FROM removals WHERE number < ?1").run(state.first_removal);
    });
    database_.connection().execute("VACUUM");
    database_.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /// Everything that is stored, and what the store is of.
  void drop() {
    const std::lock_guard lock(transactions_.mutex());
    write([&] {
      database_.connection().execute(
          "DELETE FROM documents; DELETE FROM chunks; DELETE FROM vectors; DELETE FROM removals; DELETE FROM settings;"
          "DELETE FROM words");
      StoreState& state = database_.writing();
      state.first_removal = state.next_removal = state.next_removal + 1;
    });
    forget();
    std::error_code ignored;
    std::filesystem::remove(folder_ / kIndexFile, ignored);
    std::filesystem::remove(folder_ / kWordsFile, ignored);
  }

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  /// Those of chunks that are gone and not in the file of words, which is announced with it; until then every process
  /// counts them, whenever it read them.
  void forget_words() {
    std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
    const std::int64_t first_removal = std::max(database_.writing().first_removal, lexical_.forgotten_end());
    for (SqliteRows rows = database_.statements().removals_between.rows(first_removal, lexical_.removals_end());
         rows.next();)
      ranges.emplace_back(rows.integer(0), rows.integer(1));
    for (const auto& [first, chunks] : ranges) database_.statements().remove_words.run(first, first + chunks);
  }
  void require_writable() const {
    if (options_.read_only)
      throw Error(ErrorKind::invalid_argument, {.file = database_.file(),
                                                .problem = "the store was opened for reading",
                                                .remedy = "open it without read_only"});
  }
  void require_same_store() {
    if (database_.setting("store").value_or("") == settings_.id) return;
    throw Error(ErrorKind::io, {.file = database_.file(),
                                .problem = "the store was dropped meanwhile",
                                .remedy = "open it again, which makes a new one"});
  }

  std::filesystem::path folder_;
  DocumentStoreOptions options_;
  StoreDatabase database_;
  StoreTransactions transactions_;
  std::shared_ptr<Executor> executor_;
  DocumentPlaces places_;
  LexicalIndex lexical_;
  StoreSettings settings_;
  std::optional<DenseIndex> dense_;
  bool is_stale_ = false;
  std::int64_t places_documents_ = 1;
  std::int64_t places_removals_ = 1;
  std::int64_t indexed_end_ = 0;
  std::int64_t sequence_ = -1;  ///< that was read last
  std::vector<float> scratch_;
};

}  // namespace glossa::detail
