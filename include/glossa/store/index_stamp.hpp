// What a store's index file says of itself comes in; whether it goes with the database goes out.
#pragma once

#include <glossa/core/file_reader.hpp>
#include <glossa/store/store_database.hpp>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace glossa::detail {

/// Up to where an index is complete, and which of the files that were written it is.
struct IndexStamp {
  std::int64_t token = 0;
  std::int64_t chunks_end = 1;
  std::int64_t removals_end = 1;

  /// Whether these are the bytes of an attachment that holds this.
  [[nodiscard]] bool is_of(std::span<const std::byte> bytes) const noexcept {
    return bytes.size() == sizeof *this && std::memcmp(bytes.data(), this, sizeof *this) == 0;
  }
  /// Reads what attachments "store" and "stamp" of a file hold. What is wrong, for people; empty: it goes with this
  /// state of this store.
  [[nodiscard]] std::string read(std::span<const std::byte> store, std::span<const std::byte> stamp,
                                 const StoreState& state, std::string_view wanted_store) {
    if (stamp.size() != sizeof *this) return "it has no stamp";
    std::memcpy(this, stamp.data(), sizeof *this);
    const bool is_ours = std::string_view(reinterpret_cast<const char*>(store.data()), store.size()) == wanted_store;
    if (!is_ours) return "it is of another store";
    if (token != state.index_token && token != state.next_index_token) return "it is not of this state";
    if (chunks_end > state.next_chunk || removals_end > state.next_removal || removals_end < state.first_removal ||
        chunks_end < 1)
      return "it does not fit to the database's numbers";
    return {};
  }
};
static_assert(sizeof(IndexStamp) == 24);

/// Of processes that were killed while they wrote a file; who writes one now has touched it a moment ago.
inline void remove_partial_files_of(const std::filesystem::path& file) {
  std::error_code code;
  const std::string start = path_text(file.filename()) + ".partial-";
  std::filesystem::directory_iterator it(file.parent_path(), code);
  for (; !code && it != std::filesystem::directory_iterator(); it.increment(code)) {
    std::error_code own;
    const auto time = it->last_write_time(own);
    if (!own && path_text(it->path().filename()).starts_with(start) &&
        std::filesystem::file_time_type::clock::now() - time > std::chrono::hours(1))
      std::filesystem::remove(it->path(), own);
  }
}

}  // namespace glossa::detail
