// Links with margins come in; how probable it is that each is a translation goes out.
#pragma once

#include <glossa/cluster/translation_links.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace glossa::detail {

/// A mixture of two kinds of links, true and false ones, whose margins are normally distributed, as fitted by
/// expectation maximisation (Dempster, Laird & Rubin 1977). What share of a corpus has a translation at all differs
/// most from corpus to corpus, and by how much these stand out from language to language: both are estimated, the
/// latter held to what is usual by a prior. How false links are distributed differs little where margins are measured
/// in standard deviations of the cosines between the two languages; that, and how often links are mutual, is taken from
/// parallel texts of other corpora (XQuAD questions, SIB-200, STS-B; see bench/README.md).
class TranslationOdds {
 public:
  /// deviation: of the cosines between vectors of the two languages.
  TranslationOdds(std::span<const TranslationLink> links, double deviation) {
    const double scale = deviation > 0 ? 1 / deviation : 0;
    for (const TranslationLink& link : links) {
      margins_.push_back(link.margin * scale);
      mutual_.push_back(link.is_mutual);
    }
    probabilities_.resize(links.size());
    for (int round = 0; round < kRounds && !links.empty(); ++round)
      if (!improve()) break;
  }

  [[nodiscard]] std::span<const double> probabilities() const noexcept { return probabilities_; }
  /// Of the links that are true.
  [[nodiscard]] double share() const noexcept { return share_; }

 private:
  static constexpr int kRounds = 500;
  static constexpr double kFalseMean = 0.2;
  static constexpr double kFalseDeviation = 1.15;
  static constexpr double kTrueMean = 4.4;
  static constexpr double kTrueDeviation = 1.9;
  static constexpr double kLeastTrueMean = 3.2;
  static constexpr double kPrior = 50;  ///< links that the usual mean of true ones counts for
  static constexpr double kTrueMutual = 0.985;
  static constexpr double kFalseMutual = 0.45;

  [[nodiscard]] double probability(double margin, bool mutual) const noexcept {
    // Below the mean of false links, or above that of true ones, nothing more is to be learnt.
    const double m = std::clamp(margin, kFalseMean, true_mean_);
    const double of_true = (m - true_mean_) / kTrueDeviation;
    const double of_false = (m - kFalseMean) / kFalseDeviation;
    double odds = (of_false * of_false - of_true * of_true) / 2 + std::log(kFalseDeviation / kTrueDeviation);
    odds += mutual ? std::log(kTrueMutual / kFalseMutual) : std::log((1 - kTrueMutual) / (1 - kFalseMutual));
    return 1 / (1 + std::exp(-odds) * (1 - share_) / share_);
  }

  /// One step; false where it changed nothing.
  bool improve() {
    double sum = 0;
    double weighted = 0;
    for (std::size_t i = 0; i < margins_.size(); ++i) {
      probabilities_[i] = probability(margins_[i], mutual_[i]);
      sum += probabilities_[i];
      weighted += probabilities_[i] * margins_[i];
    }
    const auto count = static_cast<double>(margins_.size());
    const double share = std::clamp(sum / count, 0.5 / count, 1 - 0.5 / count);
    const double mean = std::max(kLeastTrueMean, (weighted + kPrior * kTrueMean) / (sum + kPrior));
    const bool changed = std::abs(share - share_) + std::abs(mean - true_mean_) > 1e-7;
    share_ = share;
    true_mean_ = mean;
    return changed;
  }

  std::vector<double> margins_;
  std::vector<bool> mutual_;
  std::vector<double> probabilities_;
  double share_ = 0.5;
  double true_mean_ = kTrueMean;
};

}  // namespace glossa::detail
