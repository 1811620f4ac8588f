// The texts of one call come in; they go through tokenizer and encoder in batches, and their vectors go out.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/embedder/model.hpp>
#include <glossa/embedder/options.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/text/windows.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

/// One call of an Embedder. The texts go by slabs, so that the memory does not grow with their number: a slab is
/// tokenised on all threads, its sequences are sorted by length and cut into batches of a number of tokens, and the
/// batches are encoded on all threads. A text that stands there twice is encoded once.
class EmbedJob {
 public:
  EmbedJob(const Model& model, std::span<const std::string_view> texts, Role role, const EmbedOptions& options)
      : model_(model), texts_(texts), options_(options), prompt_(model.prompt(role)), dims_(model.encoder().dims()) {
    if (options.dims > dims_)
      throw Error(ErrorKind::invalid_argument,
                  {.field = "EmbedOptions::dims",
                   .expected = "at most " + std::to_string(dims_) + ", the length of the model's vectors",
                   .found = std::to_string(options.dims)});
    if (options.dims != 0) dims_ = options.dims;
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
    if (options_.long_text == LongText::error && slab_end(0) != unique_.size()) check_lengths();
    for (std::size_t first = 0; first < unique_.size();) first = encode_slab(first, out);
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (first_[i] == i) continue;
      std::copy_n(out.begin() + static_cast<std::ptrdiff_t>(first_[i] * dims_), dims_,
                  out.begin() + static_cast<std::ptrdiff_t>(i * dims_));
      receipts_[i] = receipts_[first_[i]];
    }
    if (options_.keep_windows) repeat_windows();
  }

  [[nodiscard]] std::vector<Receipt> take_receipts() { return std::move(receipts_); }

  /// Puts receipts and windows into the result.
  void finish(Embeddings& result) {
    result.set_receipts(std::move(receipts_));
    if (options_.keep_windows) result.set_windows(std::move(windows_), std::move(window_values_));
  }

 private:
  /// Texts are tokenised this many at a time, or fewer where they are long.
  static constexpr std::size_t kSlabTexts = 4096;
  static constexpr std::size_t kSlabBytes = std::size_t{1} << 20;

  /// A text on its way through the encoder.
  struct Prepared {
    std::vector<TokenWindow> windows;
    std::vector<float> vectors;  // one a window
    std::size_t left = 0;        // windows that are not encoded yet
  };

  struct Sequence {
    std::size_t text;  // in the slab
    std::size_t window;
    std::size_t length;
  };

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
      receipts_[unique_[i]].tokens =
          model_.tokenizer().count_tokens(with_prompt(texts_[unique_[i]]), model_.options().specials);
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

  /// Where the slab that starts with unique text `first` ends.
  [[nodiscard]] std::size_t slab_end(std::size_t first) const {
    std::size_t end = first;
    for (std::size_t bytes = 0;
         end < unique_.size() && end - first < kSlabTexts && (end == first || bytes < kSlabBytes); ++end)
      bytes += texts_[unique_[end]].size();
    return end;
  }

  /// Encodes the unique texts from `first` on, as many as make a slab, and returns where the next one starts.
  std::size_t encode_slab(std::size_t first, std::span<float> out) {
    const std::size_t end = slab_end(first);
    std::vector<Prepared> slab(end - first);
    parallel_for(model_.executor(), slab.size(), [&](std::size_t i, std::size_t) {
      check_stop();
      prepare(unique_[first + i], slab[i]);
    });
    if (options_.long_text == LongText::error) refuse_long_texts(first, end);
    std::vector<Sequence> sequences;
    for (std::size_t i = 0; i < slab.size(); ++i)
      for (std::size_t w = 0; w < slab[i].windows.size(); ++w)
        sequences.push_back({i, w, slab[i].windows[w].ids.size()});
    std::stable_sort(sequences.begin(), sequences.end(),
                     [](const Sequence& a, const Sequence& b) { return a.length > b.length; });
    const std::vector<std::span<const Sequence>> batches = cut_batches(sequences);
    const std::size_t workers = workers_for(model_.executor(), batches.size());
    std::vector<std::optional<Model::WorkspaceLease>> leases(workers);
    parallel_for(model_.executor(), batches.size(), workers, [&](std::size_t b, std::size_t worker) {
      check_stop();
      if (!leases[worker]) leases[worker].emplace(model_);
      encode_batch(batches[b], slab, leases[worker]->get());
      report(batches[b], slab, first);
    });
    for (std::size_t i = 0; i < slab.size(); ++i) combine(unique_[first + i], slab[i], out);
    return end;
  }

  /// Tokenises a text and fills its receipt.
  void prepare(std::size_t index, Prepared& prepared) {
    const std::string text = with_prompt(texts_[index]);
    const std::size_t limit = model_.info().max_tokens;
    const Tokenizer& tokenizer = model_.tokenizer();
    EncodeOptions encode_options{.specials = model_.options().specials, .max_tokens = limit};
    Encoding encoding = tokenizer.encode(text, encode_options);
    Receipt& receipt = receipts_[index];
    receipt.tokens = encoding.total_tokens;
    receipt.used_tokens = encoding.ids.size();
    receipt.used_bytes = std::max(encoding.used_bytes, prompt_.size()) - prompt_.size();
    receipt.unknown_tokens = encoding.unknown_tokens;
    if (encoding.truncated() && options_.long_text == LongText::windows) {
      encode_options = {.specials = model_.options().specials, .add_special_tokens = false, .with_offsets = true};
      encoding = tokenizer.encode(text, encode_options);
      prepared.windows = cut_windows(encoding, prompt_.size(), model_.prefix_ids(), model_.suffix_ids(), limit,
                                     options_.window_overlap);
      receipt.used_tokens = receipt.tokens;
      receipt.used_bytes = texts_[index].size();
      receipt.unknown_tokens = encoding.unknown_tokens;
    } else {
      TokenWindow whole;
      whole.tokens = encoding.ids.size() - model_.added_tokens();
      if (options_.keep_windows && !prompt_.empty()) {
        encode_options = {.specials = model_.options().specials, .add_special_tokens = false, .with_offsets = true};
        whole.tokens -= count_prompt_tokens(tokenizer.encode(text, encode_options), prompt_.size());
      }
      whole.bytes = {0, receipt.used_bytes};
      whole.ids = std::move(encoding.ids);
      prepared.windows.push_back(std::move(whole));
    }
    receipt.windows = prepared.windows.size();
    prepared.left = prepared.windows.size();
    prepared.vectors.resize(prepared.windows.size() * model_.encoder().dims());
    if (prepared.windows.front().ids.empty())
      throw Error(ErrorKind::invalid_argument, {.field = "texts[" + std::to_string(index) + "]",
                                                .problem = "the text has no tokens, and the tokenizer adds none"});
  }

  [[nodiscard]] std::string with_prompt(std::string_view text) const {
    std::string out = prompt_;
    out += text;
    return out;
  }

  [[nodiscard]] std::vector<std::span<const Sequence>> cut_batches(const std::vector<Sequence>& sequences) const {
    std::vector<std::span<const Sequence>> batches;
    for (std::size_t begin = 0; begin < sequences.size();) {
      std::size_t tokens = sequences[begin].length;
      std::size_t end = begin + 1;
      while (end < sequences.size() && tokens + sequences[end].length <= model_.options().batch_tokens)
        tokens += sequences[end++].length;
      batches.push_back(std::span(sequences).subspan(begin, end - begin));
      begin = end;
    }
    return batches;
  }

  void encode_batch(std::span<const Sequence> sequences, std::vector<Prepared>& slab,
                    EncoderWorkspace& workspace) const {
    const std::size_t width = model_.encoder().dims();
    RaggedBatch batch;
    for (const Sequence& sequence : sequences) batch.add(slab[sequence.text].windows[sequence.window].ids);
    std::vector<float> vectors(sequences.size() * width);
    model_.encoder().encode(batch, workspace, vectors.data());
    for (std::size_t i = 0; i < sequences.size(); ++i)
      std::copy_n(vectors.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                  slab[sequences[i].text].vectors.begin() + static_cast<std::ptrdiff_t>(sequences[i].window * width));
  }

  void report(std::span<const Sequence> sequences, std::vector<Prepared>& slab, std::size_t first) {
    std::unique_lock lock(progress_mutex_);
    for (const Sequence& sequence : sequences) {
      progress_.tokens += sequence.length;
      if (--slab[sequence.text].left == 0) progress_.done += copies_[unique_[first + sequence.text]];
    }
    progress_.total = texts_.size();
    has_news_ = true;
    // One thread calls back at a time, and without the lock: the callback may wait for work that ends in here again.
    if (!options_.progress || is_calling_back_) return;
    is_calling_back_ = true;
    while (has_news_) {
      has_news_ = false;
      const Progress now = progress_;
      lock.unlock();
      options_.progress(now);  // if it throws, the job ends and nobody calls back again
      lock.lock();
    }
    is_calling_back_ = false;
  }

  /// Averages a text's windows by their tokens, shortens the vector if asked to, and writes it to its row.
  void combine(std::size_t index, const Prepared& prepared, std::span<float> out) {
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
      window_values_.insert(window_values_.end(), vector.begin(), vector.end());
    }
  }

  /// Keeps the first dims() dimensions; gives the vector unit length again where it had it and lost it.
  void shorten(std::vector<float>& vector, bool averaged) const {
    const bool shortens = vector.size() != dims_;
    vector.resize(dims_);
    if (!model_.info().normalize || !(shortens || averaged)) return;
    double squares = 0;
    for (const float x : vector) squares += static_cast<double>(x) * static_cast<double>(x);
    const double length = std::max(std::sqrt(squares), 1e-12);
    for (float& x : vector) x = static_cast<float>(static_cast<double>(x) / length);
  }

  /// Gives texts that stand there again the windows of their first occurrence, and brings all into the texts' order.
  void repeat_windows() {
    std::unordered_map<std::size_t, std::pair<std::size_t, std::size_t>> ranges;  // of windows_, by unique text
    for (std::size_t w = 0; w < windows_.size(); ++w)
      ++ranges.emplace(windows_[w].text, std::pair(w, w)).first->second.second;
    std::vector<TextWindow> windows;
    std::vector<float> values;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const auto [begin, end] = ranges.at(first_[i]);
      for (std::size_t w = begin; w < end; ++w) {
        windows.push_back(windows_[w]);
        windows.back().text = i;
        const auto from = window_values_.begin() + static_cast<std::ptrdiff_t>(w * dims_);
        values.insert(values.end(), from, from + static_cast<std::ptrdiff_t>(dims_));
      }
    }
    windows_ = std::move(windows);
    window_values_ = std::move(values);
  }

  const Model& model_;
  std::span<const std::string_view> texts_;
  const EmbedOptions& options_;
  std::string prompt_;
  std::size_t dims_;
  std::vector<std::size_t> first_;   // the first text that is equal to text i
  std::vector<std::size_t> unique_;  // texts that are their own first
  std::vector<std::size_t> copies_;  // how many texts are equal to a unique one
  std::vector<Receipt> receipts_;
  std::vector<TextWindow> windows_;
  std::vector<float> window_values_;
  std::mutex progress_mutex_;
  Progress progress_;      // and what follows: guarded by progress_mutex_
  bool has_news_ = false;  // progress_ has changed since the last callback
  bool is_calling_back_ = false;
};

}  // namespace glossa::detail
