// The vectors of a text's windows come in; the text's own vector goes out, as the caller wants it.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/embedder/model.hpp>
#include <glossa/embedder/options.hpp>
#include <glossa/embedder/prepared_text.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Averages windows, shortens vectors, and keeps those of the windows where they are asked for.
class FinishedVectors {
 public:
  /// `dims`: how many of a vector are kept.
  FinishedVectors(const Model& model, const EmbedOptions& options, std::size_t dims)
      : model_(model), options_(options), dims_(dims) {}

  /// Writes the vector of text `index` to its row of `out`, [texts, dims]. Errors: `numeric` where it is not finite.
  void add(std::size_t index, const PreparedText& prepared, std::span<float> out) {
    const std::size_t width = model_.encoder().dims();
    std::vector<float> vector(prepared.vectors.begin(), prepared.vectors.begin() + static_cast<std::ptrdiff_t>(width));
    if (prepared.windows.size() > 1) {
      std::vector<double> sum(width, 0.0);
      double weight = 0;
      for (std::size_t w = 0; w < prepared.windows.size(); ++w) {
        const auto tokens = static_cast<double>(prepared.windows[w].tokens);
        weight += tokens;
        for (std::size_t i = 0; i < width; ++i) sum[i] += tokens * static_cast<double>(prepared.vectors[w * width + i]);
      }
      for (std::size_t i = 0; i < width; ++i) vector[i] = static_cast<float>(sum[i] / weight);
    }
    shorten(vector, prepared.windows.size() > 1);
    for (const float x : vector)
      if (!std::isfinite(x))
        throw Error(ErrorKind::numeric, {.file = path_text(model_.info().folder),
                                         .field = "texts[" + std::to_string(index) + "]",
                                         .problem = "the model computed a vector with NaN or infinity",
                                         .remedy = "are the weights damaged? run verify()"});
    std::copy(vector.begin(), vector.end(), out.begin() + static_cast<std::ptrdiff_t>(index * dims_));
    if (!options_.keep_windows) return;
    for (std::size_t w = 0; w < prepared.windows.size(); ++w) {
      const auto from = prepared.vectors.begin() + static_cast<std::ptrdiff_t>(w * width);
      vector.assign(from, from + static_cast<std::ptrdiff_t>(width));
      shorten(vector, false);
      windows_.push_back({index, prepared.windows[w].bytes, prepared.windows[w].tokens});
      values_.insert(values_.end(), vector.begin(), vector.end());
    }
  }

  /// Gives texts that stand there again the vector and the windows of their first occurrence, and brings all into the
  /// texts' order. first[i]: the first text that is equal to text i.
  void repeat(const std::vector<std::size_t>& first, std::span<float> out) {
    for (std::size_t i = 0; i < first.size(); ++i)
      if (first[i] != i)
        std::copy_n(out.begin() + static_cast<std::ptrdiff_t>(first[i] * dims_), dims_,
                    out.begin() + static_cast<std::ptrdiff_t>(i * dims_));
    if (!options_.keep_windows) return;
    std::unordered_map<std::size_t, std::pair<std::size_t, std::size_t>> ranges;  // of windows_, by unique text
    for (std::size_t w = 0; w < windows_.size(); ++w)
      ++ranges.emplace(windows_[w].text, std::pair(w, w)).first->second.second;
    std::vector<TextWindow> windows;
    std::vector<float> values;
    for (std::size_t i = 0; i < first.size(); ++i) {
      const auto [begin, end] = ranges.at(first[i]);
      for (std::size_t w = begin; w < end; ++w) {
        windows.push_back(windows_[w]);
        windows.back().text = i;
        const auto from = values_.begin() + static_cast<std::ptrdiff_t>(w * dims_);
        values.insert(values.end(), from, from + static_cast<std::ptrdiff_t>(dims_));
      }
    }
    windows_ = std::move(windows);
    values_ = std::move(values);
  }

  /// Moves the windows that were kept into `result`.
  void give_windows(Embeddings& result) { result.set_windows(std::move(windows_), std::move(values_)); }

 private:
  /// Keeps the first dims dimensions; gives the vector unit length again where it had it and lost it.
  void shorten(std::vector<float>& vector, bool averaged) const {
    const bool shortens = vector.size() != dims_;
    vector.resize(dims_);
    if (!model_.info().normalize || !(shortens || averaged)) return;
    double squares = 0;
    for (const float x : vector) squares += static_cast<double>(x) * static_cast<double>(x);
    const double length = std::max(std::sqrt(squares), 1e-12);
    for (float& x : vector) x = static_cast<float>(static_cast<double>(x) / length);
  }

  const Model& model_;
  const EmbedOptions& options_;
  std::size_t dims_;
  std::vector<TextWindow> windows_;
  std::vector<float> values_;
};

}  // namespace glossa::detail
