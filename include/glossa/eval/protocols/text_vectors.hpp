// Texts come in; their vectors go out, each text embedded once, and looked at before anything is scored by them.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/text_encoder.hpp>
#include <glossa/search/search_options.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

/// How many texts an encoder is given in one call: often enough told how far it is, and seldom enough to sort by
/// length.
inline constexpr std::size_t kTextsAtOnce = 4096;

/// Vectors of texts, of which equal ones share a row.
class TextVectors {
 public:
  TextVectors(Embeddings rows, std::vector<std::size_t> row_of) : rows_(std::move(rows)), row_of_(std::move(row_of)) {}

  [[nodiscard]] std::size_t size() const noexcept { return row_of_.size(); }
  [[nodiscard]] std::span<const float> operator[](std::size_t text) const noexcept { return rows_[row_of_[text]]; }

  /// The vectors of some texts, one after another.
  [[nodiscard]] Embeddings gather(std::span<const std::size_t> texts) const {
    Embeddings out(texts.size(), rows_.dims());
    for (std::size_t i = 0; i < texts.size(); ++i) std::ranges::copy((*this)[texts[i]], out[i].begin());
    return out;
  }

  /// Those of all.
  [[nodiscard]] Embeddings all() && {
    if (rows_.rows() == size()) return std::move(rows_);
    std::vector<std::size_t> texts(size());
    std::iota(texts.begin(), texts.end(), std::size_t{0});
    return gather(texts);
  }

 private:
  Embeddings rows_;
  std::vector<std::size_t> row_of_;
};

[[nodiscard]] inline std::vector<std::string_view> views_of(std::span<const std::string> texts) {
  return {texts.begin(), texts.end()};
}

/// Embeds a protocol's texts and tells how many it has.
class ProtocolEncoder {
 public:
  /// texts: how many there will be in all. `encoder` and `options` must outlive this.
  ProtocolEncoder(const TextEncoder& encoder, const ProtocolOptions& options, std::size_t texts)
      : encoder_(encoder), options_(options), total_(texts) {
    if (!encoder) throw Error(ErrorKind::invalid_argument, {.field = "encoder", .problem = "the function is empty"});
  }
  ProtocolEncoder(const ProtocolEncoder&) = delete;
  ProtocolEncoder& operator=(const ProtocolEncoder&) = delete;

  /// Errors: the encoder's; `invalid_argument` where it gives another number of vectors than of texts, or vectors of
  /// another length than before; `numeric` for NaN and infinity.
  [[nodiscard]] TextVectors operator()(std::span<const std::string_view> texts, std::string_view prompt) {
    std::vector<std::string_view> different;
    std::unordered_map<std::string_view, std::size_t> rows;
    std::vector<std::size_t> row_of;
    row_of.reserve(texts.size());
    for (const std::string_view text : texts) {
      const auto [it, is_new] = rows.emplace(text, different.size());
      if (is_new) different.push_back(text);
      row_of.push_back(it->second);
    }
    Embeddings all;
    for (std::size_t first = 0; first < different.size(); first += kTextsAtOnce) {
      const std::span part = std::span(different).subspan(first, std::min(kTextsAtOnce, different.size() - first));
      tell();
      Embeddings made = encoder_(part, prompt);
      require(made, part);
      done_ += part.size();
      if (part.size() == different.size()) {
        all = std::move(made);
        break;
      }
      if (all.empty()) all = Embeddings(different.size(), dims_);
      for (std::size_t i = 0; i < part.size(); ++i) std::ranges::copy(made[i], all[first + i].begin());
    }
    done_ += texts.size() - different.size();
    tell();
    return {std::move(all), std::move(row_of)};
  }
  [[nodiscard]] TextVectors operator()(std::span<const std::string> texts, std::string_view prompt) {
    return (*this)(views_of(texts), prompt);
  }

  /// Tells the same again: the caller may have seen enough.
  void tell() const {
    if (options_.progress) options_.progress({.done = done_, .total = total_});
  }

  /// How the vectors are clustered.
  [[nodiscard]] ClusterRun cluster_run() const {
    ClusterRun run{.threads = options_.threads, .executor = options_.executor, .cpu_level = options_.cpu_level};
    if (options_.progress) run.progress = [this](const Progress&) { tell(); };
    return run;
  }

  /// How the vectors are searched.
  [[nodiscard]] SearchOptions cosine_search() const {
    return {.metric = Metric::cosine,
            .threads = options_.threads,
            .executor = options_.executor,
            .cpu_level = options_.cpu_level};
  }

 private:
  void require(const Embeddings& made, std::span<const std::string_view> texts) {
    if (dims_ == 0) dims_ = made.dims();
    if (made.rows() != texts.size() || made.dims() != dims_ || dims_ == 0)
      throw Error(ErrorKind::invalid_argument,
                  {.field = "encoder",
                   .problem = "it gave other vectors than one a text, all of one length",
                   .expected = std::to_string(texts.size()) + " vectors of " +
                               (dims_ == 0 ? "some" : std::to_string(dims_)) + " numbers",
                   .found = std::to_string(made.rows()) + " of " + std::to_string(made.dims())});
    for (std::size_t i = 0; i < texts.size(); ++i)
      if (!std::ranges::all_of(made[i], [](float value) { return std::isfinite(value); }))
        throw Error(ErrorKind::numeric, {.field = "encoder",
                                         .problem = "a text's vector has NaN or infinity in it",
                                         .found = shortened(std::string(texts[i].substr(0, 100)), 60),
                                         .remedy = "look at the model's weights, or at its precision"});
  }

  const TextEncoder& encoder_;
  const ProtocolOptions& options_;
  std::size_t total_;
  std::size_t done_ = 0;
  std::size_t dims_ = 0;
};

}  // namespace glossa::detail
