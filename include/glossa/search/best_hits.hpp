// Scores of rows come in, one after another; the best few stay.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace glossa {

/// A row of a corpus and how well it matches.
struct Hit {
  std::size_t index = 0;
  float score = 0;
  friend bool operator==(const Hit&, const Hit&) = default;
};

namespace detail {

/// A row and its score as it decides on the order.
struct ScoredRow {
  double score;
  std::uint64_t index;
};

/// Larger scores first, then lower indices; NaN behind all.
template <class Row>
[[nodiscard]] bool is_better(const Row& a, const Row& b) noexcept {
  if (std::isnan(a.score) != std::isnan(b.score)) return std::isnan(b.score);
  if (a.score != b.score && !std::isnan(a.score)) return a.score > b.score;
  return a.index < b.index;
}

/// The best k of all rows added: a heap with the worst of them in front.
template <class Row>
class BestRows {
 public:
  explicit BestRows(std::size_t k) : k_(k) {}

  void add(const Row& row) {
    if (k_ == 0) return;
    if (rows_.size() == k_) {
      if (!is_better(row, rows_.front())) return;
      std::pop_heap(rows_.begin(), rows_.end(), is_better<Row>);
      rows_.pop_back();
    }
    rows_.push_back(row);
    std::push_heap(rows_.begin(), rows_.end(), is_better<Row>);
  }

  void add(const BestRows& others) {
    for (const Row& row : others.rows_) add(row);
  }

  /// A row whose score is below this is not among the best; minus infinity as long as every row is.
  [[nodiscard]] double threshold() const noexcept {
    const bool takes_all = rows_.size() < k_ || k_ == 0 || std::isnan(rows_.front().score);
    return takes_all ? -std::numeric_limits<double>::infinity() : rows_.front().score;
  }

  /// Best first.
  [[nodiscard]] std::vector<Row> ranked() const {
    std::vector<Row> rows = rows_;
    std::sort(rows.begin(), rows.end(), is_better<Row>);
    return rows;
  }
  [[nodiscard]] std::vector<Hit> sorted() const {
    std::vector<Hit> hits;
    hits.reserve(rows_.size());
    for (const Row& row : ranked())
      hits.push_back({static_cast<std::size_t>(row.index), static_cast<float>(row.score)});
    return hits;
  }

 private:
  std::size_t k_;
  std::vector<Row> rows_;
};
using BestHits = BestRows<ScoredRow>;

}  // namespace detail
}  // namespace glossa
