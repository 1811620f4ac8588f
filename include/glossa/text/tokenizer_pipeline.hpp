// The parts of a tokenizer come in; texts go through them, and their ids go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/aligned_text.hpp>
#include <glossa/text/encoding.hpp>
#include <glossa/text/tokenizer_parts.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The work behind Tokenizer: added tokens are cut out of the text, the rest is normalised, split into words and
/// segmented, and the result is assembled and, if asked for, cut.
class TokenizerPipeline {
 public:
  explicit TokenizerPipeline(TokenizerParts parts) : parts_(std::move(parts)) {
    std::vector<AddedToken> raw;
    std::vector<AddedToken> normalized;
    std::vector<std::string> raw_patterns;
    std::vector<std::string> normalized_patterns;
    hidden_.assign(parts_.model->size(), false);
    for (const AddedToken& token : parts_.added_tokens) {
      if (token.special && token.id < hidden_.size()) hidden_[token.id] = true;
      if (token.normalized) {
        AlignedText text(token.content, 0, false);
        if (parts_.normalizer) parts_.normalizer->apply(text);
        normalized.push_back(token);
        normalized_patterns.emplace_back(text.text());
      } else {
        raw.push_back(token);
        raw_patterns.push_back(token.content);
      }
    }
    raw_matcher_ = AddedTokenMatcher(std::move(raw), raw_patterns);
    normalized_matcher_ = AddedTokenMatcher(std::move(normalized), normalized_patterns);
    needs_origins_ = parts_.pre_tokenizer && parts_.pre_tokenizer->needs_origins();
  }

  /// Errors: `invalid_argument` where max_tokens leaves no room for the special tokens.
  [[nodiscard]] Encoding encode(std::string_view text, const EncodeOptions& options = {}) const {
    const std::size_t added = options.add_special_tokens ? parts_.post_processor.added() : 0;
    if (options.max_tokens != 0 && options.max_tokens < added)
      throw Error(ErrorKind::invalid_argument,
                  {.field = "max_tokens",
                   .expected = "at least " + std::to_string(added) + ", the number of special tokens",
                   .found = std::to_string(options.max_tokens)});
    const ValidText valid(text);
    std::vector<Part> parts;
    std::size_t total = collect(valid.view(), options, options.with_offsets, parts);
    const std::size_t room = options.max_tokens == 0 ? total : std::min(total, options.max_tokens - added);
    if (room < total && !options.with_offsets) {  // where the cut lies is worth a second pass
      parts.clear();
      total = collect(valid.view(), options, true, parts);
    }
    return assemble(parts, room, total, added, valid, text.size(), options);
  }

  /// The text of an id, empty where there is none.
  [[nodiscard]] std::string token(TokenId id) const {
    for (const AddedToken& added : parts_.added_tokens)
      if (added.id == id) return added.content;
    return std::string(parts_.model->piece(id));
  }

  /// The id of an added token or vocabulary entry.
  [[nodiscard]] std::optional<TokenId> id(std::string_view token) const {
    for (const AddedToken& added : parts_.added_tokens)
      if (added.content == token) return added.id;
    TokenId id = 0;
    if (parts_.model->find(token, id)) return id;
    return std::nullopt;
  }

  /// One more than the largest id that encode() can give.
  [[nodiscard]] std::size_t size() const noexcept {
    std::size_t size = parts_.model->size();
    const auto cover = [&size](TokenId id) { size = std::max(size, std::size_t{id} + 1); };
    for (const auto& token : parts_.added_tokens) cover(token.id);
    for (const auto& token : parts_.post_processor.before) cover(token.id);
    for (const auto& token : parts_.post_processor.after) cover(token.id);
    return size;
  }

  /// How many tokens every text gets in addition to its own.
  [[nodiscard]] std::size_t added_tokens() const noexcept { return parts_.post_processor.added(); }

  /// The special tokens that stand before and after every text.
  [[nodiscard]] std::vector<TokenId> prefix_ids() const { return ids_of(parts_.post_processor.before); }
  [[nodiscard]] std::vector<TokenId> suffix_ids() const { return ids_of(parts_.post_processor.after); }

  /// The file that the tokenizer was built from.
  [[nodiscard]] const std::string& source() const noexcept { return parts_.source; }

 private:
  /// A stretch of text that was segmented on its own, or an added token.
  struct Part {
    WordSplit split;
    struct Token {
      TokenId id;
      ByteRange range;  // in split.text.text()
      bool known;
    };
    std::vector<Token> tokens;
  };

  static std::vector<TokenId> ids_of(const std::vector<SpecialToken>& tokens) {
    std::vector<TokenId> ids;
    for (const auto& token : tokens) ids.push_back(token.id);
    return ids;
  }

  /// Tokenises `text` and returns the number of tokens.
  std::size_t collect(std::string_view text, const EncodeOptions& options, bool track, std::vector<Part>& parts) const {
    track = track || needs_origins_;
    const bool plain = options.specials == Specials::text;
    PieceScratch scratch;
    if (plain) scratch.hidden = &hidden_;
    for (const TextPart& raw : raw_matcher_.split(text, plain)) {
      const std::string_view stretch = text.substr(raw.range.begin, raw.range.end - raw.range.begin);
      AlignedText aligned(stretch, raw.range.begin, track);
      if (raw.token) {
        add_token(std::move(aligned), *raw.token, parts);
        continue;
      }
      if (parts_.normalizer) parts_.normalizer->apply(aligned);
      if (normalized_matcher_.empty()) {
        segment(std::move(aligned), scratch, parts);
        continue;
      }
      for (const TextPart& inner : normalized_matcher_.split(aligned.text(), plain)) {
        AlignedText slice = aligned.slice(inner.range.begin, inner.range.end);
        if (inner.token) {
          add_token(std::move(slice), *inner.token, parts);
        } else {
          segment(std::move(slice), scratch, parts);
        }
      }
    }
    std::size_t total = 0;
    for (const Part& part : parts) total += part.tokens.size();
    return total;
  }

  static void add_token(AlignedText text, TokenId id, std::vector<Part>& parts) {
    const ByteRange whole{0, text.text().size()};
    parts.push_back({{std::move(text), {}}, {{id, whole, true}}});
  }

  void segment(AlignedText text, PieceScratch& scratch, std::vector<Part>& parts) const {
    if (text.text().empty()) return;
    const ByteRange whole{0, text.text().size()};
    Part part{{std::move(text), {whole}}, {}};
    if (parts_.pre_tokenizer) parts_.pre_tokenizer->apply(part.split);
    part.tokens.reserve(part.split.text.text().size() / 3 + 4);
    std::vector<Piece> pieces;
    for (const ByteRange& word : part.split.words) {
      pieces.clear();
      parts_.model->segment(part.split.word(word), scratch, pieces);
      for (const Piece& piece : pieces)
        part.tokens.push_back({piece.id, {word.begin + piece.begin, word.begin + piece.end}, piece.known});
    }
    parts.push_back(std::move(part));
  }

  Encoding assemble(const std::vector<Part>& parts, std::size_t room, std::size_t total, std::size_t added,
                    const ValidText& valid, std::size_t text_size, const EncodeOptions& options) const {
    Encoding out;
    out.total_tokens = total + added;
    out.used_bytes = text_size;
    out.ids.reserve(room + added);
    const auto origin = [&](const Part& part, const ByteRange& range) {
      const ByteRange bytes = part.split.text.origin(range.begin, range.end);
      return ByteRange{valid.original_offset(bytes.begin), valid.original_offset(bytes.end)};
    };
    if (options.add_special_tokens) append_specials(parts_.post_processor.before, options, out);
    std::size_t taken = 0;
    for (const Part& part : parts) {
      for (const auto& token : part.tokens) {
        if (taken == room) {
          out.used_bytes = origin(part, token.range).begin;
          break;
        }
        ++taken;
        out.ids.push_back(token.id);
        if (!token.known) ++out.unknown_tokens;
        if (options.with_offsets) out.offsets.push_back(origin(part, token.range));
        if (options.with_tokens) out.tokens.push_back(text_of(part, token));
      }
      if (taken == room && out.used_bytes != text_size) break;
    }
    if (options.add_special_tokens) append_specials(parts_.post_processor.after, options, out);
    return out;
  }

  std::string text_of(const Part& part, const Part::Token& token) const {
    if (part.split.words.empty() || (!token.known && parts_.model->unknown_keeps_text()))
      return std::string(part.split.word(token.range));
    return std::string(parts_.model->piece(token.id));
  }

  static void append_specials(const std::vector<SpecialToken>& tokens, const EncodeOptions& options, Encoding& out) {
    for (const SpecialToken& token : tokens) {
      out.ids.push_back(token.id);
      if (options.with_offsets) out.offsets.push_back({0, 0});
      if (options.with_tokens) out.tokens.push_back(token.text);
    }
  }

  TokenizerParts parts_;
  AddedTokenMatcher raw_matcher_;
  AddedTokenMatcher normalized_matcher_;
  std::vector<bool> hidden_;  // by id: special tokens that are vocabulary entries too
  bool needs_origins_ = false;
};

}  // namespace glossa::detail
