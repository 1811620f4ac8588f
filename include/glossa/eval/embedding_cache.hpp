// A model's fingerprint and texts come in; the vectors that the model gave them before go out.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/cache_segment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa {

/// Vectors on the disk, by model, prompt and text. Each flush() writes a file of its own that appears whole, so any
/// number of processes may share a folder; what others wrote since is seen by the next cache that is opened. Every
/// vector has a checksum. A damaged file is told by warnings() and removed, and its vectors are taken for missing.
/// Texts are told apart by a hash of 64 bits, a checksum of 32 and their length. All functions may be called by
/// several threads at once.
class EmbeddingCache {
 public:
  /// Opens or makes `<folder>/<fingerprint>-<hash>`. fingerprint: Embedder::fingerprint(), with whatever else the
  /// vectors depend on, such as a limit on tokens. Errors: `io` where the folder cannot be made; `invalid_argument` for
  /// no dims.
  EmbeddingCache(const std::filesystem::path& folder, std::string_view fingerprint, std::size_t dims);

  EmbeddingCache(const EmbeddingCache&) = delete;
  EmbeddingCache& operator=(const EmbeddingCache&) = delete;

  [[nodiscard]] std::size_t dims() const noexcept { return dims_; }
  /// Vectors that are there.
  [[nodiscard]] std::size_t size() const;

  /// Copies the vector of a text with a prompt into `out`, [dims]; false where there is none. Errors: `io`.
  bool find(std::string_view prompt, std::string_view text, std::span<float> out);
  /// Keeps a vector, [dims], in memory until flush(). Errors: `invalid_argument` for another size.
  void add(std::string_view prompt, std::string_view text, std::span<const float> vector);
  /// Writes what was added. Errors: `io`; what was added stays in memory then.
  void flush();

  /// What was damaged or could not be written, a sentence for each file.
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// The vectors of texts, [texts, dims]: those that are there, and for the others, each of them once, what
  /// encode(std::span<const std::string_view>) -> Embeddings gives, which are kept and written. Where they cannot be,
  /// on a full disk, warnings() tells, and no more are kept: work goes on. Errors: encode's; `invalid_argument` where
  /// it gives another number of vectors or dims; `io`.
  template <class Encode>
  [[nodiscard]] Embeddings embed(std::string_view prompt, std::span<const std::string_view> texts, Encode&& encode) {
    Embeddings out(texts.size(), dims_);
    std::vector<std::string_view> missing;
    std::unordered_map<std::string_view, std::size_t> places;  // in `missing`
    std::vector<std::pair<std::size_t, std::size_t>> rows;     // of `out`, and in `missing`
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (find(prompt, texts[i], out[i])) continue;
      const auto [it, is_new] = places.emplace(texts[i], missing.size());
      if (is_new) missing.push_back(texts[i]);
      rows.emplace_back(i, it->second);
    }
    if (missing.empty()) return out;
    const Embeddings made = std::forward<Encode>(encode)(std::span<const std::string_view>(missing));
    if (made.rows() != missing.size() || made.dims() != dims_)
      throw Error(ErrorKind::invalid_argument,
                  {.field = "encode",
                   .expected = std::to_string(missing.size()) + " vectors of " + std::to_string(dims_) + " numbers",
                   .found = std::to_string(made.rows()) + " of " + std::to_string(made.dims())});
    for (const auto& [row, place] : rows) std::copy(made[place].begin(), made[place].end(), out[row].begin());
    keep(prompt, missing, made);
    return out;
  }

 private:
  struct Place {
    std::size_t segment;  ///< its index, or kPending
    std::size_t row;
  };
  static constexpr std::size_t kPending = static_cast<std::size_t>(-1);

  void open(const std::filesystem::path& path);
  void keep(std::string_view prompt, std::span<const std::string_view> texts, const Embeddings& vectors);
  bool read(const Place& place, const detail::CacheKey& key, std::span<float> out);
  void drop(std::size_t segment, const std::string& problem);

  mutable std::mutex mutex_;
  std::filesystem::path folder_;
  std::uint64_t model_;  // a hash of the fingerprint
  std::size_t dims_;
  std::vector<std::filesystem::path> segments_;  // "" for those that were damaged
  std::unordered_map<detail::CacheKey, Place, detail::CacheKeyHash> places_;
  std::size_t open_index_ = kPending;  // of the segment that open_ reads
  std::optional<detail::CacheSegment> open_;
  std::vector<detail::CacheKey> pending_keys_;
  std::vector<float> pending_;
  std::vector<std::string> warnings_;
  bool keeps_ = true;  // until a file cannot be written
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/embedding_cache_impl.hpp>
#endif
