// Hits come in; a text for a prompt goes out, with numbered sources, within a budget of tokens.
#pragma once

#include <glossa/core/byte_range.hpp>
#include <glossa/store/chunk.hpp>
#include <glossa/store/store_options.hpp>
#include <glossa/store/text_borders.hpp>
#include <glossa/text/tokenizer.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

struct PromptSource {
  std::size_t number = 0;  ///< of its citation, from 1
  std::size_t hit = 0;     ///< index among the hits
  ByteRange bytes{};       ///< of its document's text, that the prompt has
};

struct PromptContext {
  std::string text{};
  std::size_t tokens = 0;
  std::vector<PromptSource> sources{};
};

namespace detail {

/// Takes hits, or parts of them, as long as they fit.
class PromptWriter {
 public:
  PromptWriter(const Tokenizer& tokenizer, std::size_t budget)
      : tokenizer_(tokenizer), budget_(budget), around_(tokenizer.count_tokens("")) {}

  /// Whether all of it fitted.
  bool take(const StoreHit& hit, std::size_t index) { return take(hit, index, hit.bytes, hit.text); }

  /// The same for a part of its text.
  bool take(const StoreHit& hit, std::size_t index, ByteRange bytes) {
    return has(hit, bytes) && take(hit, index, bytes, text_of(hit, bytes));
  }

  /// The best window, or all.
  [[nodiscard]] static ByteRange best_of(const StoreHit& hit) {
    return hit.windows > 1 && hit.best.begin < hit.best.end && has(hit, hit.best) ? hit.best : hit.bytes;
  }

  /// As many sentences from a place on as fit, or words where no sentence does.
  bool take_beginning(const StoreHit& hit, std::size_t index, ByteRange bytes) {
    if (!has(hit, bytes)) return false;
    const std::string_view text = text_of(hit, bytes);
    const std::vector<TextBorder> borders = text_borders(text);
    for (const BorderLevel level : {BorderLevel::sentence, BorderLevel::word}) {
      std::vector<std::size_t> ends;
      for (const TextBorder& border : borders)
        if (border.level >= level) ends.push_back(border.at);
      // Longer beginnings have more tokens, but for one or two where they are cut: each step is tried.
      std::size_t most = ends.size();
      for (std::size_t least = 0; least < most;) {
        const std::size_t middle = (least + most) / 2;
        PromptWriter trial = *this;
        if (trial.take(hit, index, {bytes.begin, bytes.begin + without_space(text, ends[middle])})) {
          least = middle + 1;
        } else {
          most = middle;
        }
      }
      if (most > 0 && take(hit, index, {bytes.begin, bytes.begin + without_space(text, ends[most - 1])})) return true;
    }
    return false;
  }

  [[nodiscard]] PromptContext& out() noexcept { return out_; }

 private:
  /// Whether its text has these bytes of the document.
  [[nodiscard]] static bool has(const StoreHit& hit, ByteRange bytes) {
    return hit.text.size() == hit.bytes.end - hit.bytes.begin && hit.bytes.begin <= bytes.begin &&
           bytes.begin <= bytes.end && bytes.end <= hit.bytes.end;
  }
  [[nodiscard]] static std::string_view text_of(const StoreHit& hit, ByteRange bytes) {
    return std::string_view(hit.text).substr(bytes.begin - hit.bytes.begin, bytes.end - bytes.begin);
  }

  bool take(const StoreHit& hit, std::size_t index, ByteRange bytes, std::string_view text) {
    const std::size_t number = out_.sources.size() + 1;
    std::string all = out_.text + (out_.text.empty() ? "" : "\n") + "[" + std::to_string(number) + "] " + head(hit) +
                      "(" + one_line(hit.document) + ", bytes " + std::to_string(bytes.begin) + "-" +
                      std::to_string(bytes.end) + ")\n" + std::string(text) + "\n";
    const std::size_t tokens = tokenizer_.count_tokens(all, Specials::text) - around_;
    if (tokens > budget_) return false;
    out_.text = std::move(all);
    out_.tokens = tokens;
    out_.sources.push_back({number, index, bytes});
    return true;
  }

  /// Title and headings, of which the first may be the title.
  [[nodiscard]] static std::string head(const StoreHit& hit) {
    std::string out;
    if (!begins_with_title(hit.context, hit.title)) out = one_line(hit.title) + (hit.context.empty() ? " " : ", ");
    return hit.context.empty() ? out : out + one_line(hit.context) + " ";
  }
  [[nodiscard]] static std::string one_line(std::string_view text) {
    std::string line(text);
    for (char& c : line)
      if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return line;
  }
  [[nodiscard]] static std::size_t without_space(std::string_view text, std::size_t end) {
    const std::size_t last = text.substr(0, end).find_last_not_of(" \t\r\n\v\f");
    return last == text.npos ? 0 : last + 1;
  }

  const Tokenizer& tokenizer_;
  std::size_t budget_;
  std::size_t around_;  ///< special tokens
  PromptContext out_{};
};

}  // namespace detail

/// The hits in order, each as
///     [1] Title, Chapter > Section (document id, bytes 10-250)
///     its text
/// as long as all of it has at most `budget` tokens by this tokenizer, special ones not counted. Of a hit of several
/// windows that does not fit the best window is tried; what does not fit then is left out, and those behind it are
/// tried. Where none fits, the prompt has as many sentences of the first as fit.
[[nodiscard]] inline PromptContext prompt_context(std::span<const StoreHit> hits, const Tokenizer& tokenizer,
                                                  std::size_t budget) {
  detail::PromptWriter writer(tokenizer, budget);
  for (std::size_t i = 0; i < hits.size(); ++i)
    if (!writer.take(hits[i], i) && hits[i].windows > 1) (void)writer.take(hits[i], i, writer.best_of(hits[i]));
  if (writer.out().sources.empty() && !hits.empty())
    (void)writer.take_beginning(hits.front(), 0, writer.best_of(hits.front()));
  return std::move(writer.out());
}

}  // namespace glossa
