// Texts and vectors come in; how alike two of them are, and which might be, goes out.
#pragma once

#include <glossa/cluster/centred_rows.hpp>
#include <glossa/cluster/edit_similarity.hpp>
#include <glossa/cluster/min_hash.hpp>
#include <glossa/cluster/mine_pairs.hpp>
#include <glossa/cluster/near_duplicates.hpp>
#include <glossa/cluster/neighbor_graph.hpp>
#include <glossa/cluster/pair_scan.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/text_key.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/parallel_for.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// See near_duplicate_pairs().
template <std::floating_point T>
class DuplicateFinder {
 public:
  static constexpr double kTextThreshold = 0.77;

  DuplicateFinder(std::span<const std::string_view> texts, const Points<T>& points, const NearDuplicateOptions& options)
      : texts_(texts), points_(points), options_(options), executor_(executor_of(options.run)) {
    check();
    keys_.resize(texts.size());
    const std::size_t shares = (texts.size() + kShare - 1) / kShare;
    parallel_for(*executor_, shares, [&](std::size_t share, std::size_t) {
      for (std::size_t i = share * kShare; i < std::min((share + 1) * kShare, texts.size()); ++i)
        keys_[i] = keyed_text(texts[i]);
    });
    if (texts.empty() && !points.empty()) {
      std::vector<std::size_t> rows(points.rows());
      std::iota(rows.begin(), rows.end(), std::size_t{0});
      centred_.emplace(points, rows, std::vector<std::size_t>(rows.size()), 1);
    }
    threshold_ = options.threshold.value_or(texts.empty() ? usual_threshold() : kTextThreshold);
  }

  [[nodiscard]] std::size_t count() const noexcept { return std::max(texts_.size(), points_.rows()); }
  [[nodiscard]] double threshold() const noexcept { return threshold_; }

  /// Of two texts or, without them, vectors. Each thread has a `distance` of its own.
  [[nodiscard]] double similarity(std::size_t a, std::size_t b, EditDistance& distance) const {
    if (centred_) return exact_cosine(centred_->all()[a], centred_->all()[b]);
    return key_similarity(distance, keys_[a], keys_[b], threshold_);
  }

  [[nodiscard]] std::vector<MinedPair> pairs() const {
    if (count() < 2) return {};
    Candidates candidates;
    if (!texts_.empty()) add_lexical(candidates);
    if (!points_.empty()) add_near(candidates);
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    std::vector<float> scores(candidates.size());
    const std::size_t shares = (candidates.size() + kShare - 1) / kShare;
    parallel_for(*executor_, shares, [&](std::size_t share, std::size_t) {
      EditDistance distance;
      for (std::size_t i = share * kShare; i < std::min((share + 1) * kShare, candidates.size()); ++i)
        scores[i] = static_cast<float>(similarity(candidates[i].first, candidates[i].second, distance));
    });
    std::vector<MinedPair> found;
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (static_cast<double>(scores[i]) >= threshold_) {
        const auto [a, b] = candidates[i];
        const double cosine = points_.empty() ? 0 : exact_cosine(points_[a], points_[b]);
        found.push_back({a, b, scores[i], static_cast<float>(cosine)});
      }
    std::sort(found.begin(), found.end(), is_better_pair);
    return found;
  }

 private:
  using Candidates = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  using Order = std::vector<std::pair<std::uint64_t, std::uint32_t>>;
  static constexpr std::size_t kShare = 256;
  static constexpr std::size_t kLast = 16;  ///< of those that share a band, whom each is compared with, and the first

  void check() const {
    require_finite(points_, "near_duplicate_pairs");
    if (!texts_.empty() && !points_.empty() && texts_.size() != points_.rows())
      throw Error(ErrorKind::invalid_argument, {.field = "near_duplicate_pairs",
                                                .expected = "one vector a text, " + std::to_string(texts_.size()),
                                                .found = std::to_string(points_.rows())});
    if (options_.threshold && std::isnan(*options_.threshold))
      throw Error(ErrorKind::invalid_argument,
                  {.field = "NearDuplicateOptions::threshold", .expected = "a number", .found = "NaN"});
  }

  /// The texts that come first with their keys; the others are candidates with them, and with nobody else.
  [[nodiscard]] std::vector<std::uint32_t> different_texts(Candidates& candidates) const {
    std::vector<std::uint32_t> order(texts_.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return keys_[a].letters != keys_[b].letters ? keys_[a].letters < keys_[b].letters : a < b;
    });
    std::vector<std::uint32_t> different;
    for (const std::uint32_t text : order)
      if (different.empty() || keys_[different.back()].letters != keys_[text].letters)
        different.push_back(text);
      else
        candidates.emplace_back(different.back(), text);
    return different;
  }

  /// Those that share a band, or all words but one: band by band, as a table of all would take thirty times as much
  /// memory.
  void add_lexical(Candidates& candidates) const {
    const std::vector<std::uint32_t> texts = different_texts(candidates);
    std::vector<MinHash::Bands> bands(texts.size());
    const std::size_t shares = (texts.size() + kShare - 1) / kShare;
    parallel_for(*executor_, shares, [&](std::size_t share, std::size_t) {
      for (std::size_t i = share * kShare; i < std::min((share + 1) * kShare, texts.size()); ++i)
        bands[i] = MinHash::bands(keys_[texts[i]].letters);
    });
    Order order;
    for (std::size_t band = 0; band < MinHash::kBands; ++band) {
      order.clear();
      for (std::size_t i = 0; i < texts.size(); ++i) order.emplace_back(bands[i][band], texts[i]);
      add_equal(order, candidates);
    }
    for (std::size_t word = 0; word < WordHoles::kMost; ++word) {
      order.clear();
      for (const std::uint32_t text : texts)
        if (WordHoles::has(keys_[text], word)) order.emplace_back(WordHoles::hole(keys_[text], word), text);
      add_equal(order, candidates);
    }
  }

  /// Those with equal hashes; in a crowd, each with the first and the kLast before it.
  static void add_equal(Order& order, Candidates& candidates) {
    std::sort(order.begin(), order.end());
    for (std::size_t first = 0, i = 0; i < order.size(); ++i) {
      if (order[i].first != order[first].first) first = i;
      for (std::size_t j = std::max(first, i > kLast ? i - kLast : 0); j < i; ++j)
        candidates.emplace_back(order[j].second, order[i].second);
      if (i > first + kLast) candidates.emplace_back(order[first].second, order[i].second);
    }
  }

  void add_near(Candidates& candidates) const {
    const Points<T> rows = centred_ ? centred_->all() : points_;
    const double floor = centred_ ? threshold_ : -2;
    NeighborLists<T> lists(rows.rows(), std::min(options_.neighbors, rows.rows() - 1), lenient<T>(floor, rows.dims()));
    find_neighbors(rows, options_.search, options_.graph, options_.run, executor_, lists);
    for (std::size_t row = 0; row < lists.rows(); ++row)
      for (const auto& entry : lists[row])
        candidates.emplace_back(static_cast<std::uint32_t>(std::min<std::size_t>(row, entry.index)),
                                static_cast<std::uint32_t>(std::max<std::size_t>(row, entry.index)));
  }

  /// See NearDuplicateOptions::threshold.
  [[nodiscard]] double usual_threshold() const {
    constexpr double kDeviations = 7.5;
    constexpr double kMost = 0.95;
    constexpr int kPairs = 20'000;
    if (points_.rows() < 2) return kMost;
    const Points<T> rows = centred_->all();
    std::mt19937_64 random(42);
    double squares = 0;
    for (int n = 0; n < kPairs; ++n) {
      const std::size_t a = random() % rows.rows();
      const double cosine = exact_cosine(rows[a], rows[(a + 1 + random() % (rows.rows() - 1)) % rows.rows()]);
      squares += cosine * cosine / kPairs;
    }
    return std::min(kMost, kDeviations * std::sqrt(squares));
  }

  std::span<const std::string_view> texts_;
  const Points<T>& points_;
  const NearDuplicateOptions& options_;
  std::shared_ptr<Executor> executor_;
  std::vector<KeyedText> keys_;
  std::optional<CentredRows<T>> centred_;
  double threshold_ = 0;
};

}  // namespace glossa::detail
