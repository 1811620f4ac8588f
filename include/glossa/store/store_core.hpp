// What stores on SQLite have in common: one database, what has to be in memory of it, and the order in which both
// change.
#pragma once

#include <glossa/core/hash64.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/search/require_model.hpp>
#include <glossa/store/dense_index.hpp>
#include <glossa/store/document_places.hpp>
#include <glossa/store/lexical_index.hpp>
#include <glossa/store/store_database.hpp>
#include <glossa/store/store_options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
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

/// What a store is of; kept in its settings.
struct StoreTraits {
  std::size_t dims = 0;
  Metric metric = Metric::cosine;
  std::string model{};  ///< Embedder::fingerprint(); "": not known
};

/// For several threads, one at a time: lock() is held by whoever reads or writes.
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
        executor_(std::make_shared<ThreadPool>(options.threads)),
        lexical_(database_, places_) {
    read_settings(wanted);
    IndexOptions index;
    index.metric = traits_.metric;
    index.vectors = VectorForm::int8;
    index.model = traits_.model;
    index.executor = executor_;
    dense_.emplace(index, options.hnsw, traits_.dims, folder_ / kIndexFile);
  }
  StoreCore(const StoreCore&) = delete;
  StoreCore& operator=(const StoreCore&) = delete;

  [[nodiscard]] std::recursive_mutex& mutex() noexcept { return mutex_; }
  [[nodiscard]] StoreDatabase& database() noexcept { return database_; }
  [[nodiscard]] const StoreTraits& traits() const noexcept { return traits_; }
  [[nodiscard]] const DocumentStoreOptions& options() const noexcept { return options_; }
  [[nodiscard]] const ChunkOptions& chunk_options() const noexcept { return chunks_; }
  [[nodiscard]] bool has_lexical() const noexcept { return has_lexical_; }
  [[nodiscard]] Executor& executor() noexcept { return *executor_; }
  [[nodiscard]] DocumentPlaces& places() noexcept { return places_; }
  [[nodiscard]] DenseIndex& dense() noexcept { return *dense_; }
  [[nodiscard]] LexicalIndex& lexical() noexcept { return lexical_; }

  /// Calls work() with the database as it is at one moment.
  template <class Work>
  auto read(Work&& work) {
    const std::lock_guard lock(mutex_);
    if (depth_ > 0 || database_.connection().in_transaction()) return work();
    database_.begin_read();
    const Rollback rollback{*this};
    return work();  // nothing was written: a rollback ends it as well as a commit
  }

  /// Calls work() in a transaction: what it wrote is there when this has returned, or nothing of it. Inside of another
  /// one it is a part of that.
  template <class Work>
  void write(Work&& work) {
    const std::lock_guard lock(mutex_);
    require_writable();
    if (depth_ > 0) return write_part(work);
    database_.begin_write();
    depth_ = 1;
    bool done = false;
    const Finally end{[&] {
      depth_ = 0;
      if (done) return;
      database_.roll_back();
      forget();
    }};
    require_same_store();
    work();
    database_.commit();
    done = true;
  }

  /// In a transaction: takes in what changed. With vectors or without.
  void refresh(bool vectors) {
    const StoreState state = depth_ > 0 ? database_.writing() : database_.state();
    if (is_stale_ || state.first_removal > places_removals_ || state.next_document < places_documents_) {
      places_ = DocumentPlaces();
      places_documents_ = places_removals_ = 1;
      is_stale_ = false;
    }
    for (SqliteRows rows = database_.statements().removals_from.rows(places_removals_); rows.next();)
      places_.remove(rows.integer(0));
    places_removals_ = state.next_removal;
    if (places_documents_ < state.next_document)
      for (SqliteRows rows = database_.statements().documents_from.rows(places_documents_); rows.next();)
        places_.add(rows.integer(0), rows.integer(1), rows.integer(2), rows.text(3), database_.file());
    places_documents_ = state.next_document;
    if (vectors) dense_->refresh(database_, state, store_id_);
  }

  /// Takes all chunks into the graph and writes its file.
  void update_index(const ProgressCallback& progress, const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    require_writable();
    if (depth_ > 0)
      throw Error(ErrorKind::invalid_argument, {.file = database_.file(),
                                                .problem = "the index cannot be updated inside of a transaction",
                                                .remedy = "commit it first"});
    read([&] {
      refresh(true);
      dense_->fold(database_, progress, stop);
    });
    // The file's token is announced before the file is there: whichever of the two a crash leaves, they fit.
    std::random_device random;
    const auto token =
        static_cast<std::int64_t>((std::uint64_t{random()} << 31 | random() >> 1) & 0x7FFFFFFFFFFFFFFFu) | 1;
    write([&] { database_.writing().next_index_token = token; });
    dense_->save(store_id_, token);
    write([&] { database_.writing().index_token = token; });
  }

  /// After upsert().
  void update_index_where_due() {
    if (options_.index_after == 0 || depth_ > 0) return;
    const StoreState state = database_.writing();  // as it was committed last
    const auto newer = static_cast<std::size_t>(
        std::max<std::int64_t>(0, state.next_chunk - std::max<std::int64_t>(dense_->graph_end(), indexed_end_)));
    if (newer < options_.index_after) return;
    read([&] { refresh(true); });
    indexed_end_ = state.next_chunk - static_cast<std::int64_t>(dense_->tail_size());
    if (dense_->tail_size() < std::max(options_.index_after, dense_->graph_size() / 5)) return;
    indexed_end_ = 0;
    try {
      update_index({}, {});
    } catch (const Error&) {  // what was stored is stored, and found without the index; it is tried again after as many
      indexed_end_ = state.next_chunk;
    }
  }

  /// The similarity of a query and a chunk's vector; nothing where the chunk is gone.
  [[nodiscard]] std::optional<double> exact_score(std::span<const float> query, std::int64_t chunk) {
    scratch_.resize(traits_.dims);
    if (!database_.read_vector(chunk, scratch_)) return std::nullopt;
    return exact_similarity(query, scratch_, traits_.metric);
  }

  /// The best chunks by the vectors in the database, of half as many again that the index finds, or more.
  [[nodiscard]] std::vector<ScoredChunk> nearest(std::span<const float> query, std::size_t count,
                                                 const FilterMask* mask) {
    std::vector<ScoredChunk> out;
    if (count == 0 || places_.chunks() == 0 || (mask != nullptr && mask->chunks == 0)) return out;
    const std::size_t most = std::min(count, places_.chunks());
    const std::size_t gathered = std::min(places_.chunks(), most + std::min<std::size_t>(most / 2, 100) + 20);
    for (const Neighbor& found : dense_->search(query, gathered, mask, places_))
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
  }

  /// Forgets removals that the index has taken in, drops words of chunks that are gone, and makes the file as short as
  /// it can be. words(document number, chunk number) gives a chunk's words again.
  template <class Words>
  void vacuum(Words&& words) {
    const std::lock_guard lock(mutex_);
    update_index({}, {});
    write([&] {
      StoreState& state = database_.writing();
      state.first_removal = dense_->removals_end();
      SqliteStatement(database_.connection(), "DELETE FROM removals WHERE number < ?1").run(state.first_removal);
      const std::int64_t kept = database_.connection().number("SELECT count(*) FROM lexical_docsize");
      if (has_lexical_ && kept != static_cast<std::int64_t>(places_.chunks())) words();
      if (has_lexical_) database_.connection().execute("INSERT INTO lexical(lexical) VALUES('optimize')");
    });
    database_.connection().execute("VACUUM");
    database_.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /// Everything that is stored, and what the store is of.
  void drop() {
    write([&] {
      database_.connection().execute(
          "DELETE FROM documents; DELETE FROM chunks; DELETE FROM vectors; DELETE FROM removals; DELETE FROM settings;"
          "INSERT INTO lexical(lexical) VALUES('delete-all')");
      StoreState& state = database_.writing();
      state.first_removal = state.next_removal = state.next_removal + 1;
    });
    forget();
    std::error_code ignored;
    std::filesystem::remove(folder_ / kIndexFile, ignored);
  }

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  struct Rollback {
    StoreCore& core;
    ~Rollback() { core.database_.roll_back(); }
  };
  template <class F>
  struct Finally {
    F call;
    ~Finally() { call(); }
  };
  template <class F>
  Finally(F) -> Finally<F>;

  /// A part of a transaction leaves nothing where it fails, so that the rest can go on.
  template <class Work>
  void write_part(Work& work) {
    const StoreState before = database_.writing();
    database_.connection().execute("SAVEPOINT part");
    ++depth_;
    bool done = false;
    const Finally end{[&] {
      --depth_;
      if (done) return;
      database_.writing() = before;
      sqlite3_exec(database_.connection().get(), "ROLLBACK TO part; RELEASE part", nullptr, nullptr, nullptr);
      forget();
    }};
    work();
    database_.connection().execute("RELEASE part");
    done = true;
  }

  void require_writable() const {
    if (options_.read_only)
      throw Error(ErrorKind::invalid_argument, {.file = database_.file(),
                                                .problem = "the store was opened for reading",
                                                .remedy = "open it without read_only"});
  }
  void require_same_store() {
    if (database_.setting("store").value_or("") == store_id_) return;
    throw Error(ErrorKind::io, {.file = database_.file(),
                                .problem = "the store was dropped meanwhile",
                                .remedy = "open it again, which makes a new one"});
  }

  void read_settings(const std::optional<StoreTraits>& wanted) {
    const auto read_all = [&] {
      const auto store = database_.setting("store");
      if (!store) return false;
      store_id_ = *store;
      const auto number = [&](const char* name) {
        return std::strtoull(database_.setting(name).value_or("0").c_str(), nullptr, 10);
      };
      traits_.dims = static_cast<std::size_t>(number("dims"));
      traits_.metric = static_cast<Metric>(std::min<unsigned long long>(number("metric"), 2));
      traits_.model = database_.setting("model").value_or("");
      chunks_.max_tokens = static_cast<std::size_t>(number("chunk_tokens"));
      chunks_.overlap_tokens = static_cast<std::size_t>(number("chunk_overlap"));
      has_lexical_ = number("lexical") != 0;
      return true;
    };
    if (!read_all()) {
      if (!wanted || options_.read_only)
        throw Error(ErrorKind::not_found, {.file = database_.file(),
                                           .problem = "the store is empty and was made for no model yet",
                                           .remedy = "open it for writing and with a model first"});
      database_.begin_write();
      try {
        if (!read_all()) make_settings(*wanted);
        database_.commit();
      } catch (...) {
        database_.roll_back();
        throw;
      }
      (void)read_all();
    }
    if (options_.chunks) chunks_ = *options_.chunks;
    if (!wanted) return;
    const auto refuse = [&](const char* field, const std::string& expected, const std::string& found) {
      throw Error(ErrorKind::invalid_argument,
                  {.file = database_.file(),
                   .field = field,
                   .problem = "the store holds other vectors",
                   .expected = expected,
                   .found = found,
                   .remedy = "take the model, precision and prompts that it was made with, or make another store"});
    };
    if (!traits_.model.empty() && !wanted->model.empty() && !is_same_model(traits_.model, wanted->model))
      refuse("model", traits_.model, wanted->model);
    if (traits_.dims != wanted->dims) refuse("dims", std::to_string(traits_.dims), std::to_string(wanted->dims));
    if (traits_.metric != wanted->metric) refuse("metric", to_string(traits_.metric), to_string(wanted->metric));
  }

  void make_settings(const StoreTraits& wanted) {
    std::random_device random;
    std::string id;
    for (int i = 0; i < 4; ++i) id += hex_text(std::uint64_t{random()} << 32 | random()).substr(0, 8);
    const ChunkOptions chunks = options_.chunks.value_or(ChunkOptions{});
    database_.set("store", id);
    database_.set("model", wanted.model);
    database_.set("dims", std::to_string(wanted.dims));
    database_.set("metric", std::to_string(static_cast<int>(wanted.metric)));
    database_.set("chunk_tokens", std::to_string(chunks.max_tokens));
    database_.set("chunk_overlap", std::to_string(chunks.overlap_tokens));
    database_.set("lexical", options_.lexical ? "1" : "0");
  }

  std::filesystem::path folder_;
  DocumentStoreOptions options_;
  std::recursive_mutex mutex_;
  StoreDatabase database_;
  std::shared_ptr<Executor> executor_;
  DocumentPlaces places_;
  LexicalIndex lexical_;
  std::optional<DenseIndex> dense_;
  StoreTraits traits_;
  std::string store_id_;
  ChunkOptions chunks_;
  bool has_lexical_ = true;
  int depth_ = 0;  ///< of transactions that write
  bool is_stale_ = false;
  std::int64_t places_documents_ = 1;
  std::int64_t places_removals_ = 1;
  std::int64_t indexed_end_ = 0;
  std::vector<float> scratch_;
};

}  // namespace glossa::detail
