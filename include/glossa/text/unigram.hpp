// A word comes in; its most probable segmentation into pieces goes out (Kudo 2018, "Subword regularization").
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/text/vocabulary.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// What a Unigram model is made of.
struct UnigramVocabulary {
  PieceTable pieces;
  std::vector<double> scores;      ///< log-probabilities, one a piece
  std::optional<TokenId> unknown;  ///< the id of characters that no piece covers
  bool byte_fallback = false;      ///< such characters become <0x00> to <0xFF> where the vocabulary has them
};

/// Viterbi search over pieces in double precision, with the arithmetic and the tie rule of Hugging Face's Unigram:
/// a later candidate wins only by a strictly larger sum. The sentencepiece library sums in float, which decides
/// ties such as those of "aaaaaaaaa" differently.
class Unigram final : public PieceModel {
 public:
  /// `file` names the vocabulary's source in errors.
  Unigram(UnigramVocabulary vocabulary, const std::string& file) : vocabulary_(std::move(vocabulary)) {
    check(file);
    std::vector<TrieEntry> entries;
    entries.reserve(vocabulary_.pieces.size());
    for (std::size_t id = 0; id < vocabulary_.pieces.size(); ++id)
      entries.push_back({vocabulary_.pieces[id], static_cast<std::uint32_t>(id)});
    trie_ = PieceTrie(std::move(entries));
    unknown_score_ = *std::min_element(vocabulary_.scores.begin(), vocabulary_.scores.end()) - 10.0;
    if (vocabulary_.byte_fallback) find_byte_pieces();
  }

  void segment(std::string_view word, PieceScratch& scratch, std::vector<Piece>& out) const override {
    if (word.size() >= PieceScratch::kUnreached)
      throw Error(ErrorKind::unsupported, {.problem = "a word of 4 GB or more", .remedy = "split the text"});
    if (word.size() > kLongBlock) out.reserve(out.size() + word.size() / 3);
    auto& nodes = scratch.nodes;
    nodes.assign(1, {0.0, PieceScratch::kUnreached, 0});
    std::optional<Piece> unknown;  // characters that no piece covers and that have not been appended yet
    std::size_t block = 0;         // nodes[i] is for the position block + i
    for (std::size_t start = 0; start < word.size();) {
      // Where no piece reaches beyond a position, every path goes through it, and what lies before is decided.
      if (start - block > kLongBlock && start - block + 1 == nodes.size()) {
        append_path(word, block, scratch, unknown, out);
        nodes.front() = nodes.back();
        nodes.resize(1);
        block = start;
      }
      extend(word, block, start, scratch);
      start += utf8_length(word[start]);
    }
    append_path(word, block, scratch, unknown, out);
    if (unknown) append_unknown(word, *unknown, scratch, out);
  }

  [[nodiscard]] std::string_view piece(TokenId id) const noexcept override { return vocabulary_.pieces[id]; }
  [[nodiscard]] bool find(std::string_view piece, TokenId& id) const noexcept override { return trie_.find(piece, id); }
  [[nodiscard]] std::size_t size() const noexcept override { return vocabulary_.pieces.size(); }
  [[nodiscard]] std::optional<TokenId> unknown() const noexcept override { return vocabulary_.unknown; }
  [[nodiscard]] bool unknown_keeps_text() const noexcept override { return true; }
  [[nodiscard]] const UnigramVocabulary& vocabulary() const noexcept { return vocabulary_; }

 private:
  void check(const std::string& file) const {
    const auto refuse = [&](const std::string& field, const std::string& problem) {
      throw Error(ErrorKind::corrupt_file,
                  {.file = file, .field = field, .problem = problem, .remedy = "fetch the file again"});
    };
    const std::size_t size = vocabulary_.pieces.size();
    if (size == 0) refuse("vocab", "the vocabulary is empty");
    if (size >= (std::size_t{1} << 31)) refuse("vocab", "the vocabulary is too large");
    if (vocabulary_.scores.size() != size) refuse("vocab", "not every piece has a score");
    for (std::size_t id = 0; id < size; ++id)
      if (!std::isfinite(vocabulary_.scores[id]))
        refuse("vocab[" + std::to_string(id) + "]", "the score is not a finite number");
    if (vocabulary_.unknown && *vocabulary_.unknown >= size)
      refuse("unk_id", "the unknown token's id lies outside the vocabulary");
  }

  /// Bytes of a word after which its segmentation is looked for what is decided already.
  static constexpr std::size_t kLongBlock = 4096;

  /// Offers the pieces that begin at `start` to the nodes of their ends.
  void extend(std::string_view word, std::size_t block, std::size_t start, PieceScratch& scratch) const {
    auto& nodes = scratch.nodes;
    const double before = nodes[start - block].score;
    const std::size_t character = utf8_length(word[start]);
    bool covered = false;  // by a piece that is this one character
    const auto offer = [&](std::size_t length, TokenId id, double score) {
      const std::size_t end = start + length - block;
      if (end >= nodes.size()) nodes.resize(end + 1, {0.0, PieceScratch::kUnreached, 0});
      PieceScratch::Node& node = nodes[end];
      const double sum = score + before;
      if (node.start == PieceScratch::kUnreached || sum > node.score)
        node = {sum, static_cast<std::uint32_t>(start), id};
    };
    const DoubleArray trie = trie_.view();
    trie.prefixes(trie.root(), word.substr(start), [&](std::size_t length, std::uint32_t id) {
      if (!scratch.allows(id)) return true;
      offer(length, id, vocabulary_.scores[id]);
      covered = covered || length == character;
      return true;
    });
    if (!covered) offer(character, unknown_id(), unknown_score_);
  }

  /// Appends the pieces of the best path from `block` to the last node. Neighbouring unknown characters become one
  /// token, so those at its end wait in `unknown` for what follows.
  void append_path(std::string_view word, std::size_t block, PieceScratch& scratch, std::optional<Piece>& unknown,
                   std::vector<Piece>& out) const {
    std::vector<Piece>& path = scratch.reversed;
    path.clear();
    for (std::size_t end = block + scratch.nodes.size() - 1; end > block;) {
      const PieceScratch::Node& node = scratch.nodes[end - block];
      path.push_back({node.id, node.start, end, node.id != vocabulary_.unknown});
      end = node.start;
    }
    for (auto piece = path.rbegin(); piece != path.rend(); ++piece) {
      if (piece->known) {
        if (unknown) append_unknown(word, *unknown, scratch, out);
        unknown.reset();
        out.push_back(*piece);
      } else if (unknown) {
        unknown->end = piece->end;
      } else {
        unknown = *piece;
      }
    }
  }

  [[nodiscard]] TokenId unknown_id() const {
    if (vocabulary_.unknown) return *vocabulary_.unknown;
    throw Error(ErrorKind::unsupported,
                {.field = "unk_id",
                 .problem = "a text has a character that the vocabulary lacks, and the tokenizer "
                            "has no unknown token",
                 .remedy = "set model.unk_id in tokenizer.json to the id of <unk>, or remove the character"});
  }

  void find_byte_pieces() {
    constexpr char kHex[] = "0123456789ABCDEF";
    byte_pieces_.assign(256, std::nullopt);
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::string name = std::string("<0x") + kHex[byte >> 4] + kHex[byte & 15] + ">";
      TokenId id = 0;
      if (trie_.find(name, id)) byte_pieces_[byte] = id;
    }
  }

  /// Unknown characters that together are a piece after all become that piece; else, with byte fallback, their
  /// bytes, each covering all of them; else the unknown token.
  void append_unknown(std::string_view word, const Piece& piece, const PieceScratch& scratch,
                      std::vector<Piece>& out) const {
    const auto text = word.substr(piece.begin, piece.end - piece.begin);
    TokenId whole = 0;
    if (trie_.find(text, whole) && scratch.allows(whole)) {
      out.push_back({whole, piece.begin, piece.end, whole != vocabulary_.unknown});
      return;
    }
    const auto id = [&](char c) { return byte_pieces_[static_cast<unsigned char>(c)]; };
    if (!byte_pieces_.empty() && std::all_of(text.begin(), text.end(), [&](char c) { return id(c).has_value(); })) {
      for (const char c : text) out.push_back({*id(c), piece.begin, piece.end, true});
    } else {
      out.push_back(piece);
    }
  }

  UnigramVocabulary vocabulary_;
  PieceTrie trie_;
  double unknown_score_ = 0;
  std::vector<std::optional<TokenId>> byte_pieces_;
};

}  // namespace glossa::detail
