// Records come in and get labels, the numbers that Faiss knows them by; records, labels and lengths go out.
#pragma once

#include <glossa/store/connectors/faiss_index.hpp>
#include <glossa/store/connectors/faiss_options.hpp>
#include <glossa/store/vector_store.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

[[nodiscard]] inline float length_of(std::span<const float> vector) {
  return static_cast<float>(std::sqrt(exact_dot(vector, vector)));
}

/// What the index holds of a vector: for cosine, at unit length.
[[nodiscard]] inline std::vector<float> indexed_row(std::span<const float> vector, Metric metric) {
  std::vector<float> row(vector.begin(), vector.end());
  const float length = metric == Metric::cosine ? length_of(vector) : 0;
  if (length > 0)
    for (float& x : row) x /= length;
  return row;
}

class FaissRows {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] std::optional<std::int64_t> label_of(const std::string& id) const {
    const auto at = labels_.find(id);
    return at == labels_.end() ? std::nullopt : std::optional(at->second);
  }
  /// The record; its vector is empty where it is only in the index.
  [[nodiscard]] const VectorRecord& at(std::int64_t label) const { return rows_.at(label).record; }
  [[nodiscard]] float length_of(std::int64_t label) const { return rows_.at(label).length; }
  [[nodiscard]] auto begin() const { return rows_.begin(); }
  [[nodiscard]] auto end() const { return rows_.end(); }

  /// Above all others.
  [[nodiscard]] std::int64_t next_label() const noexcept { return next_; }

  /// Puts records with new labels in the place of those with `gone`, which have some of their ids: all, or nothing.
  void replace(const std::vector<std::int64_t>& labels, std::span<const VectorRecord* const> records,
               const std::vector<std::int64_t>& gone, const FaissOptions& options) {
    try {
      for (std::size_t i = 0; i < labels.size(); ++i) rows_.emplace(labels[i], row_of(*records[i], options));
      for (std::size_t i = 0; i < labels.size(); ++i) labels_.try_emplace(records[i]->id, labels[i]);
    } catch (...) {
      for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto known = labels_.find(records[i]->id);
        if (known != labels_.end() && known->second == labels[i]) labels_.erase(known);
        rows_.erase(labels[i]);
      }
      throw;
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
      labels_.find(records[i]->id)->second = labels[i];
      next_ = std::max(next_, labels[i] + 1);
    }
    for (const std::int64_t label : gone) rows_.erase(label);
  }
  void put(std::int64_t label, VectorRecord record, float length) {
    labels_[record.id] = label;
    rows_[label] = {std::move(record), length};
    if (label >= next_) next_ = label + 1;
  }
  void remove(std::int64_t label) {
    labels_.erase(rows_.at(label).record.id);
    rows_.erase(label);
  }

 private:
  struct Row {
    VectorRecord record;
    float length;  // of the vector before it was brought to unit length
  };
  [[nodiscard]] static Row row_of(const VectorRecord& record, const FaissOptions& options) {
    const bool is_exact_in_index = options.kind == FaissKind::flat && options.metric != Metric::cosine;
    const bool keeps = options.keep_vectors && !is_exact_in_index;
    return {{record.id, keeps ? record.vector : std::vector<float>(), record.text, record.metadata},
            options.metric == Metric::cosine ? detail::length_of(record.vector) : 1.0F};
  }
  std::map<std::int64_t, Row> rows_{};
  std::unordered_map<std::string, std::int64_t> labels_{};
  std::int64_t next_ = 0;
};

/// Labels and what the index holds for them, one row after another.
[[nodiscard]] inline std::pair<std::vector<std::int64_t>, std::vector<float>> all_rows(const FaissIndex& index,
                                                                                       const FaissRows& rows,
                                                                                       const FaissOptions& options) {
  std::vector<std::int64_t> labels;
  std::vector<float> flat(rows.size() * options.dims);
  for (const auto& [label, row] : rows) {
    index.reconstruct(label, flat.data() + labels.size() * options.dims);
    labels.push_back(label);
  }
  return {std::move(labels), std::move(flat)};
}

}  // namespace glossa::detail
