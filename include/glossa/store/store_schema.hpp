// The tables of a store's database, and the statements on them.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/sqlite.hpp>

#include <string>

namespace glossa::detail {

inline constexpr const char* kStoreFile = "store.sqlite";
inline constexpr const char* kIndexFile = "index.hnsw";
inline constexpr const char* kWordsFile = "index.words";
inline constexpr std::int64_t kStoreApplication = 0x676C7361;  ///< "glsa"
inline constexpr std::int64_t kStoreVersion = 2;

// Texts come last: SQLite walks through all pages of what stands before a column to read it.
inline constexpr const char* kStoreTables = R"sql(
CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE state(one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, next_document INTEGER NOT NULL,
  next_chunk INTEGER NOT NULL, next_removal INTEGER NOT NULL, first_removal INTEGER NOT NULL,
  index_token INTEGER NOT NULL, next_index_token INTEGER NOT NULL);
INSERT INTO state VALUES(1, 0, 1, 1, 1, 1, 0, 0);
CREATE TABLE documents(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, metadata TEXT NOT NULL,
  source TEXT NOT NULL, hash TEXT NOT NULL, format INTEGER NOT NULL, first_chunk INTEGER NOT NULL,
  chunks INTEGER NOT NULL, text BLOB NOT NULL);
CREATE INDEX sources ON documents(source, id, hash) WHERE source <> '';
CREATE TABLE chunks(number INTEGER PRIMARY KEY, document INTEGER NOT NULL, first_byte INTEGER NOT NULL,
  end_byte INTEGER NOT NULL, tokens INTEGER NOT NULL, context TEXT NOT NULL);
CREATE TABLE vectors(chunk INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE removals(number INTEGER PRIMARY KEY, document INTEGER NOT NULL, first_chunk INTEGER NOT NULL,
  chunks INTEGER NOT NULL);
CREATE TABLE words(chunk INTEGER PRIMARY KEY, pieces BLOB NOT NULL);
)sql";

/// Errors: `unsupported`, `corrupt_file`, `io`.
inline void require_store(SqliteConnection& database) {
  const std::int64_t application = database.number("PRAGMA application_id");
  if (application != kStoreApplication)
    throw Error(ErrorKind::corrupt_file, {.file = database.file(),
                                          .problem = "this database is no store of glossa's",
                                          .remedy = "check the path; take an empty folder for a new store"});
  const std::int64_t version = database.number("PRAGMA user_version");
  if (version != kStoreVersion)
    throw Error(ErrorKind::unsupported, {.file = database.file(),
                                         .field = "version",
                                         .expected = std::to_string(kStoreVersion),
                                         .found = std::to_string(version),
                                         .remedy = "open it with the version of glossa that made it"});
}

/// A database for writing, with its tables.
inline void prepare_store(SqliteConnection& database, bool may_create) {
  const auto is_new = [&] {
    return may_create && database.number("PRAGMA application_id") == 0 &&
           database.number("SELECT count(*) FROM sqlite_schema") == 0;
  };
  if (is_new()) {
    database.execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL");
    database.execute("BEGIN IMMEDIATE");
    try {
      if (is_new()) {  // nobody else was faster
        database.execute(kStoreTables);
        const std::string stamp = "PRAGMA application_id = " + std::to_string(kStoreApplication) +
                                  "; PRAGMA user_version = " + std::to_string(kStoreVersion);
        database.execute(stamp.c_str());
      }
      database.execute("COMMIT");
    } catch (...) {
      database.roll_back();
      throw;
    }
  }
  require_store(database);
  database.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
      "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA mmap_size = 1099511627776");
}

/// Prepared once a connection.
struct StoreStatements {
  explicit StoreStatements(SqliteConnection& database)
      : state(database,
              "SELECT sequence, next_document, next_chunk, next_removal, first_removal, index_token, next_index_token "
              "FROM state"),
        save_state(database,
                   "UPDATE state SET sequence = ?1, next_document = ?2, next_chunk = ?3, next_removal = ?4, "
                   "first_removal = ?5, index_token = ?6, next_index_token = ?7"),
        setting(database, "SELECT value FROM settings WHERE name = ?1"),
        set(database, "INSERT OR REPLACE INTO settings VALUES(?1, ?2)"),
        put_document(database, "INSERT INTO documents VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
        put_chunk(database, "INSERT INTO chunks VALUES(?1, ?2, ?3, ?4, ?5, ?6)"),
        put_vector(database, "INSERT INTO vectors VALUES(?1, ?2)"),
        put_words(database, "INSERT INTO words VALUES(?1, ?2)"),
        find_document(database, "SELECT number, first_chunk, chunks FROM documents WHERE id = ?1"),
        remove_document(database, "DELETE FROM documents WHERE number = ?1"),
        remove_chunks(database, "DELETE FROM chunks WHERE number >= ?1 AND number < ?2"),
        remove_vectors(database, "DELETE FROM vectors WHERE chunk >= ?1 AND chunk < ?2"),
        remove_words(database, "DELETE FROM words WHERE chunk >= ?1 AND chunk < ?2"),
        put_removal(database, "INSERT INTO removals VALUES(?1, ?2, ?3, ?4)"),
        vector(database, "SELECT vector FROM vectors WHERE chunk = ?1"),
        vectors_from(database, "SELECT chunk, vector FROM vectors WHERE chunk >= ?1 ORDER BY chunk"),
        words_from(database, "SELECT chunk, pieces FROM words WHERE chunk >= ?1 ORDER BY chunk"),
        removals_from(database,
                      "SELECT document, first_chunk, chunks FROM removals WHERE number >= ?1 ORDER BY number"),
        removals_between(database, "SELECT first_chunk, chunks FROM removals WHERE number >= ?1 AND number < ?2"),
        documents_from(
            database, "SELECT number, first_chunk, chunks, metadata FROM documents WHERE number >= ?1 ORDER BY number"),
        chunk(database, "SELECT document, first_byte, end_byte, tokens, context FROM chunks WHERE number = ?1"),
        document(database, "SELECT id, title, metadata, length(text) FROM documents WHERE number = ?1"),
        document_text(database, "SELECT substr(text, ?2, ?3) FROM documents WHERE number = ?1"),
        whole_document(database,
                       "SELECT id, title, text, metadata, format, first_chunk, chunks, number FROM documents "
                       "WHERE id = ?1"),
        listing(database,
                "SELECT id, title, metadata, format, chunks, length(text), source FROM documents WHERE id > ?1 "
                "ORDER BY id LIMIT ?2"),
        source_hash(database, "SELECT hash, source FROM documents WHERE id = ?1"),
        of_source(database, "SELECT id FROM documents WHERE source = ?1 ORDER BY id") {}

  SqliteStatement state, save_state, setting, set, put_document, put_chunk, put_vector, put_words, find_document,
      remove_document, remove_chunks, remove_vectors, remove_words, put_removal, vector, vectors_from, words_from,
      removals_from, removals_between, documents_from, chunk, document, document_text, whole_document, listing,
      source_hash, of_source;
};

}  // namespace glossa::detail
