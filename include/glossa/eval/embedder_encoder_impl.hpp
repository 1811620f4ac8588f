// Definition of EmbedderEncoder; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/distinct_texts.hpp>
#include <glossa/eval/embedder_encoder.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// What sentence-transformers makes of a prompt and a text.
[[nodiscard]] inline std::string prompted_text(std::string_view prompt, std::string_view text) {
  const std::string all = std::string(prompt).append(text);
  const ValidText valid(all);
  return std::string(python_strip(valid.view()));
}

}  // namespace detail

GLOSSA_INLINE EmbedderEncoder::EmbedderEncoder(Embedder embedder, EmbedderEncoderOptions options)
    : embedder_(std::move(embedder)), options_(std::move(options)) {
  if (options_.batch_texts == 0)
    throw Error(ErrorKind::invalid_argument, {.field = "batch_texts", .expected = "at least 1", .found = "0"});
  if (options_.cache != nullptr && options_.cache->dims() != embedder_.dims())
    throw Error(ErrorKind::invalid_argument,
                {.field = "cache",
                 .expected = "vectors of " + std::to_string(embedder_.dims()) + " numbers, as the model's",
                 .found = std::to_string(options_.cache->dims()),
                 .remedy = "open it for the fingerprint() and the dims() of this model"});
}

GLOSSA_INLINE Embeddings EmbedderEncoder::operator()(std::span<const std::string_view> texts, std::string_view prompt) {
  const detail::DistinctTexts each(texts);
  const std::span<const std::string_view> distinct = each.texts();
  counts_->texts += texts.size();
  Embeddings found(distinct.size(), embedder_.dims());
  for (std::size_t begin = 0; begin < distinct.size();) {
    if (options_.stop.stop_requested())  // the embedder looks, but may have nothing to do
      throw Error(ErrorKind::cancelled, {.problem = "the caller asked to stop"});
    const std::size_t count = std::min(options_.batch_texts, distinct.size() - begin);
    const auto batch = distinct.subspan(begin, count);
    const Progress before{.done = begin, .total = distinct.size(), .tokens = counts_->tokens};
    const Embeddings made =
        options_.cache == nullptr
            ? embed(batch, prompt, before)
            : options_.cache->embed(prompt, batch, [&](std::span<const std::string_view> missing) {
                return embed(missing, prompt, {begin + count - missing.size(), distinct.size(), counts_->tokens});
              });
    std::copy(made.values().begin(), made.values().end(), found.values().subspan(begin * found.dims()).begin());
    begin += count;
    if (options_.progress) options_.progress({begin, distinct.size(), counts_->tokens});
  }
  return each.of_all(std::move(found));
}

GLOSSA_INLINE Embeddings EmbedderEncoder::embed(std::span<const std::string_view> texts, std::string_view prompt,
                                                const Progress& before) {
  std::vector<std::string> prompted;
  prompted.reserve(texts.size());
  for (const std::string_view text : texts) prompted.push_back(detail::prompted_text(prompt, text));
  EmbedOptions options{.stop = options_.stop};
  if (options_.progress)
    options.progress = [&](const Progress& own) {
      options_.progress({before.done + own.done, before.total, before.tokens + own.tokens});
    };
  const auto start = std::chrono::steady_clock::now();
  Embeddings vectors = embedder_.embed(prompted, options);
  counts_->seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  counts_->embedded += texts.size();
  for (const Receipt& receipt : vectors.receipts()) {
    counts_->tokens += receipt.used_tokens;
    counts_->truncated += receipt.truncated();
  }
  return vectors;
}

}  // namespace glossa
