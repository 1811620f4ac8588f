// A database file comes in; statements run on it, and what SQLite says is wrong goes out as an Error.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace glossa::detail {

enum class SqliteMode { read_only, immutable, read_write, create };

/// What went wrong, for people. `code` may be an extended one.
[[noreturn]] inline void throw_sqlite_error(int code, const std::string& file, const std::string& said) {
  const auto error = [&](ErrorKind kind, const std::string& problem, const std::string& remedy) {
    return Error(kind, {.file = file, .problem = problem + " (SQLite: " + said + ")", .remedy = remedy});
  };
  switch (code & 0xFF) {
    case SQLITE_NOMEM: throw std::bad_alloc();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw error(ErrorKind::io, "another process writes to the store",
                  "wait until it is done, or raise DocumentStoreOptions::wait");
    case SQLITE_FULL:
      throw error(ErrorKind::io, "the disk is full", "make room; what was stored before is still there");
    case SQLITE_READONLY:
      throw error(ErrorKind::io, "the store may not be written to",
                  "let this user write to the folder and its files, or open it with read_only");
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      throw error(
          ErrorKind::io, "cannot open the database",
          "let this user read and write the folder and its files; for a folder that nobody may write, use read_only");
    case SQLITE_CORRUPT:
      throw error(ErrorKind::corrupt_file, "the database is damaged",
                  "close the store, then restore it from a copy, or build the store again");
    case SQLITE_NOTADB: throw error(ErrorKind::corrupt_file, "the file is no SQLite database", "check the path");
    case SQLITE_IOERR:
      throw error(
          ErrorKind::io, "cannot read or write the database",
          "is the disk full or gone, or a limit on the size of files reached? what was stored before is still there");
    case SQLITE_TOOBIG:
      throw error(ErrorKind::invalid_argument, "a text is longer than a database holds",
                  "cut it into several documents");
    default: throw error(ErrorKind::io, "the database refused", "report this with what it said");
  }
}

class SqliteConnection;

/// The rows of a statement that runs; it can run again when this is gone.
class SqliteRows {
 public:
  SqliteRows(sqlite3_stmt* statement, const std::string& file) : statement_(statement), file_(&file) {}
  SqliteRows(SqliteRows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)), file_(other.file_) {}
  SqliteRows& operator=(SqliteRows&&) = delete;
  ~SqliteRows() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

  /// Whether there is one more row.
  bool next() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    sqlite3* database = sqlite3_db_handle(statement_);
    throw_sqlite_error(sqlite3_extended_errcode(database), *file_, sqlite3_errmsg(database));
  }

  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  [[nodiscard]] double real(int column) const { return sqlite3_column_double(statement_, column); }
  /// Until the next row.
  [[nodiscard]] std::span<const std::byte> bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    return {static_cast<const std::byte*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  [[nodiscard]] std::string_view text(int column) const {
    const std::span<const std::byte> own = bytes(column);
    return {reinterpret_cast<const char*>(own.data()), own.size()};
  }

 private:
  sqlite3_stmt* statement_;
  const std::string* file_;
};

/// A prepared statement. Values reach it as bound parameters alone.
class SqliteStatement {
 public:
  SqliteStatement(SqliteConnection& database, const char* sql);

  /// Runs it with ?1, ?2, … in order: whole numbers, floats, texts, and bytes. Texts and bytes are not copied: they
  /// have to be there as long as the rows.
  template <class... Values>
  [[nodiscard]] SqliteRows rows(const Values&... values) {
    SqliteRows out(statement_.get(), *file_);
    int place = 0;
    (bind(++place, values), ...);
    return out;
  }
  template <class... Values>
  void run(const Values&... values) {
    SqliteRows out = rows(values...);
    while (out.next()) {
    }
  }
  /// The first row's first column, or `other` without rows.
  template <class... Values>
  [[nodiscard]] std::int64_t number_or(std::int64_t other, const Values&... values) {
    SqliteRows out = rows(values...);
    return out.next() ? out.integer(0) : other;
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };

  void require(int code) const {
    if (code == SQLITE_OK) return;
    sqlite3* database = sqlite3_db_handle(statement_.get());
    throw_sqlite_error(code, *file_, sqlite3_errmsg(database));
  }
  template <class T>
  void bind(int place, const T& value) {
    sqlite3_stmt* own = statement_.get();
    if constexpr (std::is_integral_v<T>) {
      require(sqlite3_bind_int64(own, place, static_cast<sqlite3_int64>(value)));
    } else if constexpr (std::is_floating_point_v<T>) {
      require(sqlite3_bind_double(own, place, static_cast<double>(value)));
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      const std::string_view text = value;
      require(sqlite3_bind_text64(own, place, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                                  SQLITE_UTF8));
    } else {
      const std::span<const std::byte> bytes = value;
      require(bytes.empty() ? sqlite3_bind_zeroblob(own, place, 0)
                            : sqlite3_bind_blob64(own, place, bytes.data(), bytes.size(), SQLITE_STATIC));
    }
  }

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const std::string* file_;
};

/// An open database, for one thread at a time.
class SqliteConnection {
 public:
  /// Errors: `io`, `corrupt_file`.
  SqliteConnection(const std::filesystem::path& path, SqliteMode mode, std::chrono::milliseconds wait)
      : file_(path_text(path)), mode_(mode) {
    const std::u8string name = path.u8string();
    std::string uri = "file:";
    for (const char8_t letter : name) {
      const auto c = static_cast<unsigned char>(letter);
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                         c == '.' || c == '-' || c == '_';
      if (plain)
        uri += static_cast<char>(c);
      else
        uri += {'%', "0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15]};
    }
    if (mode == SqliteMode::immutable) uri += "?immutable=1";
    const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (mode == SqliteMode::create       ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                       : mode == SqliteMode::read_write ? SQLITE_OPEN_READWRITE
                                                        : SQLITE_OPEN_READONLY);
    sqlite3* database = nullptr;
    const int code = sqlite3_open_v2(uri.c_str(), &database, flags, nullptr);
    database_.reset(database);
    if (database == nullptr) throw std::bad_alloc();
    if (code != SQLITE_OK) throw_sqlite_error(code, file_, sqlite3_errmsg(database));
    constexpr std::chrono::milliseconds kLongest{std::numeric_limits<int>::max()};
    sqlite3_busy_timeout(database, static_cast<int>(std::clamp(wait, std::chrono::milliseconds(0), kLongest).count()));
    // A file from elsewhere is not to run anything by what its schema says.
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  }

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] SqliteMode mode() const noexcept { return mode_; }
  [[nodiscard]] sqlite3* get() const noexcept { return database_.get(); }
  /// Whether the last call failed because another connection writes.
  [[nodiscard]] bool is_busy() const noexcept { return (sqlite3_errcode(database_.get()) & 0xFF) == SQLITE_BUSY; }
  [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(database_.get()) == 0; }

  /// Statements of ours, without values.
  void execute(const char* sql) {
    const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_sqlite_error(code, file_, sqlite3_errmsg(database_.get()));
  }
  [[nodiscard]] std::int64_t number(const char* sql) { return SqliteStatement(*this, sql).number_or(0); }

  void roll_back() noexcept {
    if (in_transaction()) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
  };

  std::string file_;
  SqliteMode mode_;
  std::unique_ptr<sqlite3, Close> database_;
};

inline SqliteStatement::SqliteStatement(SqliteConnection& database, const char* sql) : file_(&database.file()) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) throw_sqlite_error(code, database.file(), sqlite3_errmsg(database.get()));
}

}  // namespace glossa::detail
