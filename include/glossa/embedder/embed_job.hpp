// The texts of one call come in; they go through tokenizer and encoder in batches, and their vectors go out.
#pragma once

#include <glossa/core/crew.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/first_failure.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/embedder/finished_vectors.hpp>
#include <glossa/embedder/model.hpp>
#include <glossa/embedder/options.hpp>
#include <glossa/embedder/prepared_text.hpp>
#include <glossa/embedder/progress_reporter.hpp>
#include <glossa/encoder/ragged_batch.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

/// One call of an Embedder. The texts go by slabs, so that the memory does not grow with their number: a slab is
/// tokenised, its sequences are sorted by length and cut into batches of a number of tokens, and the batches are
/// encoded, each by a thread of its own; who finds none left tokenises the next slab. The last batches are encoded by
/// all threads together, so that none of them waits for another, and a single text is encoded by all of them as well. A
/// text that stands there twice is encoded once.
class EmbedJob {
 public:
  EmbedJob(const Model& model, std::span<const std::string_view> texts, Role role, const EmbedOptions& options)
      : model_(model),
        texts_(texts),
        options_(options),
        preparer_(model, model.prompt(role), options),
        dims_(checked_dims()),
        finished_(model, options, dims_),
        progress_(options.progress, texts.size()) {
    if (options.keep_windows && options.long_text != LongText::windows)
      throw Error(ErrorKind::invalid_argument, {.field = "EmbedOptions::keep_windows",
                                                .problem = "only LongText::windows makes windows",
                                                .remedy = "set long_text = LongText::windows"});
    receipts_.resize(texts.size());
    find_duplicates();
  }

  /// Length of a vector.
  [[nodiscard]] std::size_t dims() const noexcept { return dims_; }

  /// Writes the vectors to `out`, [texts, dims()].
  void run(std::span<float> out) {
    Slab slab = cut_slab(0);
    if (options_.long_text == LongText::error && slab.end() != unique_.size()) check_lengths();
    parallel_for(model_.executor(), slab.texts.size(), [&](std::size_t i, std::size_t) { prepare(slab, i); });
    while (!slab.texts.empty()) {
      if (options_.long_text == LongText::error) refuse_long_texts(slab.first, slab.end());
      cut_batches(slab);
      Slab next = cut_slab(slab.end());
      encode(slab, next);
      for (std::size_t i = 0; i < slab.texts.size(); ++i) finished_.add(unique_[slab.first + i], slab.texts[i], out);
      slab = std::move(next);
    }
    finished_.repeat(first_, out);
    for (std::size_t i = 0; i < texts_.size(); ++i) receipts_[i] = receipts_[first_[i]];
  }

  [[nodiscard]] std::vector<Receipt> take_receipts() { return std::move(receipts_); }

  /// Puts receipts and windows into the result.
  void finish(Embeddings& result) {
    result.set_receipts(std::move(receipts_));
    if (options_.keep_windows) finished_.give_windows(result);
  }

 private:
  /// Texts are tokenised this many at a time, or fewer where they are long.
  static constexpr std::size_t kSlabTexts = 4096;
  static constexpr std::size_t kSlabBytes = std::size_t{1} << 20;

  /// Threads that share a batch, at most: with more, they would meet more than they compute.
  static constexpr std::size_t kMostMembers = 16;

  struct Sequence {
    std::size_t text;  // in the slab
    std::size_t window;
    std::size_t length;
  };

  struct Slab {
    std::size_t first;  // of unique_
    std::vector<PreparedText> texts;
    std::vector<Sequence> sequences;  // the longest ones first
    std::vector<std::span<const Sequence>> batches;

    [[nodiscard]] std::size_t end() const noexcept { return first + texts.size(); }
  };

  [[nodiscard]] std::size_t checked_dims() const {
    const std::size_t all = model_.encoder().dims();
    if (options_.dims > all)
      throw Error(ErrorKind::invalid_argument,
                  {.field = "EmbedOptions::dims",
                   .expected = "at most " + std::to_string(all) + ", the length of the model's vectors",
                   .found = std::to_string(options_.dims)});
    return options_.dims == 0 ? all : options_.dims;
  }

  void find_duplicates() {
    std::unordered_map<std::string_view, std::size_t> seen;
    seen.reserve(texts_.size());
    first_.resize(texts_.size());
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const auto [it, is_new] = seen.emplace(texts_[i], i);
      first_[i] = it->second;
      if (is_new) unique_.push_back(i);
    }
    copies_.assign(texts_.size(), 0);
    for (const std::size_t first : first_) ++copies_[first];
  }

  void check_stop() const {
    if (options_.stop.stop_requested()) throw Error(ErrorKind::cancelled, {.problem = "the caller asked to stop"});
  }

  /// Counts the tokens of all texts before the first slab is encoded, so that a text that is too long wastes no work.
  void check_lengths() {
    parallel_for(model_.executor(), unique_.size(), [&](std::size_t i, std::size_t) {
      check_stop();
      receipts_[unique_[i]].tokens = preparer_.count_tokens(texts_[unique_[i]]);
    });
    refuse_long_texts(0, unique_.size());
  }

  /// Refuses the first of the unique texts [begin, end), whose tokens are counted, that is too long.
  void refuse_long_texts(std::size_t begin, std::size_t end) const {
    const std::size_t limit = model_.info().max_tokens;
    for (std::size_t i = begin; i < end; ++i)
      if (const std::size_t tokens = receipts_[unique_[i]].tokens; tokens > limit)
        throw Error(ErrorKind::too_long, {.field = "texts[" + std::to_string(unique_[i]) + "]",
                                          .expected = "at most " + std::to_string(limit) + " tokens",
                                          .found = std::to_string(tokens),
                                          .remedy = "choose LongText::truncate or LongText::windows"});
  }

  /// Room for the unique texts from `first` on, as many as make a slab.
  [[nodiscard]] Slab cut_slab(std::size_t first) const {
    std::size_t end = first;
    for (std::size_t bytes = 0;
         end < unique_.size() && end - first < kSlabTexts && (end == first || bytes < kSlabBytes); ++end)
      bytes += texts_[unique_[end]].size();
    return {first, std::vector<PreparedText>(end - first), {}, {}};
  }

  void prepare(Slab& slab, std::size_t i) {
    check_stop();
    const std::size_t index = unique_[slab.first + i];
    slab.texts[i] = preparer_.prepare(texts_[index], index, receipts_[index]);
  }

  void cut_batches(Slab& slab) const {
    std::vector<Sequence>& sequences = slab.sequences;
    for (std::size_t i = 0; i < slab.texts.size(); ++i) {
      const std::vector<TokenWindow>& windows = slab.texts[i].windows;
      slab.texts[i].vectors.resize(windows.size() * model_.encoder().dims());
      for (std::size_t w = 0; w < windows.size(); ++w) sequences.push_back({i, w, windows[w].ids.size()});
    }
    std::stable_sort(sequences.begin(), sequences.end(),
                     [](const Sequence& a, const Sequence& b) { return a.length > b.length; });
    for (std::size_t begin = 0; begin < sequences.size();) {
      std::size_t tokens = sequences[begin].length;
      std::size_t end = begin + 1;
      while (end < sequences.size() && tokens + sequences[end].length <= model_.options().batch_tokens)
        tokens += sequences[end++].length;
      slab.batches.push_back(std::span(sequences).subspan(begin, end - begin));
      begin = end;
    }
  }

  /// Encodes the batches of `slab`, and prepares the texts of `next`.
  void encode(Slab& slab, Slab& next) {
    const std::size_t workers = std::max<std::size_t>(model_.executor().concurrency(), 1);
    const std::size_t together = workers == 1 ? 0 : std::min(workers, slab.batches.size());
    const std::size_t apart = slab.batches.size() - together;
    Crew crew(std::min(workers, kMostMembers));
    FirstFailure failure;
    std::atomic<std::size_t> next_batch{0};
    std::atomic<std::size_t> next_text{0};
    const auto work = [&](std::size_t worker) {
      std::optional<Model::WorkspaceLease> lease;
      for (std::size_t b; !failure.failed() && (b = next_batch.fetch_add(1)) < apart;) {
        if (!lease) lease.emplace(model_);
        Crew alone;
        encode_batch(slab.batches[b], slab, lease->get(), alone);
        report(slab.batches[b], slab);
      }
      for (std::size_t i; !failure.failed() && (i = next_text.fetch_add(1)) < next.texts.size();) prepare(next, i);
      if (worker >= crew.members()) return;
      crew.lead_or_help([&] {
        if (!lease) lease.emplace(model_);
        for (std::size_t b = apart; b < slab.batches.size() && !failure.failed(); ++b)
          encode_batch(slab.batches[b], slab, lease->get(), crew);
      });
    };
    const std::size_t useful = std::max(crew.members(), apart + next.texts.size());
    model_.executor().run(std::min(workers, useful), [&](std::size_t worker) {
      try {
        work(worker);
      } catch (...) {
        failure.capture();
      }
    });
    failure.rethrow();
    // The caller's function may wait for anything, so it is not called while the others help.
    for (std::size_t b = apart; b < slab.batches.size(); ++b) report(slab.batches[b], slab);
  }

  void encode_batch(std::span<const Sequence> sequences, Slab& slab, EncoderWorkspace& workspace, Crew& crew) const {
    check_stop();
    const std::size_t width = model_.encoder().dims();
    RaggedBatch batch;
    for (const Sequence& sequence : sequences) batch.add(slab.texts[sequence.text].windows[sequence.window].ids);
    std::vector<float> vectors(sequences.size() * width);
    model_.encoder().encode(batch, workspace, crew, vectors.data());
    for (std::size_t i = 0; i < sequences.size(); ++i)
      std::copy_n(
          vectors.begin() + static_cast<std::ptrdiff_t>(i * width), width,
          slab.texts[sequences[i].text].vectors.begin() + static_cast<std::ptrdiff_t>(sequences[i].window * width));
  }

  void report(std::span<const Sequence> sequences, Slab& slab) {
    progress_.add([&](Progress& progress) {
      for (const Sequence& sequence : sequences) {
        progress.tokens += sequence.length;
        if (--slab.texts[sequence.text].left == 0) progress.done += copies_[unique_[slab.first + sequence.text]];
      }
    });
  }

  const Model& model_;
  std::span<const std::string_view> texts_;
  const EmbedOptions& options_;
  TextPreparer preparer_;
  std::size_t dims_;
  std::vector<std::size_t> first_;   // the first text that is equal to text i
  std::vector<std::size_t> unique_;  // texts that are their own first
  std::vector<std::size_t> copies_;  // how many texts are equal to a unique one
  std::vector<Receipt> receipts_;
  FinishedVectors finished_;
  ProgressReporter progress_;
};

}  // namespace glossa::detail
