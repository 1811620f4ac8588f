// Pairs of sentences come in; how alike the vectors of each pair are goes out.
#pragma once

#include <glossa/eval/paired_sizes.hpp>
#include <glossa/eval/protocols/paired_cosine.hpp>
#include <glossa/eval/protocols/text_vectors.hpp>
#include <glossa/search/metric.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// A way to compare, and what mteb's scores by it begin with.
struct PairMetric {
  std::string prefix;
  Metric metric;
};

/// "similarity" in pairs, and nothing in STS, is the model's own: the cosine for a model that does not say otherwise.
[[nodiscard]] inline std::vector<PairMetric> pair_metrics(const std::string& own) {
  return {{own, Metric::cosine},
          {"cosine_", Metric::cosine},
          {"manhattan_", Metric::manhattan},
          {"euclidean_", Metric::euclidean},
          {"dot_", Metric::dot}};
}

/// Pairs of vectors.
class ScoredPairs {
 public:
  /// Errors: see ProtocolEncoder; `invalid_argument` for lists of different lengths.
  ScoredPairs(std::span<const std::string> first, std::span<const std::string> second, const TextEncoder& encoder,
              const ProtocolOptions& options)
      : vectors_(embedded(first, second, encoder, options)) {}

  /// How alike each pair is, in double; larger is more alike.
  [[nodiscard]] std::vector<double> scores(Metric metric) const {
    const std::size_t pairs = vectors_.size() / 2;
    std::vector<double> scores(pairs);
    for (std::size_t i = 0; i < pairs; ++i)
      scores[i] = metric == Metric::cosine ? paired_cosine(vectors_[i], vectors_[pairs + i])
                                           : exact_similarity(vectors_[i], vectors_[pairs + i], metric);
    return scores;
  }

 private:
  static TextVectors embedded(std::span<const std::string> first, std::span<const std::string> second,
                              const TextEncoder& encoder, const ProtocolOptions& options) {
    require_equal_sizes(first.size(), second.size(), "sentence2");
    std::vector<std::string_view> texts = views_of(first);
    texts.insert(texts.end(), second.begin(), second.end());
    return ProtocolEncoder(encoder, options, texts.size())(texts, options.query_prompt);
  }

  TextVectors vectors_;  // of the first sentences, then of the second ones
};

}  // namespace glossa::detail
