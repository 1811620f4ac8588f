// Rows to train on come in; the numbers of their texts go out, by which batches are put together.
#pragma once

#include <glossa/core/hash64.hpp>
#include <glossa/train/batch_sampler_options.hpp>
#include <glossa/train/training_row.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace glossa::detail {

/// What a sampler keeps of rows: equal texts have equal numbers.
class SampledRows {
 public:
  explicit SampledRows(std::span<const TrainingRow> rows) : groups_(group_numbers(rows)) {
    std::unordered_map<std::string_view, std::uint32_t> known;
    const auto number_of = [&](std::string_view text) {
      return known.try_emplace(text, static_cast<std::uint32_t>(known.size())).first->second;
    };
    begins_.reserve(rows.size() + 1);
    for (const TrainingRow& row : rows) {
      begins_.push_back(texts_.size());
      texts_.push_back(number_of(row.anchor));
      texts_.push_back(number_of(row.positive));
      for (const auto& negative : row.negatives) texts_.push_back(number_of(negative));
    }
    begins_.push_back(texts_.size());
    texts_known_ = known.size();
  }

  [[nodiscard]] std::size_t size() const noexcept { return groups_.size(); }
  [[nodiscard]] std::size_t texts() const noexcept { return texts_known_; }
  [[nodiscard]] std::uint64_t group(std::size_t row) const noexcept { return groups_[row]; }
  [[nodiscard]] std::uint32_t anchor(std::size_t row) const noexcept { return texts_[begins_[row]]; }
  [[nodiscard]] std::uint32_t positive(std::size_t row) const noexcept { return texts_[begins_[row] + 1]; }
  [[nodiscard]] std::span<const std::uint32_t> negatives(std::size_t row) const noexcept {
    return std::span(texts_).subspan(begins_[row] + 2, begins_[row + 1] - begins_[row] - 2);
  }

 private:
  std::vector<std::uint64_t> groups_;
  std::vector<std::uint32_t> texts_;  // of each row anchor, positive and negatives
  std::vector<std::size_t> begins_;
  std::size_t texts_known_ = 0;
};

/// One number of a sequence of numbers and texts.
class SequenceHash {
 public:
  void add(std::uint64_t number) noexcept {
    value_ = std::rotl((value_ ^ number) * 0x9E3779B97F4A7C15u, 29) + 1;
    value_ ^= value_ >> 32;
  }
  void add(std::string_view text) noexcept {
    Hash64 hash;
    hash.add(text.data(), text.size());
    add(hash.value());
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 1;
};

/// A seed of its own for each purpose.
[[nodiscard]] inline std::uint64_t seed_of(std::uint64_t seed, std::uint64_t purpose, std::uint64_t which,
                                           std::uint64_t time) noexcept {
  SequenceHash hash;
  for (const std::uint64_t part : {seed, purpose, which, time}) hash.add(part);
  return hash.value();
}

/// Tells rows, in their order, and options from others: what a sampler's state is of.
[[nodiscard]] inline std::uint64_t hash_of_all(std::span<const TrainingRow> rows, const BatchSamplerOptions& options) {
  SequenceHash hash;
  for (const std::uint64_t number :
       {std::uint64_t{1}, std::uint64_t{options.batch_rows}, std::uint64_t{options.negatives_each}, options.seed,
        std::uint64_t{options.unique_texts}, std::uint64_t{options.groups_apart},
        static_cast<std::uint64_t>(options.balance), std::bit_cast<std::uint64_t>(options.temperature),
        static_cast<std::uint64_t>(options.homogeneous), static_cast<std::uint64_t>(options.last_rows),
        std::uint64_t{rows.size()}})
    hash.add(number);
  for (const TrainingRow& row : rows) {
    for (const std::string* text : {&row.anchor, &row.positive, &row.language, &row.source, &row.group})
      hash.add(*text);
    hash.add(row.label ? std::bit_cast<std::uint64_t>(*row.label) : ~std::uint64_t{0});
    hash.add(row.negatives.size());
    for (const std::string& negative : row.negatives) hash.add(negative);
  }
  return hash.value();
}

}  // namespace glossa::detail
