// Small valid files in the formats that the library reads, as strings, for tests that damage them and for fuzzing.
#pragma once

#include "random_model.hpp"

#include <glossa/text/base64.hpp>
#include <glossa/text/sentencepiece_model.hpp>
#include <glossa/text/xlm_roberta_tokenizer.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace test {

/// Appends a number's bytes, little-endian.
template <class Number>
void put(std::string& out, Number value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

/// A safetensors file of this header and data, whether or not they are right.
inline std::string safetensors_file(std::string_view header, std::string_view data) {
  std::string out;
  put<std::uint64_t>(out, header.size());
  out += header;
  out += data;
  return out;
}

/// The families' SentencePiece model.
inline std::string sentencepiece_file() {
  return *glossa::detail::base64_decode(families().at("sentencepiece").get<std::string>());
}

/// A tokenizer.json for the same pieces, `pieces` of them at most, as Hugging Face's converter writes it.
inline Json unigram_tokenizer(std::size_t pieces = 1000) {
  const auto model = glossa::detail::parse_sentencepiece_model(sentencepiece_file(), "families.json");
  const auto vocabulary = glossa::detail::xlm_roberta_vocabulary(model, "families.json");
  const std::size_t last = vocabulary.pieces.size() - 1;  // <mask>
  Json vocab = Json::array();
  for (std::size_t id = 0; id < last && id + 1 < pieces; ++id)
    vocab.push_back({vocabulary.pieces[id], vocabulary.scores[id]});
  vocab.push_back({"<mask>", 0.0});
  const std::size_t mask = vocab.size() - 1;
  const auto added = [](std::size_t id, const char* text, bool lstrip) {
    return Json{{"id", id},        {"content", text},     {"single_word", false}, {"lstrip", lstrip},
                {"rstrip", false}, {"normalized", false}, {"special", true}};
  };
  const auto special = [](const char* text, int id) {
    return Json{{"id", text}, {"ids", Json::array({id})}, {"tokens", Json::array({text})}};
  };
  const auto token = [](const char* text) { return Json{{"SpecialToken", {{"id", text}, {"type_id", 0}}}}; };
  const Json text{{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  const Json metaspace{{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "always"}, {"split", true}};
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens",
           {added(0, "<s>", false), added(1, "<pad>", false), added(2, "</s>", false), added(3, "<unk>", false),
            added(mask, "<mask>", true)}},
          {"normalizer",
           {{"type", "Precompiled"}, {"precompiled_charsmap", glossa::detail::base64_encode(model.charsmap)}}},
          {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", {Json{{"type", "WhitespaceSplit"}}, metaspace}}}},
          {"post_processor",
           {{"type", "TemplateProcessing"},
            {"single", {token("<s>"), text, token("</s>")}},
            {"special_tokens", {{"<s>", special("<s>", 0)}, {"</s>", special("</s>", 2)}}}}},
          {"decoder", metaspace},
          {"model", {{"type", "Unigram"}, {"unk_id", 3}, {"vocab", vocab}, {"byte_fallback", false}}}};
}

/// The WordPiece tokenizer.json of the families.
inline Json word_piece_tokenizer() { return family("tokenizer-json-only").at("files").at("tokenizer.json"); }

/// A 4-bit model blob in the "E5S1" layout (see examples/convert/e5s1_blob.hpp) with three tensors.
inline std::string e5s1_blob() {
  const std::string_view pieces[] = {"<s>", "<pad>", "</s>", "<unk>", "▁a", "é", "<mask>"};
  std::string out = "E5S1";
  for (const std::uint32_t number : {1u, 32u, 1u, 2u, 64u, 7u, 16u, 2u}) put(out, number);  // version … types
  put(out, 1e-12F);
  for (const std::int32_t number : {32, 7, 0, 2, 1, 3}) put(out, number);  // block, pieces, bos, eos, pad, unk
  std::string text;
  std::string ends;
  put<std::uint32_t>(ends, 0);
  for (const std::string_view piece : pieces) {
    text += piece;
    put<std::uint32_t>(ends, static_cast<std::uint32_t>(text.size()));
  }
  put<std::uint64_t>(out, text.size());
  out += ends;
  for (std::size_t i = 0; i < std::size(pieces); ++i) put(out, -0.5F * static_cast<float>(i));
  out += text;
  std::string table;  // the ligature fi, full-width A
  for (const auto& [from, to] : {std::pair<std::uint32_t, std::u32string>{0xFB01, U"fi"}, {0xFF21, U"A"}}) {
    put(table, from);
    put(table, static_cast<std::uint8_t>(to.size()));
    for (const char32_t c : to) put(table, static_cast<std::uint32_t>(c));
  }
  put<std::int32_t>(out, 2);
  put<std::uint32_t>(out, static_cast<std::uint32_t>(table.size()));
  out += table;
  struct Entry {
    std::string_view name;
    std::uint8_t type;
    std::uint32_t elements;
    std::uint64_t bytes;
  };
  const Entry tensors[] = {{"emb.word", 1, 224, 224 / 32 * 18}, {"emb.ln.w", 0, 32, 128}, {"emb.ln.b", 0, 32, 128}};
  put<std::int32_t>(out, static_cast<std::int32_t>(std::size(tensors)));
  std::uint64_t offset = out.size();
  for (const Entry& tensor : tensors) offset += 2 + tensor.name.size() + 1 + 4 + 8 + 8;
  std::string data;
  for (const Entry& tensor : tensors) {
    put(out, static_cast<std::uint16_t>(tensor.name.size()));
    out += tensor.name;
    put(out, tensor.type);
    put(out, tensor.elements);
    put<std::uint64_t>(out, offset + data.size());
    put(out, tensor.bytes);
    for (std::uint64_t i = 0; i < tensor.bytes; ++i) data.push_back(static_cast<char>(i * 37 % 60));
  }
  return out + data;
}

}  // namespace test
