// A word comes in; its most probable segmentation into pieces goes out (Kudo 2018, "Subword regularization").
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/unigram_tables.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Viterbi search over pieces in double precision, with the arithmetic and the tie rule of Hugging Face's Unigram:
/// a later candidate wins only by a strictly larger sum. The sentencepiece library sums in float, which decides
/// ties such as those of "aaaaaaaaa" differently.
class Unigram final : public PieceModel {
 public:
  /// `file` names the vocabulary's source in errors.
  Unigram(UnigramVocabulary vocabulary, const std::string& file)
      : Unigram(make_unigram_tables(std::move(vocabulary), file)) {}

  explicit Unigram(UnigramTables tables) : tables_(std::move(tables)) {
    if (tables_.byte_fallback) find_byte_pieces();
  }

  void segment(std::string_view word, PieceScratch& scratch, std::vector<Piece>& out) const override {
    if (word.size() >= PieceScratch::kUnreached)
      throw Error(ErrorKind::unsupported, {.problem = "a word of 4 GB or more", .remedy = "split the text"});
    if (word.size() > kLongBlock) out.reserve(out.size() + word.size() / 3);
    scratch.hidden == nullptr ? search<false>(word, scratch, out) : search<true>(word, scratch, out);
  }

  [[nodiscard]] std::string_view piece(TokenId id) const noexcept override { return tables_.pieces[id]; }
  [[nodiscard]] bool find(std::string_view piece, TokenId& id) const noexcept override {
    return tables_.trie.find(piece, id) && id < tables_.pieces.size();
  }
  [[nodiscard]] std::size_t size() const noexcept override { return tables_.pieces.size(); }
  [[nodiscard]] std::optional<TokenId> unknown() const noexcept override { return tables_.unknown; }
  [[nodiscard]] bool unknown_keeps_text() const noexcept override { return true; }
  [[nodiscard]] const UnigramTables* unigram_tables() const noexcept override { return &tables_; }

 private:
  using Node = PieceScratch::Node;

  /// Bytes of a word after which its segmentation is looked for what is decided already.
  static constexpr std::size_t kLongBlock = 4096;

  /// No sum is less than or equal to this one, so that whatever comes first takes its place.
  static constexpr Node kNoPath{std::numeric_limits<double>::quiet_NaN(), PieceScratch::kUnreached, 0};

  template <bool kHides>
  void search(std::string_view word, PieceScratch& scratch, std::vector<Piece>& out) const {
    auto& nodes = scratch.nodes;  // nodes[i] is for the position block + i
    nodes.assign(std::min(word.size(), kLongBlock) + 1, kNoPath);
    nodes[0] = {0.0, PieceScratch::kUnreached, 0};
    std::optional<Piece> unknown;  // characters that no piece covers and that have not been appended yet
    std::size_t block = 0;
    std::size_t reach = 0;  // the last position that has a path
    for (std::size_t start = 0; start < word.size();) {
      // Where no piece reaches beyond a position, every path goes through it, and what lies before is decided.
      if (start - block > kLongBlock && start == reach) {
        append_path(word, block, reach, scratch, unknown, out);
        nodes.front() = nodes[reach - block];
        std::fill(nodes.begin() + 1, nodes.begin() + static_cast<std::ptrdiff_t>(reach - block) + 1, kNoPath);
        block = start;
      }
      reach = std::max(reach, extend<kHides>(word, block, start, scratch));
      start += utf8_length(word[start]);
    }
    append_path(word, block, reach, scratch, unknown, out);
    if (unknown) append_unknown(word, *unknown, scratch, out);
  }

  /// Offers the pieces that begin at `start` to the nodes of their ends; returns the last of those.
  template <bool kHides>
  std::size_t extend(std::string_view word, std::size_t block, std::size_t start, PieceScratch& scratch) const {
    auto& nodes = scratch.nodes;
    const double before = nodes[start - block].score;
    const std::size_t behind = start + utf8_length(word[start]);
    const std::size_t pieces = tables_.pieces.size();
    std::size_t reach = behind;
    bool covered = false;  // by a piece that is this one character
    const auto offer = [&](std::size_t end, TokenId id, double score) {
      if (end - block >= nodes.size()) nodes.resize(end - block + kLongBlock, kNoPath);
      nodes[end - block].take_better(score + before, static_cast<std::uint32_t>(start), id);
    };
    tables_.trie.matches(word, start, [&](const PieceTrieView::Match& match) {
      if (match.id >= pieces || (kHides && !scratch.allows(match.id))) return;
      offer(match.end, match.id, match.score);
      reach = std::max(reach, match.end);
      covered |= match.end == behind;
    });
    if (!covered) offer(behind, unknown_id(), tables_.unknown_score);
    return reach;
  }

  /// Appends the pieces of the best path from `block` to `reach`. Neighbouring unknown characters become one
  /// token, so those at its end wait in `unknown` for what follows.
  void append_path(std::string_view word, std::size_t block, std::size_t reach, PieceScratch& scratch,
                   std::optional<Piece>& unknown, std::vector<Piece>& out) const {
    std::vector<Piece>& path = scratch.reversed;
    path.clear();
    for (std::size_t end = reach; end > block;) {
      const PieceScratch::Node& node = scratch.nodes[end - block];
      path.push_back({node.id, node.start, end, node.id != tables_.unknown});
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
    if (tables_.unknown) return *tables_.unknown;
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
      if (find(name, id)) byte_pieces_[byte] = id;
    }
  }

  /// Unknown characters that together are a piece after all become that piece; else, with byte fallback, their
  /// bytes, each covering all of them; else the unknown token.
  void append_unknown(std::string_view word, const Piece& piece, const PieceScratch& scratch,
                      std::vector<Piece>& out) const {
    const auto text = word.substr(piece.begin, piece.end - piece.begin);
    TokenId whole = 0;
    if (find(text, whole) && scratch.allows(whole)) {
      out.push_back({whole, piece.begin, piece.end, whole != tables_.unknown});
      return;
    }
    const auto id = [&](char c) { return byte_pieces_[static_cast<unsigned char>(c)]; };
    if (!byte_pieces_.empty() && std::all_of(text.begin(), text.end(), [&](char c) { return id(c).has_value(); })) {
      for (const char c : text) out.push_back({*id(c), piece.begin, piece.end, true});
    } else {
      out.push_back(piece);
    }
  }

  UnigramTables tables_;
  std::vector<std::optional<TokenId>> byte_pieces_;
};

}  // namespace glossa::detail
