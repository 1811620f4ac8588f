// The folder of a store comes in; its documents, chunks and vectors are written and read, all or nothing.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/sqlite.hpp>
#include <glossa/store/store_schema.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>

namespace glossa::detail {

/// A document as it lies in the database.
struct DocumentRow {
  std::string_view id;
  std::string_view title;
  std::string_view text;
  std::string_view metadata;  ///< JSON
  std::string_view source;    ///< of a folder that is kept in step; else empty
  std::string_view hash;      ///< of that source's content
  std::int64_t format = 0;
};

/// One of its chunks.
struct ChunkRow {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t tokens = 0;
  std::string_view context;
  std::span<const float> vector;
  std::string_view words;  ///< packed_pieces() for the lexical index; empty: none
};

/// Numbers of what comes next, and of changes. Numbers are never used again: what has one never changes.
struct StoreState {
  std::int64_t sequence = 0;  ///< transactions
  std::int64_t next_document = 1;
  std::int64_t next_chunk = 1;
  std::int64_t next_removal = 1;
  std::int64_t first_removal = 1;     ///< removals before are forgotten
  std::int64_t index_token = 0;       ///< of the index file that goes with this database,
  std::int64_t next_index_token = 0;  ///< or of one that was being written
};

/// The database of a store, for one thread at a time.
class StoreDatabase {
 public:
  /// Opens it, or makes one. Errors: `not_found`, `io`; `corrupt_file`, `unsupported` where the file is none of these.
  StoreDatabase(const std::filesystem::path& folder, SqliteMode mode, std::chrono::milliseconds wait)
      : path_(folder / kStoreFile), database_(open(folder, mode, wait)), statements_(database_), stamp_(stamp()) {}

  [[nodiscard]] const std::string& file() const noexcept { return database_.file(); }
  [[nodiscard]] SqliteConnection& connection() noexcept { return database_; }

  /// As the transaction sees it.
  [[nodiscard]] StoreState state() {
    SqliteRows row = statements_.state.rows();
    if (!row.next())
      throw Error(ErrorKind::corrupt_file, {.file = file(), .field = "state", .problem = "the row is missing"});
    return {row.integer(0), row.integer(1), row.integer(2), row.integer(3),
            row.integer(4), row.integer(5), row.integer(6)};
  }
  [[nodiscard]] std::optional<std::string> setting(std::string_view name) {
    SqliteRows row = statements_.setting.rows(name);
    return row.next() ? std::optional(std::string(row.text(0))) : std::nullopt;
  }
  void set(std::string_view name, std::string_view value) { statements_.set.run(name, value); }

  /// Errors: `io` where others write longer than one wants to wait.
  void begin_write() {
    database_.execute("BEGIN IMMEDIATE");
    try {
      state_ = state();
    } catch (...) {
      database_.roll_back();
      throw;
    }
  }
  /// Errors: `io` where a file that nobody was thought to write to has changed.
  void begin_read() {
    if (database_.mode() == SqliteMode::immutable) require_unchanged();
    database_.execute("BEGIN");
  }
  void commit() {
    state_.sequence += 1;
    save(state_);
    database_.execute("COMMIT");
  }
  void end_read() { database_.execute("COMMIT"); }
  void roll_back() noexcept { database_.roll_back(); }
  [[nodiscard]] StoreState& writing() noexcept { return state_; }

  /// In a transaction: takes the place of a document with its id.
  void put(const DocumentRow& row, std::span<const ChunkRow> chunks) {
    remove(row.id);
    const std::int64_t number = state_.next_document++;
    const std::int64_t first = state_.next_chunk;
    state_.next_chunk += static_cast<std::int64_t>(chunks.size());
    statements_.put_document.run(number, row.id, row.title, row.metadata, row.source, row.hash, row.format, first,
                                 chunks.size(), std::as_bytes(std::span(row.text)));
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      const ChunkRow& chunk = chunks[i];
      const std::int64_t own = first + static_cast<std::int64_t>(i);
      statements_.put_chunk.run(own, number, chunk.begin, chunk.end, chunk.tokens, chunk.context);
      statements_.put_vector.run(own, std::as_bytes(chunk.vector));
      if (!chunk.words.empty()) statements_.put_words.run(own, std::as_bytes(std::span(chunk.words)));
    }
  }

  /// Whether it was there.
  bool remove(std::string_view id) {
    std::int64_t number = 0;
    std::int64_t first = 0;
    std::int64_t chunks = 0;
    {
      SqliteRows row = statements_.find_document.rows(id);
      if (!row.next()) return false;
      number = row.integer(0);
      first = row.integer(1);
      chunks = row.integer(2);
    }
    statements_.remove_document.run(number);
    statements_.remove_chunks.run(first, first + chunks);
    statements_.remove_vectors.run(first, first + chunks);
    statements_.put_removal.run(state_.next_removal++, number, first, chunks);
    return true;
  }

  /// Writes what commit() keeps of the state, too.
  void save(const StoreState& state) {
    statements_.save_state.run(state.sequence, state.next_document, state.next_chunk, state.next_removal,
                               state.first_removal, state.index_token, state.next_index_token);
  }

  /// The numbers of a chunk's vector. Errors: `corrupt_file` where it has another length. False where it is not there.
  bool read_vector(std::int64_t chunk, std::span<float> out) {
    SqliteRows row = statements_.vector.rows(chunk);
    if (!row.next()) return false;
    copy_vector(row, 0, out);
    return true;
  }
  void copy_vector(const SqliteRows& row, int column, std::span<float> out) const {
    const std::span<const std::byte> bytes = row.bytes(column);
    if (bytes.size() != out.size_bytes())
      throw Error(ErrorKind::corrupt_file,
                  {.file = file(),
                   .field = "vectors",
                   .expected = std::to_string(out.size_bytes()) + " bytes",
                   .found = std::to_string(bytes.size()),
                   .remedy = "close the store, then restore the database from a copy, or build the store again"});
    std::memcpy(out.data(), bytes.data(), bytes.size());
  }

  [[nodiscard]] StoreStatements& statements() noexcept { return statements_; }

 private:
  static constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(10000);

  static SqliteConnection open(const std::filesystem::path& folder, SqliteMode mode, std::chrono::milliseconds wait) {
    const std::filesystem::path path = folder / kStoreFile;
    std::error_code code;
    if (mode == SqliteMode::create) {
      std::filesystem::create_directories(folder, code);
      if (code)
        throw Error(ErrorKind::io, {.file = path_text(folder),
                                    .problem = "cannot make the folder: " + code.message(),
                                    .remedy = "check the path, and that this user may write there"});
    } else if (!std::filesystem::exists(path, code)) {
      throw Error(ErrorKind::not_found, {.file = path_text(path),
                                         .problem = "there is no store in this folder",
                                         .remedy = "check the path, or make one (glossa store init)"});
    }
    if (mode == SqliteMode::read_only) {
      // Readers of a database with a write-ahead log write to a file beside it. Where nobody can, and there is no log,
      // nobody else writes either.
      try {
        SqliteConnection database(path, mode, wait);
        require_store(database);
        return database;
      } catch (const Error& error) {
        const auto log = std::filesystem::path(path) += "-wal";
        if (error.kind() != ErrorKind::io || std::filesystem::exists(log, code)) throw;
        SqliteConnection database(path, SqliteMode::immutable, wait);
        require_store(database);
        return database;
      }
    }
    SqliteConnection database(path, mode, wait);
    // Where several make a store at once, SQLite does not wait for who makes the log, as it does for all else.
    for (const auto end = std::chrono::steady_clock::now() + std::min(wait, kLongestWait);;) {
      try {
        prepare_store(database, mode == SqliteMode::create);
        return database;
      } catch (const Error&) {
        if (!database.is_busy() || std::chrono::steady_clock::now() >= end) throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  /// Of the file, as far as the system tells; whoever writes to it has a log beside it, or has changed it.
  struct Stamp {
    std::uintmax_t bytes = 0;
    std::filesystem::file_time_type time{};
    bool has_log = false;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  [[nodiscard]] Stamp stamp() const {
    std::error_code ignored;
    return {std::filesystem::file_size(path_, ignored), std::filesystem::last_write_time(path_, ignored),
            std::filesystem::exists(std::filesystem::path(path_) += "-wal", ignored)};
  }
  /// Pages that were read before would not fit to those that are read now.
  void require_unchanged() const {
    if (const Stamp now = stamp(); !now.has_log && now == stamp_) return;
    throw Error(ErrorKind::io, {.file = file(),
                                .problem = "another process writes to the store, which was opened where nobody could",
                                .remedy = "open it again"});
  }

  std::filesystem::path path_;
  SqliteConnection database_;
  StoreStatements statements_;
  Stamp stamp_;
  StoreState state_;
};

}  // namespace glossa::detail
