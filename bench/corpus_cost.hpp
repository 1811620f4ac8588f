// A number of texts comes in; what time and memory embedding them takes goes out.
#pragma once

#include "process_stats.hpp"

#include <glossa/embedder.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bench {

struct CorpusCost {
  std::size_t texts;
  double seconds;
  double peak_megabytes;  ///< of the process so far
};

/// Text i of a corpus: 4 to 11 words and the number, so that no two are the same.
inline std::string corpus_text(std::size_t i) {
  static const std::vector<std::string> words{"the", "cat", "sleep", "female", "protein", "a", "museo", "1"};
  std::uint64_t state = i * 6364136223846793005U + 1442695040888963407U;
  std::string text = std::to_string(i);
  for (std::size_t k = 4 + i % 8; k > 0; --k) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    text += " " + words[state >> 61];
  }
  return text;
}

/// As a program embeds a corpus that does not fit into memory: parts of 8192 texts, their vectors to one place. Making
/// the texts is part of the time.
inline CorpusCost cost_in_parts(const glossa::Embedder& embedder, std::size_t count) {
  constexpr std::size_t kPart = 8192;
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::string> texts;
  std::vector<float> vectors(std::min(kPart, count) * embedder.dims());
  for (std::size_t first = 0; first < count; first += kPart) {
    texts.clear();
    for (std::size_t i = first; i < std::min(first + kPart, count); ++i) texts.push_back(corpus_text(i));
    (void)embedder.embed_into(texts, glossa::Role::none, std::span(vectors).first(texts.size() * embedder.dims()));
  }
  return {count, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), peak_megabytes()};
}

/// One call for all texts, which stand in memory as their vectors do; the peak is without these.
inline CorpusCost cost_of_one_call(const glossa::Embedder& embedder, std::size_t count) {
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    texts.push_back(corpus_text(i));
    bytes += sizeof(std::string) + texts.back().capacity() + embedder.dims() * sizeof(float);
  }
  const auto start = std::chrono::steady_clock::now();
  const glossa::Embeddings vectors = embedder.embed(texts);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return {count, seconds, peak_megabytes() - static_cast<double>(bytes) / 1e6};
}

}  // namespace bench
