// Scores of a corpus come in; what a score means among them goes out.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/search/metric.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

/// How usual a score is within a corpus. Raw cosines of one model cannot be told from those of another: those of e5's
/// crowd above 0.7 even for texts that have nothing to do with each other.
class ScoreScale {
 public:
  /// scores: a sample; NaNs are left out. Errors: `invalid_argument` for fewer than two.
  explicit ScoreScale(std::vector<float> scores) : scores_(std::move(scores)) {
    std::erase_if(scores_, [](float score) { return std::isnan(score); });
    if (scores_.size() < 2)
      throw Error(ErrorKind::invalid_argument, {.field = "ScoreScale",
                                                .expected = "two scores or more that are numbers",
                                                .found = std::to_string(scores_.size())});
    std::sort(scores_.begin(), scores_.end());
    for (const float score : scores_) mean_ += static_cast<double>(score) / static_cast<double>(scores_.size());
    double squares = 0;
    for (const float score : scores_) {
      const double difference = static_cast<double>(score) - mean_;
      squares += difference * difference;
    }
    deviation_ = std::sqrt(squares / static_cast<double>(scores_.size() - 1));
  }

  [[nodiscard]] double mean() const noexcept { return mean_; }
  /// Standard deviation, of the sample (n - 1).
  [[nodiscard]] double deviation() const noexcept { return deviation_; }

  /// Standard deviations above the mean; where all scores are the same, 0 for that one and infinite for others.
  [[nodiscard]] double z_score(float score) const noexcept {
    const double difference = static_cast<double>(score) - mean_;
    return difference == 0 ? 0 : difference / deviation_;
  }

  /// How many in a hundred of the sample are smaller, those that are equal counted by half: 0 to 100.
  [[nodiscard]] double percentile(float score) const noexcept {
    const auto [first, last] = std::equal_range(scores_.begin(), scores_.end(), score);
    const double below = static_cast<double>(first - scores_.begin()) + static_cast<double>(last - first) / 2;
    return 100 * below / static_cast<double>(scores_.size());
  }

 private:
  std::vector<float> scores_;  // ascending
  double mean_ = 0;
  double deviation_ = 0;
};

/// The scale of the scores between different rows of a corpus, from `pairs` of them drawn at random; the same for the
/// same seed. Errors: `invalid_argument` for fewer than two rows, or pairs.
[[nodiscard]] inline ScoreScale calibrate(const Embeddings& corpus, Metric metric = Metric::cosine,
                                          std::size_t pairs = 10000, std::uint64_t seed = 42) {
  if (corpus.rows() < 2)
    throw Error(ErrorKind::invalid_argument,
                {.field = "calibrate", .expected = "two rows or more", .found = std::to_string(corpus.rows())});
  std::mt19937_64 random(seed);
  std::vector<float> scores(pairs);
  for (float& score : scores) {
    const std::size_t i = random() % corpus.rows();
    const std::size_t j = (i + 1 + random() % (corpus.rows() - 1)) % corpus.rows();
    score = similarity(corpus[i], corpus[j], metric);
  }
  return ScoreScale(std::move(scores));
}

}  // namespace glossa
