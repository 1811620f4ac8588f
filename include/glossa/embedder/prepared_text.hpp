// A text comes in; the token sequences that the encoder reads of it go out, with a receipt.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/embedder/model.hpp>
#include <glossa/embedder/options.hpp>
#include <glossa/text/windows.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A text on its way through the encoder.
struct PreparedText {
  std::vector<TokenWindow> windows;
  std::vector<float> vectors;  // one a window, from when the encoder turns to them
  std::size_t left = 0;        // windows that are not encoded yet
};

/// Puts the prompt before a text, tokenises it, and cuts it to what the model reads. Threads may share one.
class TextPreparer {
 public:
  TextPreparer(const Model& model, std::string prompt, const EmbedOptions& options)
      : model_(model), prompt_(std::move(prompt)), options_(options) {}

  /// Tokens of a text with its prompt.
  [[nodiscard]] std::size_t count_tokens(std::string_view text) const {
    return model_.tokenizer().count_tokens(with_prompt(text), model_.options().specials);
  }

  /// `index` is the text's number in errors.
  [[nodiscard]] PreparedText prepare(std::string_view own_text, std::size_t index, Receipt& receipt) const {
    PreparedText prepared;
    const std::string text = with_prompt(own_text);
    const std::size_t limit = model_.info().max_tokens;
    const Tokenizer& tokenizer = model_.tokenizer();
    EncodeOptions encode_options{.specials = model_.options().specials, .max_tokens = limit};
    Encoding encoding = tokenizer.encode(text, encode_options);
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
      receipt.used_bytes = own_text.size();
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
    if (prepared.windows.front().ids.empty())
      throw Error(ErrorKind::invalid_argument, {.field = "texts[" + std::to_string(index) + "]",
                                                .problem = "the text has no tokens, and the tokenizer adds none"});
    return prepared;
  }

 private:
  [[nodiscard]] std::string with_prompt(std::string_view text) const {
    std::string out = prompt_;
    out += text;
    return out;
  }

  const Model& model_;
  std::string prompt_;
  const EmbedOptions& options_;
};

}  // namespace glossa::detail
