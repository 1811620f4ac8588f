// Definitions of EmbeddingCache's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/folder_entries.hpp>
#include <glossa/core/hash64.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/cache_segment.hpp>
#include <glossa/eval/embedding_cache.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace glossa {
namespace detail {

/// A folder's name for a fingerprint, which may have anything in it: what is safe of its start, for people, and a hash.
[[nodiscard]] inline std::string cache_name(std::string_view fingerprint, std::uint64_t hash) {
  std::string out;
  for (const char c : fingerprint.substr(0, 80)) {
    const bool is_safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    out += is_safe ? c : '_';
  }
  return out + "-" + hex_text(hash);
}

inline constexpr const char* kSegmentExtension = ".vectors";

}  // namespace detail

GLOSSA_INLINE EmbeddingCache::EmbeddingCache(const std::filesystem::path& folder, std::string_view fingerprint,
                                             std::size_t dims)
    : dims_(dims) {
  if constexpr (std::endian::native != std::endian::little)
    throw Error(ErrorKind::unsupported, {.problem = "this machine is not little-endian"});
  if (dims == 0) throw Error(ErrorKind::invalid_argument, {.field = "dims", .expected = "1 at least", .found = "0"});
  detail::Hash64 hash;
  hash.add(fingerprint.data(), fingerprint.size());
  model_ = hash.value();
  folder_ = folder / detail::cache_name(fingerprint, model_);
  std::error_code code;
  std::filesystem::create_directories(folder_, code);
  if (code)
    throw Error(ErrorKind::io, {.file = detail::path_text(folder_),
                                .problem = "cannot make the folder: " + code.message(),
                                .remedy = "give another folder for the cache, one that can be written"});
  for (const std::filesystem::path& file : detail::folder_entries(folder_))
    if (file.extension() == detail::kSegmentExtension) open(file);
}

GLOSSA_INLINE void EmbeddingCache::open(const std::filesystem::path& path) {
  const std::size_t index = segments_.size();
  segments_.push_back(path);
  try {
    const detail::CacheSegment segment(path, model_, dims_);
    for (std::size_t row = 0; row < segment.entries().size(); ++row)
      places_.insert_or_assign(segment.entries()[row].key, Place{index, row});
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unsupported || error.kind() == ErrorKind::not_found) return;  // let be, or gone
    if (error.kind() != ErrorKind::corrupt_file) throw;
    drop(index, error.facts().problem);
  }
}

/// Forgets a damaged file, and removes it.
GLOSSA_INLINE void EmbeddingCache::drop(std::size_t segment, const std::string& problem) {
  const std::string file = detail::path_text(segments_[segment]);
  warnings_.push_back(file + ": " + problem + "; it is removed, and its vectors are made anew");
  open_.reset();
  open_index_ = kPending;
  std::erase_if(places_, [&](const auto& one) { return one.second.segment == segment; });
  std::error_code ignored;
  std::filesystem::remove(segments_[segment], ignored);
  segments_[segment].clear();
}

GLOSSA_INLINE std::size_t EmbeddingCache::size() const {
  const std::lock_guard lock(mutex_);
  return places_.size();
}

GLOSSA_INLINE std::vector<std::string> EmbeddingCache::warnings() const {
  const std::lock_guard lock(mutex_);
  return warnings_;
}

GLOSSA_INLINE bool EmbeddingCache::find(std::string_view prompt, std::string_view text, std::span<float> out) {
  const detail::CacheKey key = detail::cache_key(prompt, text);
  const std::lock_guard lock(mutex_);
  const auto it = places_.find(key);
  return it != places_.end() && out.size() == dims_ && read(it->second, key, out);
}

GLOSSA_INLINE bool EmbeddingCache::read(const Place& place, const detail::CacheKey& key, std::span<float> out) {
  if (place.segment == kPending) {
    std::copy_n(pending_.begin() + static_cast<std::ptrdiff_t>(place.row * dims_), dims_, out.begin());
    return true;
  }
  const std::size_t segment = place.segment;
  const std::size_t row = place.row;
  try {
    if (open_index_ != segment) {
      open_index_ = kPending;
      open_.emplace(segments_[segment], model_, dims_);
      open_index_ = segment;
    }
    if (row >= open_->entries().size() || open_->entries()[row].key != key)
      throw Error(ErrorKind::corrupt_file, {.problem = "it was replaced while in use"});
    open_->read(row, out);
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::corrupt_file && error.kind() != ErrorKind::not_found) throw;
    drop(segment, error.facts().problem);
    return false;
  }
}

GLOSSA_INLINE void EmbeddingCache::add(std::string_view prompt, std::string_view text, std::span<const float> vector) {
  if (vector.size() != dims_)
    throw Error(ErrorKind::invalid_argument,
                {.field = "vector", .expected = std::to_string(dims_), .found = std::to_string(vector.size())});
  const detail::CacheKey key = detail::cache_key(prompt, text);
  const std::lock_guard lock(mutex_);
  if (places_.contains(key)) return;
  pending_.insert(pending_.end(), vector.begin(), vector.end());
  pending_keys_.push_back(key);
  places_[key] = {kPending, pending_keys_.size() - 1};
}

GLOSSA_INLINE void EmbeddingCache::keep(std::string_view prompt, std::span<const std::string_view> texts,
                                        const Embeddings& vectors) {
  {
    const std::lock_guard lock(mutex_);
    if (!keeps_) return;
  }
  for (std::size_t i = 0; i < texts.size(); ++i) add(prompt, texts[i], vectors[i]);
  try {
    flush();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::io) throw;
    const std::lock_guard lock(mutex_);
    keeps_ = false;
    warnings_.push_back(std::string(error.what()) + "; vectors that are made from here on are not kept");
  }
}

GLOSSA_INLINE void EmbeddingCache::flush() {
  const std::lock_guard lock(mutex_);
  if (pending_keys_.empty()) return;
  std::random_device random;  // keeps files of several processes apart; nothing else depends on it
  const std::uint64_t name = std::uint64_t{random()} << 32 | random();
  const std::filesystem::path path = folder_ / (detail::hex_text(name) + detail::kSegmentExtension);
  detail::write_cache_segment(path, model_, dims_, pending_keys_, pending_);
  segments_.push_back(path);
  for (std::size_t row = 0; row < pending_keys_.size(); ++row)
    places_[pending_keys_[row]] = {segments_.size() - 1, row};
  pending_keys_.clear();
  pending_.clear();
}

}  // namespace glossa
