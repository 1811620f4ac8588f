// Chunks of texts are embedded; how far that is goes to the terminal, and Ctrl-C to the embedder.
#pragma once

#include "interrupt.hpp"
#include "line_reader.hpp"
#include "progress_bar.hpp"

#include <glossa/core/embeddings.hpp>
#include <glossa/embedder/options.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <stop_token>
#include <string>

namespace tool {

class EmbedProgress {
 public:
  /// Both must outlive this; `options` are those of the calls to come.
  EmbedProgress(const LineReader& reader, glossa::EmbedOptions& options) : reader_(reader) {
    options.stop = stop_.get_token();
    options.progress = [this](const glossa::Progress& progress) {
      if (interrupted) stop_.request_stop();
      const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
      bar_.update(texts_ + progress.done, tokens_ + progress.tokens,
                  static_cast<double>(begin_) + share * static_cast<double>(end_ - begin_),
                  static_cast<double>(reader_.size()));
    };
  }

  /// A chunk was read.
  void begin_chunk() {
    begin_ = end_;
    end_ = reader_.position();
  }
  /// Its vectors are there.
  void end_chunk(const glossa::Embeddings& vectors) {
    for (const glossa::Receipt& receipt : vectors.receipts()) {
      tokens_ += receipt.used_tokens;
      truncated_ += receipt.truncated();
    }
    texts_ += vectors.rows();
  }

  /// Removes the bar, and tells of texts that were cut.
  void finish(std::size_t max_tokens, const std::string& remedy = {}) {
    bar_.clear();
    if (truncated_ > 0)
      std::cerr << "glossa: " << truncated_ << " of " << texts_ << " texts were longer than " << max_tokens
                << " tokens and were cut" << remedy << '\n';
  }

 private:
  const LineReader& reader_;
  ProgressBar bar_;
  std::stop_source stop_;
  std::size_t texts_ = 0;
  std::size_t tokens_ = 0;
  std::size_t truncated_ = 0;
  std::uint64_t begin_ = 0;  // of the chunk, in the input
  std::uint64_t end_ = 0;
};

}  // namespace tool
