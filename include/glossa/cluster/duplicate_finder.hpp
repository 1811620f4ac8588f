// Texts and vectors come in; how alike two of them are, and which might be, goes out.
#pragma once

#include <glossa/cluster/centred_rows.hpp>
#include <glossa/cluster/exact_cosine.hpp>
#include <glossa/cluster/find_neighbors.hpp>
#include <glossa/cluster/keyed_text.hpp>
#include <glossa/cluster/lexical_candidates.hpp>
#include <glossa/cluster/mined_pair.hpp>
#include <glossa/cluster/near_duplicate_options.hpp>
#include <glossa/cluster/neighbor_lists.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/progress_stages.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/stepwise.hpp>
#include <glossa/cluster/text_likeness.hpp>
#include <glossa/core/error.hpp>

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
      : texts_(texts),
        points_(points),
        options_(options),
        stages_(options.run, kStages),
        executor_(executor_of(options.run)) {
    check();
    keys_.resize(texts.size());
    for_all(0, texts.size(), [&](std::size_t i) { keys_[i] = keyed_text(texts[i]); });
    if (texts.empty() && !points.empty()) {
      std::vector<std::size_t> rows(points.rows());
      std::iota(rows.begin(), rows.end(), std::size_t{0});
      centred_.emplace(points, rows, std::vector<std::size_t>(rows.size()), 1);
    }
    threshold_ = options.threshold.value_or(texts.empty() ? usual_threshold() : kTextThreshold);
  }

  [[nodiscard]] std::size_t count() const noexcept { return std::max(texts_.size(), points_.rows()); }
  [[nodiscard]] double threshold() const noexcept { return threshold_; }

  /// Of two texts or, without them, vectors; below `least`, texts may be told any number that is. Each thread has a
  /// `distance` of its own.
  [[nodiscard]] float similarity(std::size_t a, std::size_t b, EditDistance& distance, double least) const {
    if (centred_) return static_cast<float>(exact_cosine(centred_->all()[a], centred_->all()[b]));
    return key_similarity(distance, keys_[a], keys_[b], least);
  }

  [[nodiscard]] std::vector<MinedPair> pairs() const {
    if (count() < 2) return {};
    LexicalCandidates lexical(keys_);
    lexical.sketch([&](std::size_t texts, auto&& sketch) { for_all(1, texts, sketch); });
    for (std::size_t round = 0; round < LexicalCandidates::kRounds && !texts_.empty(); ++round) {
      stages_.tell(2, round, LexicalCandidates::kRounds);
      lexical.add(round);
    }
    if (!points_.empty()) add_near(lexical);
    const LexicalCandidates::Pairs candidates = lexical.take();
    std::vector<std::vector<MinedPair>> found((candidates.size() + kShare - 1) / kShare);
    for_all(4, found.size(), [&](std::size_t share) {
      EditDistance distance;
      for (std::size_t i = share * kShare; i < std::min((share + 1) * kShare, candidates.size()); ++i) {
        const auto [a, b] = candidates[i];
        const float score = similarity(a, b, distance, threshold_);
        const double cosine = points_.empty() ? 0 : exact_cosine(points_[a], points_[b]);
        if (reaches(score, threshold_)) found[share].push_back({a, b, score, static_cast<float>(cosine)});
      }
    });
    std::vector<MinedPair> pairs;
    for (const std::vector<MinedPair>& some : found) pairs.insert(pairs.end(), some.begin(), some.end());
    std::sort(pairs.begin(), pairs.end(), is_better_pair);
    tell_grouping();
    return pairs;
  }

  /// To be called while groups are made: a caller can cancel that, too.
  void tell_grouping() const { stages_.tell(kStages - 1, 0, 1); }
  void tell_end() const { stages_.tell(kStages - 1, 1, 1); }

 private:
  static constexpr std::size_t kStages = 6;  ///< keys, sketches, candidates by these and by vectors, scores, groups
  static constexpr std::size_t kShare = 256;

  void check() const {
    constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
    require_finite(points_, "near_duplicate_pairs");
    if (texts_.size() > kMost)
      throw Error(ErrorKind::invalid_argument, {.field = "near_duplicate_pairs",
                                                .expected = "at most " + std::to_string(kMost) + " texts",
                                                .found = std::to_string(texts_.size())});
    if (!texts_.empty() && !points_.empty() && texts_.size() != points_.rows())
      throw Error(ErrorKind::invalid_argument, {.field = "near_duplicate_pairs",
                                                .expected = "one vector a text, " + std::to_string(texts_.size()),
                                                .found = std::to_string(points_.rows())});
    if (options_.threshold && std::isnan(*options_.threshold))
      throw Error(ErrorKind::invalid_argument,
                  {.field = "NearDuplicateOptions::threshold", .expected = "a number", .found = "NaN"});
  }

  template <class Body>
  void for_all(std::size_t stage, std::size_t count, Body&& body) const {
    stepwise_for(
        *executor_, count, workers_for(*executor_, count), stages_.of(stage), 0, count,
        [](std::size_t) { return std::size_t{1}; }, [&](std::size_t i, std::size_t) { body(i); });
  }

  void add_near(LexicalCandidates& candidates) const {
    const Points<T> rows = centred_ ? centred_->all() : points_;
    const double floor = centred_ ? threshold_ : -2;
    NeighborLists<T> lists(rows.rows(), std::min(options_.neighbors, rows.rows() - 1), lenient<T>(floor, rows.dims()));
    find_neighbors(rows, options_.search, options_.graph, stages_.run(3), executor_, lists);
    for (std::size_t row = 0; row < lists.rows(); ++row)
      for (const auto& entry : lists[row]) candidates.add(static_cast<std::uint32_t>(row), entry.index);
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
  ProgressStages stages_;
  std::shared_ptr<Executor> executor_;
  std::vector<KeyedText> keys_;
  std::optional<CentredRows<T>> centred_;
  double threshold_ = 0;
};

}  // namespace glossa::detail
