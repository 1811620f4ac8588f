// A SentencePiece model file comes in; a tokenizer whose segmentation runs on the sentencepiece library goes out.
// Optional: include it yourself and link the CMake component glossa::sentencepiece. A program that has protobuf's
// library as well may crash: Debian's libsentencepiece brings a protobuf of its own, under the same names.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/text/added_token_files.hpp>
#include <glossa/text/piece_trie_builder.hpp>
#include <glossa/text/sentencepiece_model.hpp>
#include <glossa/text/tokenizer.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>
#include <glossa/text/xlm_roberta_tokenizer.hpp>

#include <sentencepiece_processor.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// The library as a subword model, with the ids of the fairseq layout. Its own normalisation is switched off:
/// Tokenizer has normalised the text by Hugging Face's rules before.
class SentencePieceLibrary final : public PieceModel {
 public:
  /// `bytes` is the model file, `model` what parse_sentencepiece_model() made of it.
  SentencePieceLibrary(std::string bytes, const SentencePieceModel& model, const std::string& file) {
    pieces_ = xlm_roberta_vocabulary(model, file).pieces;
    std::vector<PieceEntry> entries;
    for (std::size_t id = 0; id < pieces_.size(); ++id)
      entries.push_back({pieces_[id], static_cast<std::uint32_t>(id)});
    trie_ = PieceTrie(entries);
    // A second normalizer_spec (field 3) overrides the first: no rules (2), and neither dummy prefix (3) nor
    // whitespace removal (4) nor escaping (5).
    bytes += std::string("\x1A\x08\x12\x00\x18\x00\x20\x00\x28\x00", 10);
    const auto status = processor_.LoadFromSerializedProto(bytes);
    if (!status.ok())
      throw Error(ErrorKind::corrupt_file,
                  {.file = file,
                   .problem = "the sentencepiece library refuses the model: " + status.ToString(),
                   .remedy = "fetch the file again"});
  }

  void segment(std::string_view word, PieceScratch&, std::vector<Piece>& out) const override {
    sentencepiece::ImmutableSentencePieceText text;
    const auto status = processor_.Encode({word.data(), word.size()}, text.mutable_proto());
    if (!status.ok())
      throw Error(ErrorKind::unsupported, {.problem = "the sentencepiece library failed: " + status.ToString(),
                                           .remedy = "use Tokenizer(folder) instead, which needs no such library"});
    for (std::size_t i = 0; i < text.pieces_size(); ++i) {
      const auto piece = text.pieces(static_cast<int>(i));
      const bool known = piece.id() != 0;
      if (piece.begin() == piece.end()) continue;
      out.push_back({known ? piece.id() + 1 : kUnknown, piece.begin(), piece.end(), known});
    }
  }

  [[nodiscard]] std::string_view piece(TokenId id) const noexcept override { return pieces_[id]; }
  [[nodiscard]] bool find(std::string_view piece, TokenId& id) const noexcept override { return trie_.find(piece, id); }
  [[nodiscard]] std::size_t size() const noexcept override { return pieces_.size(); }
  [[nodiscard]] std::optional<TokenId> unknown() const noexcept override { return kUnknown; }
  [[nodiscard]] bool unknown_keeps_text() const noexcept override { return true; }

 private:
  static constexpr TokenId kUnknown = 3;

  PieceTable pieces_;
  PieceTrie trie_;
  sentencepiece::SentencePieceProcessor processor_;
};

}  // namespace detail

/// The tokenizer of `folder`/sentencepiece.bpe.model on the sentencepiece library; give it to an Embedder by
/// EmbedderOptions::tokenizer. It loads more slowly than Tokenizer's own segmentation and differs from Hugging Face's
/// where two segmentations tie, as in "aaaaaaaaa" (the library adds scores up in float), and where the normal form of
/// a text spells a special token, as full-width "＜/s＞" does (the library takes it for text). Errors: as Tokenizer's.
[[nodiscard]] inline Tokenizer sentencepiece_tokenizer(const std::filesystem::path& folder,
                                                       const TokenizerOptions& options = {}) {
  const auto path = folder / "sentencepiece.bpe.model";
  const std::string file = detail::path_text(path);
  std::string bytes(detail::view(detail::read_bytes(path, 512u << 20)));
  detail::SentencePieceModel model = detail::parse_sentencepiece_model(bytes, file);
  const detail::Json config = detail::read_tokenizer_config(folder);
  detail::TokenizerParts parts =
      detail::xlm_roberta_parts(detail::xlm_roberta_vocabulary(model, file), model.charsmap, file, config,
                                detail::path_text(folder / "tokenizer_config.json"));
  parts.special_texts = detail::control_pieces(model);
  if (options.lowercase) detail::lowercase_first(parts);
  parts.model = std::make_unique<detail::SentencePieceLibrary>(std::move(bytes), model, file);
  return Tokenizer(std::make_shared<const detail::TokenizerPipeline>(std::move(parts)));
}

}  // namespace glossa
