// Definitions of TokenizerPipeline's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/text/aligned_text.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/text/word_scanner.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

GLOSSA_INLINE TokenizerPipeline::TokenizerPipeline(TokenizerParts parts) : parts_(std::move(parts)) {
  find_specials();
  std::vector<AddedToken> raw;
  std::vector<AddedToken> normalized;
  std::vector<std::string> raw_patterns;
  std::vector<std::string> normalized_patterns;
  for (AddedToken token : parts_.added_tokens) {
    token.special = token.special || is_special(token.id);
    if (token.normalized) {
      AlignedText text(token.content, 0, false);
      if (parts_.normalizer) parts_.normalizer->apply(text);
      normalized.push_back(std::move(token));
      normalized_patterns.emplace_back(text.text());
    } else {
      raw_patterns.push_back(token.content);
      raw.push_back(std::move(token));
    }
  }
  raw_matcher_ = AddedTokenMatcher(std::move(raw), raw_patterns);
  normalized_matcher_ = AddedTokenMatcher(std::move(normalized), normalized_patterns);
  if (!parts_.pre_tokenizer) return;
  needs_origins_ = parts_.pre_tokenizer->needs_origins();
  if (parts_.normalizer) rules_ = parts_.normalizer->rules();
  mark_ = parts_.pre_tokenizer->mark_of_words();
  const bool only_rules = !parts_.normalizer || rules_ != nullptr;
  if (only_rules && !mark_.empty() && normalized_matcher_.empty()) classes_.emplace(rules_, utf8_decode(mark_, 0));
}

GLOSSA_INLINE Encoding TokenizerPipeline::encode(std::string_view text, const EncodeOptions& options) const {
  const std::size_t added = options.add_special_tokens ? parts_.post_processor.added() : 0;
  if (options.max_tokens != 0 && options.max_tokens < added)
    throw Error(ErrorKind::invalid_argument,
                {.field = "max_tokens",
                 .expected = "at least " + std::to_string(added) + ", the number of special tokens",
                 .found = std::to_string(options.max_tokens),
                 .remedy = "raise it, or set add_special_tokens to false"});
  const ValidText valid(text);
  Encoding out;
  out.used_bytes = text.size();
  if (options.add_special_tokens) append_specials(parts_.post_processor.before, options, out);
  const std::size_t room = options.max_tokens == 0 ? kNoLimit : options.max_tokens - added;
  const EncodeScratchPool::Lease lease(scratch_);
  Job job{valid, options, room, options.specials == Specials::text, options.with_offsets || needs_origins_,
          out,   *lease,  0};
  if (job.plain) job.scratch.pieces.hidden = &hidden_;
  const bool words_do = classes_ && !options.with_offsets && !options.with_tokens;
  out.ids.reserve(std::min(room, valid.view().size() / 4) + added);
  raw_matcher_.for_each_part(valid.view(), job.plain, [&](const TextPart& part) {
    if (words_do && !part.token) return encode_words(part, job);
    std::size_t index = 0;
    std::size_t before = 0;  // bytes of this stretch's earlier parts
    for_each_split(valid.view(), part, job.plain, job.track, [&](const WordSplit& split, std::optional<TokenId> token) {
      if (const auto cut = encode_part(split, token, job)) {
        out.used_bytes = job.track ? valid.original_offset(split.text.origin(cut->begin, cut->end).begin)
                                   : locate(job, part, index, before, split.text.text(), *cut);
      }
      before += split.text.text().size();
      ++index;
    });
  });
  out.total_tokens = job.total + added;
  if (options.add_special_tokens) append_specials(parts_.post_processor.after, options, out);
  return out;
}

GLOSSA_INLINE std::string TokenizerPipeline::token(TokenId id) const {
  for (const AddedToken& added : parts_.added_tokens)
    if (added.id == id) return added.content;
  return std::string(parts_.model->piece(id));
}

GLOSSA_INLINE std::optional<TokenId> TokenizerPipeline::id(std::string_view token) const {
  for (const AddedToken& added : parts_.added_tokens)
    if (added.content == token) return added.id;
  TokenId id = 0;
  if (parts_.model->find(token, id)) return id;
  return std::nullopt;
}

GLOSSA_INLINE std::size_t TokenizerPipeline::size() const noexcept {
  std::size_t size = parts_.model->size();
  const auto cover = [&size](TokenId id) { size = std::max(size, std::size_t{id} + 1); };
  for (const auto& token : parts_.added_tokens) cover(token.id);
  for (const auto& token : parts_.post_processor.before) cover(token.id);
  for (const auto& token : parts_.post_processor.after) cover(token.id);
  return size;
}

GLOSSA_INLINE std::vector<TokenId> TokenizerPipeline::prefix_ids() const {
  return ids_of(parts_.post_processor.before);
}

GLOSSA_INLINE std::vector<TokenId> TokenizerPipeline::suffix_ids() const { return ids_of(parts_.post_processor.after); }

GLOSSA_INLINE std::vector<TokenId> TokenizerPipeline::ids_of(const std::vector<SpecialToken>& tokens) {
  std::vector<TokenId> ids;
  for (const auto& token : tokens) ids.push_back(token.id);
  return ids;
}

GLOSSA_INLINE void TokenizerPipeline::find_specials() {
  const auto add_text = [&](std::string_view text) {
    TokenId id = 0;
    if (parts_.model->find(text, id)) special_ids_.push_back(id);
  };
  const auto add = [&](TokenId id, std::string_view text) {
    special_ids_.push_back(id);
    add_text(text);
  };
  for (const std::string& text : parts_.special_texts) add_text(text);
  for (const AddedToken& token : parts_.added_tokens)
    if (token.special) add(token.id, token.content);
  for (const SpecialToken& token : parts_.post_processor.before) add(token.id, token.text);
  for (const SpecialToken& token : parts_.post_processor.after) add(token.id, token.text);
  if (const auto unknown = parts_.model->unknown()) special_ids_.push_back(*unknown);
  std::sort(special_ids_.begin(), special_ids_.end());
  hidden_.assign(parts_.model->size(), false);
  for (const TokenId id : special_ids_)
    if (id < hidden_.size()) hidden_[id] = true;
}

GLOSSA_INLINE bool TokenizerPipeline::is_special(TokenId id) const {
  return std::binary_search(special_ids_.begin(), special_ids_.end(), id);
}

template <class Visit>
void TokenizerPipeline::for_each_split(std::string_view text, const TextPart& part, bool plain, bool track,
                                       Visit&& visit) const {
  AlignedText aligned(text.substr(part.range.begin, part.range.end - part.range.begin), part.range.begin, track);
  if (part.token) return visit(WordSplit{std::move(aligned), {}}, part.token);
  if (parts_.normalizer) parts_.normalizer->apply(aligned);
  const auto words = [&](AlignedText stretch) {
    if (stretch.text().empty()) return;
    const ByteRange whole{0, stretch.text().size()};
    WordSplit split{std::move(stretch), {whole}};
    if (parts_.pre_tokenizer) parts_.pre_tokenizer->apply(split);
    visit(split, std::optional<TokenId>());
  };
  if (normalized_matcher_.empty()) return words(std::move(aligned));
  normalized_matcher_.for_each_part(aligned.text(), plain, [&](const TextPart& inner) {
    AlignedText slice = aligned.slice(inner.range.begin, inner.range.end);
    if (inner.token) return visit(WordSplit{std::move(slice), {}}, inner.token);
    words(std::move(slice));
  });
}

GLOSSA_INLINE std::optional<ByteRange> TokenizerPipeline::encode_part(const WordSplit& split,
                                                                      std::optional<TokenId> token, Job& job) const {
  std::optional<ByteRange> cut;
  const auto take = [&](TokenId id, const ByteRange& range, bool known) {
    const std::size_t place = job.total++;
    if (place == job.room) cut = range;
    if (place >= job.room) return;
    job.out.ids.push_back(id);
    if (!known) ++job.out.unknown_tokens;
    if (job.options.with_offsets) {
      const ByteRange bytes = split.text.origin(range.begin, range.end);
      job.out.offsets.push_back({job.valid.original_offset(bytes.begin), job.valid.original_offset(bytes.end)});
    }
    if (job.options.with_tokens)
      job.out.tokens.emplace_back(token || (!known && parts_.model->unknown_keeps_text()) ? split.word(range)
                                                                                          : parts_.model->piece(id));
  };
  if (token) {
    take(*token, {0, split.text.text().size()}, true);
    return cut;
  }
  for (const ByteRange& word : split.words) {
    std::vector<Piece>& pieces = job.scratch.segmented;
    pieces.clear();
    parts_.model->segment(split.word(word), job.scratch.pieces, pieces);
    for (const Piece& piece : pieces) take(piece.id, {word.begin + piece.begin, word.begin + piece.end}, piece.known);
  }
  return cut;
}

GLOSSA_INLINE void TokenizerPipeline::encode_words(const TextPart& part, Job& job) const {
  std::string& rewritten = job.scratch.rewritten;  // the words up to well behind the cut, as locate() needs them
  rewritten.clear();
  std::optional<ByteRange> cut;
  const auto take = [&](std::string_view word, const WordIds& found) {
    const std::size_t before = job.total;
    job.total += found.ids.size();
    if (job.total <= job.room) {
      job.out.ids.insert(job.out.ids.end(), found.ids.begin(), found.ids.end());
      job.out.unknown_tokens += found.unknown;
    } else if (before <= job.room) {  // the first token without room is one of this word's
      std::vector<Piece>& pieces = job.scratch.segmented;
      pieces.clear();
      parts_.model->segment(word, job.scratch.pieces, pieces);
      for (std::size_t i = 0; i < job.room - before; ++i) {
        job.out.ids.push_back(pieces[i].id);
        if (!pieces[i].known) ++job.out.unknown_tokens;
      }
      const Piece& first = pieces[job.room - before];
      cut = ByteRange{rewritten.size() + first.begin, rewritten.size() + first.end};
    }
    if (job.room != kNoLimit && (before <= job.room) && !cut) rewritten += word;
    if (cut && rewritten.size() < cut->end + kBehindCut) rewritten += word;
  };
  WordBatch& batch = job.scratch.batch;
  batch.clear();  // an error may have left something
  const auto take_batch = [&] {
    look_ahead(batch);
    for (const WordBatch::Word& word : batch) take(word.with_mark(), ids_of_word(word, job.scratch));
    batch.clear();
  };
  const bool remembers = job.scratch.pieces.hidden == nullptr && mark_.size() <= WordBatch::Word::kLongestMark;
  WordScanner scanner(rules_, *classes_, mark_, job.scratch.word);
  scanner.scan(job.valid.view().substr(part.range.begin, part.range.end - part.range.begin),
               [&](std::string_view word) {
                 if (remembers && word.size() - mark_.size() <= WordCache::kLongestWord) {
                   if (batch.is_full()) take_batch();
                   return batch.add(word, mark_.size(), job.scratch.words);
                 }
                 take_batch();
                 take(word, segmented_ids(word, job.scratch));
               });
  take_batch();
  if (cut) job.out.used_bytes = locate(job, part, 0, 0, rewritten, *cut);
}

GLOSSA_INLINE void TokenizerPipeline::look_ahead(const WordBatch& batch) const noexcept {
  std::array<std::string_view, WordBatch::kMost> missing;
  std::size_t count = 0;
  for (const WordBatch::Word& word : batch)
    if (!word.is_remembered()) missing[count++] = word.with_mark();
  if (count != 0) parts_.model->look_ahead(std::span(missing).first(count));
}

GLOSSA_INLINE TokenizerPipeline::WordIds TokenizerPipeline::ids_of_word(const WordBatch::Word& word,
                                                                        EncodeScratch& scratch) const {
  const WordCache::Entry& entry = *word.entry;
  if (word.is_remembered()) return {std::span(entry.ids).first(entry.count), entry.unknown};
  const WordIds found = segmented_ids(word.with_mark(), scratch);
  WordCache::store(word, found.ids, found.unknown);
  return found;
}

GLOSSA_INLINE TokenizerPipeline::WordIds TokenizerPipeline::segmented_ids(std::string_view word,
                                                                          EncodeScratch& scratch) const {
  scratch.segmented.clear();
  parts_.model->segment(word, scratch.pieces, scratch.segmented);
  scratch.ids.clear();
  std::size_t unknown = 0;
  for (const Piece& piece : scratch.segmented) {
    scratch.ids.push_back(piece.id);
    if (!piece.known) ++unknown;
  }
  return {scratch.ids, unknown};
}

GLOSSA_INLINE std::size_t TokenizerPipeline::locate(const Job& job, const TextPart& part, std::size_t index,
                                                    std::size_t before, std::string_view rewritten,
                                                    const ByteRange& cut) const {
  const std::string_view text = job.valid.view();
  const std::string_view upto = rewritten.substr(0, cut.end + kBehindCut);
  const std::size_t size = part.range.end - part.range.begin;
  for (std::size_t length = 2 * (before + cut.end + kBehindCut);; length *= 4) {
    TextPart prefix = part;
    if (length < size && !part.token) {
      prefix.range.end = part.range.begin + length;
      while ((text[prefix.range.end] & 0xC0) == 0x80) --prefix.range.end;
    }
    const bool is_whole = prefix.range.end == part.range.end;
    std::optional<std::size_t> found;
    std::size_t at = 0;
    std::size_t behind = 0;
    for_each_split(text, prefix, job.plain, true, [&](const WordSplit& split, std::optional<TokenId>) {
      const std::string_view now = split.text.text();
      if (at > index) behind += now.size();
      if (at++ != index) return;
      if (is_whole || now.starts_with(upto)) {
        found = job.valid.original_offset(split.text.origin(cut.begin, cut.end).begin);
        behind = now.size() - cut.end;
      }
    });
    if (found && (is_whole || behind >= kBehindCut)) return *found;
  }
}

GLOSSA_INLINE void TokenizerPipeline::append_specials(const std::vector<SpecialToken>& tokens,
                                                      const EncodeOptions& options, Encoding& out) {
  for (const SpecialToken& token : tokens) {
    out.ids.push_back(token.id);
    if (options.with_offsets) out.offsets.push_back({0, 0});
    if (options.with_tokens) out.tokens.push_back(token.text);
  }
}

}  // namespace glossa::detail
