// The documents of a store come and go; which chunks are there, and which of them meet a filter, goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/kernels/target.hpp>
#include <glossa/store/filter.hpp>
#include <glossa/store/metadata_columns.hpp>
#include <glossa/store/number_map.hpp>
#include <glossa/store/store_database.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Documents that meet a filter, and their chunks: a bit for each number, which stays in the processor's cache.
struct FilterMask {
  std::vector<std::uint64_t> bits;
  std::size_t chunks = 0;  ///< of these documents

  [[nodiscard]] bool passes(std::int64_t chunk) const noexcept {
    const auto at = static_cast<std::uint64_t>(chunk);
    return at / 64 < bits.size() && (bits[at / 64] >> at % 64 & 1) != 0;
  }
  /// Of 64 chunks from a number on.
  [[nodiscard]] std::uint64_t bits_from(std::int64_t first) const noexcept {
    const auto at = static_cast<std::size_t>(first) / 64;
    const auto shift = static_cast<std::size_t>(first) % 64;
    const std::uint64_t low = at < bits.size() ? bits[at] >> shift : 0;
    return shift == 0 || at + 1 >= bits.size() ? low : low | bits[at + 1] << (64 - shift);
  }
  /// From one number to another, which is one of them.
  [[nodiscard]] std::size_t count(std::int64_t first, std::int64_t last) const noexcept {
    std::size_t out = 0;
    each_word(first, last,
              [&](std::size_t, std::uint64_t word) { out += static_cast<std::size_t>(std::popcount(word)); });
    return out;
  }
  /// Calls f(chunk) for these, in order.
  template <class F>
  void each(std::int64_t first, std::int64_t last, F&& f) const {
    each_word(first, last, [&](std::size_t at, std::uint64_t word) {
      for (; word != 0; word &= word - 1)
        f(static_cast<std::int64_t>(64 * at + static_cast<std::size_t>(std::countr_zero(word))));
    });
  }
  /// In order.
  [[nodiscard]] std::vector<std::uint64_t> all() const {
    std::vector<std::uint64_t> out;
    out.reserve(chunks);
    for (std::size_t word = 0; word < bits.size(); ++word)
      for (std::uint64_t rest = bits[word]; rest != 0; rest &= rest - 1)
        out.push_back(64 * word + static_cast<std::uint64_t>(std::countr_zero(rest)));
    return out;
  }

 private:
  template <class F>
  void each_word(std::int64_t first, std::int64_t last, F&& f) const {
    const auto begin = static_cast<std::uint64_t>(first);
    const auto end = static_cast<std::uint64_t>(last);
    for (std::uint64_t at = begin / 64; at <= end / 64 && at < bits.size(); ++at) {
      std::uint64_t word = bits[at];
      if (at == begin / 64) word &= ~std::uint64_t{0} << begin % 64;
      if (at == end / 64) word &= ~std::uint64_t{0} >> (63 - end % 64);
      f(at, word);
    }
  }
};

/// What has to be in memory of each document: 24 bytes, and 4 a chunk; and the columns that filters asked for.
class DocumentPlaces {
 public:
  struct Place {
    std::int64_t document = 0;  ///< 0: free
    std::int64_t first_chunk = 0;
    std::int64_t chunks = 0;
  };

  /// Errors: `corrupt_file` for numbers that were not given out, or that other chunks have.
  void add(std::int64_t document, std::int64_t first_chunk, std::int64_t chunks, const StoreState& state,
           std::string_view metadata, const std::string& file) {
    bool is_possible = document >= 1 && document < state.next_document && first_chunk >= 1 && chunks >= 0 &&
                       first_chunk <= state.next_chunk && chunks <= state.next_chunk - first_chunk;
    for (std::int64_t chunk = first_chunk; is_possible && chunk < first_chunk + chunks; ++chunk)
      is_possible = chunks_.find(chunk) == NumberMap::kNone;
    if (!is_possible)
      throw Error(ErrorKind::corrupt_file,
                  {.file = file,
                   .field = "documents",
                   .problem = "document " + std::to_string(document) + " or its chunks have numbers that cannot be",
                   .found = std::to_string(first_chunk) + ", " + std::to_string(chunks),
                   .remedy = "close the store, then restore the database from a copy, or build the store again"});
    std::uint32_t place = 0;
    if (free_.empty()) {
      place = static_cast<std::uint32_t>(places_.size());
      places_.emplace_back();
    } else {
      place = free_.back();
      free_.pop_back();
    }
    places_[place] = {document, first_chunk, chunks};
    documents_.add(document, place);
    for (std::int64_t chunk = first_chunk; chunk < first_chunk + chunks; ++chunk) chunks_.add(chunk, place);
    chunks_end_ = std::max(chunks_end_, static_cast<std::size_t>(first_chunk + chunks));
    columns_.set(place, metadata, file, documents_.size());
    forget_filters();
  }

  void remove(std::int64_t document) {
    const std::uint32_t place = documents_.find(document);
    if (place == NumberMap::kNone) return;
    const Place own = places_[place];
    documents_.remove(document);
    for (std::int64_t chunk = own.first_chunk; chunk < own.first_chunk + own.chunks; ++chunk) chunks_.remove(chunk);
    places_[place] = {};
    free_.push_back(place);
    forget_filters();
  }

  [[nodiscard]] std::size_t documents() const noexcept { return documents_.size(); }
  [[nodiscard]] std::size_t chunks() const noexcept { return chunks_.size(); }
  [[nodiscard]] std::uint32_t place_of_chunk(std::int64_t chunk) const noexcept { return chunks_.find(chunk); }
  [[nodiscard]] std::uint32_t place_of_document(std::int64_t document) const noexcept {
    return documents_.find(document);
  }
  [[nodiscard]] const std::vector<Place>& places() const noexcept { return places_; }

  /// Whether a chunk is there and passes; without a mask all that are there do.
  [[nodiscard]] bool passes(std::int64_t chunk, const FilterMask* mask) const noexcept {
    return mask != nullptr ? mask->passes(chunk) : chunks_.find(chunk) != NumberMap::kNone;
  }

  /// The documents that meet a filter. Fields that were not asked for yet are read from the database.
  [[nodiscard]] std::shared_ptr<const FilterMask> mask_of(const Filter& filter, StoreDatabase& database) {
    for (const auto& [known, mask] : masks_)
      if (known == filter) return mask;
    auto mask = std::make_shared<FilterMask>();
    const PlaceBits all(places_.size() / 64 + 1, ~std::uint64_t{0});
    const PlaceBits passing = evaluate_filter(
        filter, all,
        [&](std::span<const Filter> comparisons) -> const PlaceBits& { return part_of(comparisons, database); });
    mask->bits.resize(chunks_end_ / 64 + 1);
    const auto each_place = [&](std::size_t word, auto&& take) {
      if (word >= passing.size()) return;
      for (std::uint64_t left = passing[word]; left != 0; left &= left - 1)
        if (const std::size_t place = 64 * word + static_cast<std::size_t>(std::countr_zero(left));
            place < places_.size())
          take(place);
    };
    if (plain_.empty()) find_plain();
    for (std::size_t word = 0; word < passing.size(); ++word) {
      if (word < plain_.size() && plain_[word] != 0) {
        const std::size_t at = plain_[word] / 64;
        const std::size_t shift = plain_[word] % 64;
        mask->bits[at] |= passing[word] << shift;
        if (shift != 0) mask->bits[at + 1] |= passing[word] >> (64 - shift);
        mask->chunks += static_cast<std::size_t>(std::popcount(passing[word]));
        continue;
      }
      each_place(word + 4, [&](std::size_t place) { GLOSSA_PREFETCH(&places_[place]); });
      each_place(word, [&](std::size_t place) {
        if (places_[place].document == 0) return;
        const auto first = static_cast<std::uint64_t>(places_[place].first_chunk);
        const auto count = static_cast<std::uint64_t>(places_[place].chunks);
        for (std::uint64_t chunk = first; chunk < first + count; ++chunk)
          mask->bits[chunk / 64] |= std::uint64_t{1} << chunk % 64;
        mask->chunks += count;
      });
    }
    if (masks_.size() >= kKeptMasks) masks_.erase(masks_.begin());
    masks_.emplace_back(filter, mask);
    return mask;
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = places_.capacity() * sizeof(Place) + free_.capacity() * sizeof(free_[0]) +
                        documents_.memory_bytes() + chunks_.memory_bytes() + columns_.memory_bytes();
    for (const auto& [filter, mask] : masks_) bytes += mask->bits.capacity() * sizeof(std::uint64_t);
    for (const Part& own : parts_) bytes += own.passing.capacity() * sizeof(std::uint64_t);
    return bytes + plain_.capacity() * sizeof(plain_[0]);
  }

 private:
  /// Comparisons of a field, of which filters have one or several.
  struct Part {
    std::vector<Filter> comparisons;
    PlaceBits passing;
  };

  /// The places at which one of some comparisons of a field is true; filters that were not asked before have known
  /// parts.
  [[nodiscard]] const PlaceBits& part_of(std::span<const Filter> comparisons, StoreDatabase& database) {
    const auto found = std::find_if(parts_.begin(), parts_.end(), [&](const Part& own) {
      return std::equal(own.comparisons.begin(), own.comparisons.end(), comparisons.begin(), comparisons.end());
    });
    if (found != parts_.end()) {
      std::rotate(found, found + 1, parts_.end());  // the one that was used last
      return parts_.back().passing;
    }
    const MetadataColumn& column = columns_.column(comparisons.front().field(), [&](MetadataColumn& fresh) {
      SqliteRows rows = database.statements().documents_from.rows(0);
      while (rows.next())
        if (const std::uint32_t place = documents_.find(rows.integer(0)); place != NumberMap::kNone)
          fresh.set(place, rows.text(3), database.file());
    });
    if (parts_.size() >= kKeptParts) parts_.erase(parts_.begin());
    parts_.push_back({{comparisons.begin(), comparisons.end()}, column.compare(comparisons, places_.size() / 64 + 1)});
    return parts_.back().passing;
  }

  /// Documents of one chunk each often lie in the order of their chunks: then 64 of them are marked at once.
  void find_plain() {
    plain_.resize(places_.size() / 64 + 1);
    for (std::size_t word = 0; word < places_.size() / 64; ++word) {
      const Place* own = places_.data() + 64 * word;
      bool is_plain = true;
      for (std::size_t i = 0; i < 64; ++i)
        is_plain = is_plain && own[i].document != 0 && own[i].chunks == 1 &&
                   own[i].first_chunk == own->first_chunk + static_cast<std::int64_t>(i);
      if (is_plain) plain_[word] = static_cast<std::uint64_t>(own->first_chunk);
    }
  }

  /// What was found before one of the documents changed.
  void forget_filters() {
    masks_.clear();
    parts_.clear();
    plain_.clear();
  }

  static constexpr std::size_t kKeptMasks = 16;
  static constexpr std::size_t kKeptParts = 32;

  std::vector<Place> places_;
  std::vector<std::uint32_t> free_;
  NumberMap documents_;
  NumberMap chunks_;
  std::size_t chunks_end_ = 0;  ///< behind the largest number
  MetadataColumns columns_;
  std::vector<std::pair<Filter, std::shared_ptr<const FilterMask>>> masks_;
  std::vector<Part> parts_;           ///< the one that was used last comes last
  std::vector<std::uint64_t> plain_;  ///< for 64 places: their first chunk, where each has one, in order; else 0
};

}  // namespace glossa::detail
