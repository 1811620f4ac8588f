// A word comes in; its most probable segmentation into pieces goes out (Kudo 2018, "Subword regularization").
#pragma once

#include <glossa/core/ask_for.hpp>
#include <glossa/core/error.hpp>
#include <glossa/text/character_labels.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/short_word_search.hpp>
#include <glossa/text/unigram_tables.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
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

  explicit Unigram(UnigramTables tables) : tables_(std::move(tables)), is_fast_(ShortWordSearch::is_possible(tables_)) {
    if (tables_.byte_fallback) find_byte_pieces();
  }

  void segment(std::string_view word, PieceScratch& scratch, std::vector<Piece>& out) const override {
    if (word.size() >= PieceScratch::kUnreached)
      throw Error(ErrorKind::unsupported, {.problem = "a word of 4 GB or more", .remedy = "split the text"});
    if (word.size() > kLongBlock) out.reserve(out.size() + word.size() / 3);
    scratch.labels.resize(std::max(scratch.labels.size(), word.size()));
    const Labels labels(scratch.labels.data(), tables_.labels.of(word, scratch.labels.data()));
    if (scratch.hidden != nullptr) return search<true>(word, labels, scratch, out);
    if (labels.size() > ShortWordSearch::kLongest || !is_fast_) return search<false>(word, labels, scratch, out);
    scratch.nodes.resize(std::max(scratch.nodes.size(), labels.size() + 1));
    ShortWordSearch(tables_).run(labels, scratch.nodes.data());
    Path path(word, out);
    append_path(path, 0, labels.size(), scratch);
    if (path.unknown) append_unknown(path, scratch);
  }

  /// Goes through the pieces at the beginnings of all words at once, character by character: one word's loads wait for
  /// each other, those of several words wait together.
  void look_ahead(std::span<const std::string_view> words) const noexcept override {
    const LabelTrieView& trie = tables_.trie;
    struct Walk {
      std::string_view rest;
      std::size_t place;
      CharacterLabels::Label label;
    };
    std::array<Walk, kMostAhead> walks;
    std::size_t count = 0;
    for (const std::string_view word : words.first(std::min(words.size(), kMostAhead)))
      walks[count++] = {word.substr(utf8_length(word[0])), trie.root(), tables_.labels[utf8_decode(word, 0)]};
    while (count > 0) {
      std::size_t left = 0;
      for (std::size_t i = 0; i < count; ++i) {
        Walk walk = walks[i];
        const LabelUnit* unit = trie.child(walk.place, walk.label);
        if (unit == nullptr) continue;
        if (const TokenId id = unit->piece(); id < tables_.scores.size()) ask_for(&tables_.scores[id]);
        if (unit->has_tail()) {
          if (unit->place() < trie.tails().size()) ask_for(&trie.tails()[unit->place()]);
          continue;
        }
        walk.place = unit->place();
        if (walk.place == 0 || walk.rest.empty()) continue;
        walk.label = tables_.labels[utf8_decode(walk.rest, 0)];
        walk.rest.remove_prefix(utf8_length(walk.rest[0]));
        const std::size_t next = walk.place + walk.label;
        if (next >= trie.units().size()) continue;
        ask_for(&trie.units()[next]);
        walks[left++] = walk;
      }
      count = left;
    }
  }

  [[nodiscard]] std::string_view piece(TokenId id) const noexcept override { return tables_.pieces[id]; }
  [[nodiscard]] bool find(std::string_view piece, TokenId& id) const noexcept override {
    if (!is_valid_utf8(piece)) return false;
    std::vector<CharacterLabels::Label> labels(piece.size());
    labels.resize(tables_.labels.of(piece, labels.data()));
    bool is_found = false;
    tables_.trie.matches(labels, 0, [&](std::size_t end, TokenId found) {
      if (end != labels.size() || found >= tables_.pieces.size()) return;
      id = found;
      is_found = true;
    });
    return is_found;
  }
  [[nodiscard]] std::size_t size() const noexcept override { return tables_.pieces.size(); }
  [[nodiscard]] std::optional<TokenId> unknown() const noexcept override { return tables_.unknown; }
  [[nodiscard]] bool unknown_keeps_text() const noexcept override { return true; }
  [[nodiscard]] const UnigramTables* unigram_tables() const noexcept override { return &tables_; }

 private:
  using Node = PieceScratch::Node;
  static constexpr std::size_t kMostAhead = 16;
  using Labels = std::span<const CharacterLabels::Label>;

  /// Characters of a word after which its segmentation is looked for what is decided already.
  static constexpr std::size_t kLongBlock = 4096;

  /// No sum is less than or equal to this one, so that whatever comes first takes its place.
  static constexpr Node kNoPath{std::numeric_limits<double>::quiet_NaN(), PieceScratch::kUnreached, 0};

  template <bool kHides>
  void search(std::string_view word, Labels labels, PieceScratch& scratch, std::vector<Piece>& out) const {
    auto& nodes = scratch.nodes;  // nodes[i] is for the position block + i, in characters
    nodes.assign(std::min(labels.size(), kLongBlock) + 1, kNoPath);
    nodes[0] = {0.0, PieceScratch::kUnreached, 0};
    Path path(word, out);
    std::size_t block = 0;
    std::size_t reach = 0;  // the last position that has a path
    for (std::size_t start = 0; start < labels.size(); ++start) {
      // Where no piece reaches beyond a position, every path goes through it, and what lies before is decided.
      if (start - block > kLongBlock && start == reach) {
        append_path(path, block, reach, scratch);
        nodes.front() = nodes[reach - block];
        std::fill(nodes.begin() + 1, nodes.begin() + static_cast<std::ptrdiff_t>(reach - block) + 1, kNoPath);
        block = start;
      }
      reach = std::max(reach, extend<kHides>(labels, block, start, scratch));
    }
    append_path(path, block, reach, scratch);
    if (path.unknown) append_unknown(path, scratch);
  }

  /// Offers the pieces that begin at `start` to the nodes of their ends; returns the last of those.
  template <bool kHides>
  std::size_t extend(Labels labels, std::size_t block, std::size_t start, PieceScratch& scratch) const {
    auto& nodes = scratch.nodes;
    const double before = nodes[start - block].score;
    std::size_t reach = start + 1;
    bool covered = false;  // by a piece that is this one character
    const auto offer = [&](std::size_t end, TokenId id, double score) {
      if (end - block >= nodes.size()) nodes.resize(end - block + kLongBlock, kNoPath);
      nodes[end - block].take_better(score + before, static_cast<std::uint32_t>(start), id);
    };
    tables_.trie.matches(labels, start, [&](std::size_t end, TokenId id) {
      if (id >= tables_.scores.size() || (kHides && !scratch.allows(id))) return;
      offer(end, id, tables_.scores[id]);
      reach = std::max(reach, end);
      covered |= end == start + 1;
    });
    if (!covered) offer(start + 1, unknown_id(), tables_.unknown_score);
    return reach;
  }

  /// A word's pieces on their way out.
  struct Path {
    Path(std::string_view word_, std::vector<Piece>& out_) : word(word_), out(out_) {}
    std::string_view word;
    std::vector<Piece>& out;
    std::size_t end = 0;           // in bytes, of the pieces so far
    std::optional<Piece> unknown;  // characters that no piece covers and that have not been appended yet
  };

  /// Appends the pieces of the best path from `block` to `reach`. Neighbouring unknown characters become one
  /// token, so those at its end wait for what follows.
  void append_path(Path& path, std::size_t block, std::size_t reach, PieceScratch& scratch) const {
    std::vector<Piece>& reversed = scratch.reversed;  // whose places are in characters
    reversed.clear();
    for (std::size_t end = reach; end > block;) {
      const PieceScratch::Node& node = scratch.nodes[end - block];
      reversed.push_back({node.id, node.start, end, node.id != tables_.unknown});
      end = node.start;
    }
    for (auto piece = reversed.rbegin(); piece != reversed.rend(); ++piece) {
      const std::size_t begin = path.end;
      for (std::size_t i = piece->begin; i < piece->end; ++i) path.end += utf8_length(path.word[path.end]);
      if (piece->known) {
        if (path.unknown) append_unknown(path, scratch);
        path.out.push_back({piece->id, begin, path.end, true});
      } else if (path.unknown) {
        path.unknown->end = path.end;
      } else {
        path.unknown = {piece->id, begin, path.end, false};
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
  void append_unknown(Path& path, const PieceScratch& scratch) const {
    const Piece piece = *path.unknown;
    path.unknown.reset();
    const auto text = path.word.substr(piece.begin, piece.end - piece.begin);
    TokenId whole = 0;
    if (find(text, whole) && scratch.allows(whole)) {
      path.out.push_back({whole, piece.begin, piece.end, whole != tables_.unknown});
      return;
    }
    const auto id = [&](char c) { return byte_pieces_[static_cast<unsigned char>(c)]; };
    if (!byte_pieces_.empty() && std::all_of(text.begin(), text.end(), [&](char c) { return id(c).has_value(); })) {
      for (const char c : text) path.out.push_back({*id(c), piece.begin, piece.end, true});
    } else {
      path.out.push_back(piece);
    }
  }

  UnigramTables tables_;
  std::vector<std::optional<TokenId>> byte_pieces_;
  bool is_fast_;
};

}  // namespace glossa::detail
