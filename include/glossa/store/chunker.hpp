// A document's text comes in; the parts that are embedded go out, cut where paragraphs, sentences or words end.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/chunk.hpp>
#include <glossa/store/markdown_sections.hpp>
#include <glossa/store/text_borders.hpp>
#include <glossa/text/graphemes.hpp>
#include <glossa/text/tokenizer.hpp>

#include <algorithm>
#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

/// Cuts texts for a model. Every byte that is not white space is in some chunk; a chunk ends at the end of a paragraph
/// where one lies in its second half, else of a sentence, else of a line, else of a word, and inside of a word only
/// where that is longer than a chunk. Takes time in proportion to the text.
class Chunker {
 public:
  /// `prompt` is what the model sees before each chunk. Errors: `invalid_argument` where max_tokens leaves no room.
  Chunker(Tokenizer tokenizer, std::string prompt, std::size_t max_tokens, std::size_t overlap_tokens,
          Specials specials = Specials::recognised)
      : tokenizer_(std::move(tokenizer)),
        prompt_(std::move(prompt)),
        most_(max_tokens),
        overlap_(overlap_tokens),
        specials_(specials) {
    const std::size_t around = tokenizer_.count_tokens(prompt_, specials_);
    if (most_ < around + kLeastRoom)
      throw Error(ErrorKind::invalid_argument,
                  {.field = "ChunkOptions::max_tokens",
                   .expected = "at least " + std::to_string(around + kLeastRoom) + ", with prompt and special tokens",
                   .found = std::to_string(most_)});
  }

  /// A text without anything but white space has no chunks. Errors: `cancelled` where an end is asked for.
  [[nodiscard]] std::vector<Chunk> chunks(std::string_view text, std::string_view title = {},
                                          TextFormat format = TextFormat::plain,
                                          const std::stop_token& stop = {}) const {
    std::vector<TextSection> sections;
    if (format == TextFormat::markdown)
      sections = markdown(text);
    else
      sections.push_back({0, text.size(), {}, {}});
    const std::vector<std::size_t> tokens = token_begins(text, stop);
    std::vector<Chunk> out;
    const std::string_view used = used_title(title);
    for (const TextSection& section : sections) Cut(*this, text, used, tokens, section, out).run(stop);
    return out;
  }

  /// What of a title is embedded with each chunk: all of it, or nothing where it would take more than a quarter.
  [[nodiscard]] std::string_view used_title(std::string_view title) const {
    const std::size_t bare = count_tokens({});
    return title.empty() || count_tokens(title) - bare > (most_ - bare) / 4 ? std::string_view() : title;
  }

  /// Tokens of a text as it is embedded.
  [[nodiscard]] std::size_t count_tokens(std::string_view text) const {
    return tokenizer_.count_tokens(std::string(prompt_).append(text), specials_);
  }
  [[nodiscard]] std::size_t max_tokens() const noexcept { return most_; }

 private:
  using Border = detail::TextBorder;
  using Level = detail::BorderLevel;
  using TextSection = detail::TextSection;
  static constexpr std::size_t kLeastRoom = 8;
  static constexpr std::size_t kPart = std::size_t{1} << 18;

  /// Where each token begins. A part of the text after another, whose tokens with all else about them are some 100
  /// bytes a byte.
  [[nodiscard]] std::vector<std::size_t> token_begins(std::string_view text, const std::stop_token& stop) const {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at < text.size();) {
      require_going(stop);
      std::size_t end = text.size();
      if (end - at > kPart) {
        const std::size_t middle = at + kPart / 2 + 1;
        if (const std::size_t space = text.substr(middle, kPart / 2).find_last_of(" \n"); space != text.npos)
          end = middle + space;
        else
          for (end = at + kPart; end > at + kPart - 4 && (text[end] & 0xC0) == 0x80;) --end;
      }
      const Encoding encoding = tokenizer_.encode(
          text.substr(at, end - at), {.specials = specials_, .add_special_tokens = false, .with_offsets = true});
      for (const ByteRange& token : encoding.offsets)
        out.push_back(std::max(at + token.begin, out.empty() ? 0 : out.back()));
      at = end;
    }
    return out;
  }

  static void require_going(const std::stop_token& stop) {
    if (stop.stop_requested())
      throw Error(ErrorKind::cancelled, {.problem = "the cutting of a text into chunks was stopped"});
  }

  static std::vector<TextSection> markdown(std::string_view text) { return detail::markdown_sections(text); }

  /// The work on one section.
  class Cut {
   public:
    Cut(const Chunker& chunker, std::string_view text, std::string_view title, const std::vector<std::size_t>& tokens,
        const TextSection& section, std::vector<Chunk>& out)
        : chunker_(chunker), text_(text), title_(title), tokens_(tokens), section_(section), out_(out) {
      borders_ = detail::text_borders(text.substr(section.begin, section.end - section.begin));
      for (Border& border : borders_) border.at += section.begin;
    }

    void run(const std::stop_token& stop) {
      std::size_t at = without_space(section_.begin);
      bool is_first = true;
      while (at < section_.end) {
        require_going(stop);
        const Head head = head_of(is_first ? section_.context : section_.body_context);
        Chunk chunk{{at, end_of(at, head.room)}, head.context, 0};
        for (std::size_t room = head.room;;) {  // a text cut out has other tokens at its ends
          trim(chunk.bytes);
          chunk.tokens = chunker_.count_tokens(detail::embedded_text(
              title_, head.context, text_.substr(chunk.bytes.begin, chunk.bytes.end - chunk.bytes.begin)));
          if (chunk.tokens <= chunker_.most_ || room <= 1) break;
          const std::size_t used = std::min(room, token_at(chunk.bytes.end) - token_at(at));
          room = std::max<std::size_t>(1, used - std::min(used, chunk.tokens - chunker_.most_));
          chunk.bytes.end = end_of(at, room);
        }
        out_.push_back(chunk);
        const std::size_t next = without_space(chunk.bytes.end);
        if (next >= section_.end) return;
        at = next_begin(at, next, head.room);
        is_first = false;
      }
    }

   private:
    struct Head {
      std::string context;
      std::size_t room;  ///< tokens for the text
    };

    /// Title and headings take at most half of a chunk: the outer ones give way.
    [[nodiscard]] Head head_of(std::string context) const {
      while (true) {
        const std::size_t around = chunker_.count_tokens(detail::embedded_text(title_, context, {}));
        const std::size_t bare = chunker_.count_tokens({});
        const bool fits = around + kLeastRoom <= chunker_.most_ && around - bare <= (chunker_.most_ - bare) / 2;
        if (fits || context.empty()) return {std::move(context), chunker_.most_ - around};
        const std::size_t inner = context.find(" > ");
        if (inner == std::string::npos) {
          context.clear();
        } else {
          context.erase(0, inner + 3);
        }
      }
    }

    /// The first token that begins at a byte or behind it.
    [[nodiscard]] std::size_t token_at(std::size_t byte) const {
      return static_cast<std::size_t>(std::lower_bound(tokens_.begin(), tokens_.end(), byte) - tokens_.begin());
    }
    [[nodiscard]] std::size_t byte_of(std::size_t token) const {
      return token < tokens_.size() ? std::min(tokens_[token], section_.end) : section_.end;
    }

    /// The last border in (after, until] of at least this level; 0: none.
    [[nodiscard]] std::size_t last_border(std::size_t after, std::size_t until, Level level) const {
      auto it = std::upper_bound(borders_.begin(), borders_.end(), until,
                                 [](std::size_t at, const Border& border) { return at < border.at; });
      while (it != borders_.begin()) {
        --it;
        if (it->at <= after) return 0;
        if (it->level >= level) return it->at;
      }
      return 0;
    }

    /// Where a chunk that begins at a byte and has room for so many tokens ends.
    [[nodiscard]] std::size_t end_of(std::size_t at, std::size_t room) const {
      const std::size_t first = token_at(at);
      const std::size_t limit = byte_of(first + room);
      if (limit >= section_.end) return section_.end;
      const std::size_t half = byte_of(first + room / 2);
      for (const Level level : {Level::paragraph, Level::sentence, Level::line, Level::word})
        if (const std::size_t border = last_border(half, limit, level); border > at) return border;
      const std::size_t quarter = std::max(at, byte_of(first + room / 4));
      const std::size_t word = last_border(quarter, limit, Level::word);
      return word > at ? word : inside_word(at, limit);
    }

    /// The last border of graphemes, else of characters, in (at, limit]; behind the first character at least.
    [[nodiscard]] std::size_t inside_word(std::size_t at, std::size_t limit) const {
      detail::TextCharacter c = detail::character_at(text_, at);
      detail::GraphemeBreaker breaker(c.code);
      std::size_t grapheme = 0;
      std::size_t character = at + c.bytes;
      for (std::size_t next = character; next <= limit && next < section_.end; next += c.bytes) {
        c = detail::character_at(text_, next);
        if (breaker.breaks_before(c.code)) grapheme = next;
        character = next;
      }
      const std::size_t half = at + (limit > at ? (limit - at) / 2 : 0);
      return grapheme > half ? grapheme : character;  // a cluster without an end is cut as well
    }

    /// Where the chunk behind one from `at` to `end` begins: some tokens before its end, with a sentence or a word.
    [[nodiscard]] std::size_t next_begin(std::size_t at, std::size_t end, std::size_t room) const {
      const std::size_t last = token_at(end);
      const std::size_t overlap = std::min({chunker_.overlap_, room / 4, (last - token_at(at)) / 2});
      if (overlap == 0) return end;
      const std::size_t from = byte_of(last - overlap);
      for (const Level level : {Level::sentence, Level::word}) {
        auto it = std::lower_bound(borders_.begin(), borders_.end(), std::max(from, at + 1),
                                   [](const Border& border, std::size_t byte) { return border.at < byte; });
        for (; it != borders_.end() && it->at < end; ++it)
          if (it->level >= level) return it->at;
      }
      return end;
    }

    [[nodiscard]] std::size_t without_space(std::size_t at) const {
      while (at < section_.end) {
        const detail::TextCharacter c = detail::character_at(text_, at);
        if (!detail::is_whitespace(c.code)) break;
        at += c.bytes;
      }
      return at;
    }
    /// Takes the white space at the end off.
    void trim(ByteRange& range) const {
      while (range.end > range.begin) {
        std::size_t last = range.end - 1;
        while (last > range.begin && range.end - last < 4 && (text_[last] & 0xC0) == 0x80) --last;
        const detail::TextCharacter c = detail::character_at(text_, last);
        if (last + c.bytes != range.end || !detail::is_whitespace(c.code)) return;
        range.end = last;
      }
    }

    const Chunker& chunker_;
    std::string_view text_;
    std::string_view title_;
    const std::vector<std::size_t>& tokens_;
    const TextSection& section_;
    std::vector<Chunk>& out_;
    std::vector<Border> borders_;
  };

  Tokenizer tokenizer_;
  std::string prompt_;
  std::size_t most_;
  std::size_t overlap_;
  Specials specials_;
};

}  // namespace glossa
