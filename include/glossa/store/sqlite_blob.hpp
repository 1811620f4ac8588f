// A large value of a row comes in; parts of it go out, without the rest being read.
#pragma once

#include <glossa/store/sqlite.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace glossa::detail {

/// In a transaction; remembers the way to the pages that it went through, so that it is best read from the beginning
/// on.
class SqliteBlob {
 public:
  SqliteBlob(SqliteConnection& database, const char* table, const char* column, std::int64_t row)
      : database_(database) {
    sqlite3_blob* blob = nullptr;
    const int code = sqlite3_blob_open(database.get(), "main", table, column, row, 0, &blob);
    blob_.reset(blob);
    require(code);
  }

  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(sqlite3_blob_bytes(blob_.get())); }
  /// Of bytes that are there.
  void read(std::size_t offset, std::span<char> out) {
    require(sqlite3_blob_read(blob_.get(), out.data(), static_cast<int>(out.size()), static_cast<int>(offset)));
  }

 private:
  struct Close {
    void operator()(sqlite3_blob* blob) const noexcept { sqlite3_blob_close(blob); }
  };
  void require(int code) const {
    if (code != SQLITE_OK) throw_sqlite_error(code, database_.file(), sqlite3_errmsg(database_.get()));
  }

  SqliteConnection& database_;
  std::unique_ptr<sqlite3_blob, Close> blob_;
};

}  // namespace glossa::detail
