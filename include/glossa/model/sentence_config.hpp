// A model folder's sentence-transformers files come in; how token vectors become a text's vector goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/model/pooling.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace glossa {

/// What stands around the encoder.
struct SentenceConfig {
  std::filesystem::path encoder_folder;          ///< where config.json, weights and tokenizer lie
  std::vector<Pooling> poolings{Pooling::mean};  ///< more than one are concatenated
  bool normalize = false;                        ///< scale each vector to unit length
  std::optional<std::size_t> max_tokens;         ///< the folder's own limit, if it states one
  bool lowercase = false;                        ///< texts are lower-cased before tokenisation
};

namespace detail {

/// A mode and the flag that older configurations set for it, in the order in which several are concatenated.
struct PoolingFlag {
  Pooling pooling;
  const char* flag;
};
inline constexpr PoolingFlag kPoolingFlags[] = {{Pooling::cls, "pooling_mode_cls_token"},
                                                {Pooling::max, "pooling_mode_max_tokens"},
                                                {Pooling::mean, "pooling_mode_mean_tokens"},
                                                {Pooling::mean_sqrt_length, "pooling_mode_mean_sqrt_len_tokens"},
                                                {Pooling::weighted_mean, "pooling_mode_weightedmean_tokens"},
                                                {Pooling::last_token, "pooling_mode_lasttoken"}};

/// Reads a Pooling module's config.json: flags such as "pooling_mode_mean_tokens", or "pooling_mode": "mean".
[[nodiscard]] inline std::vector<Pooling> read_poolings(const std::filesystem::path& path, std::size_t hidden_size) {
  const Json document = read_json(path);
  const JsonFields fields(document, path_text(path));
  for (const char* name : {"word_embedding_dimension", "embedding_dimension"})
    if (const auto size = fields.optional_size(name, 1, 1u << 24); size && *size != hidden_size)
      fields.wrong(name, "config.json's hidden_size " + std::to_string(hidden_size), fields.at(name));
  if (!fields.boolean_or("include_prompt", true))
    throw Error(ErrorKind::unsupported, {.file = fields.file(),
                                         .field = "include_prompt",
                                         .problem = "pooling without the prompt's tokens is not implemented",
                                         .expected = "true",
                                         .found = "false",
                                         .remedy = "choose a model whose vectors include the prompt, or encode with "
                                                   "sentence-transformers"});
  std::vector<Pooling> poolings;
  if (const Json* mode = fields.find("pooling_mode")) {
    const Json modes = mode->is_array() ? *mode : Json::array({*mode});
    if (modes.empty() || modes.size() > std::size(kPoolingFlags))
      fields.wrong("pooling_mode", "from one to " + std::to_string(std::size(kPoolingFlags)) + " modes", *mode);
    for (const Json& name : modes) {
      const auto known = std::find_if(std::begin(kPoolingFlags), std::end(kPoolingFlags),
                                      [&](const PoolingFlag& entry) { return name == to_string(entry.pooling); });
      if (known == std::end(kPoolingFlags)) fields.wrong("pooling_mode", "a mode of sentence-transformers", *mode);
      poolings.push_back(known->pooling);
    }
  } else {
    for (const PoolingFlag& entry : kPoolingFlags)
      if (fields.boolean_or(entry.flag, false)) poolings.push_back(entry.pooling);
  }
  if (poolings.empty()) poolings.push_back(Pooling::mean);
  return poolings;
}

/// The text limit and lower-casing of a Transformer module.
inline void read_transformer_module(SentenceConfig& config) {
  for (const char* name : {"sentence_bert_config.json", "sentence_xlm-roberta_config.json",
                           "sentence_roberta_config.json", "sentence_camembert_config.json"}) {
    const auto path = config.encoder_folder / name;
    if (!is_there(path)) continue;
    const Json document = read_json(path);
    const JsonFields fields(document, path_text(path));
    config.max_tokens = fields.optional_size("max_seq_length", 1, std::size_t{1} << 24);
    config.lowercase = fields.boolean_or("do_lower_case", false);
    break;
  }
  const auto path = config.encoder_folder / "tokenizer_config.json";
  if (config.max_tokens || !is_there(path)) return;
  const Json document = read_json(path);
  const JsonFields fields(document, path_text(path));
  const double limit = fields.number_or("model_max_length", 0);  // "no limit" is written as 1e30
  if (limit >= 1 && limit < double(1u << 24)) config.max_tokens = static_cast<std::size_t>(limit);
}

}  // namespace detail

/// Reads `folder`/modules.json and what it points to. A folder without it is a plain encoder: mean pooling, vectors
/// not normalised, as sentence-transformers treats one. `hidden_size_of(encoder_folder)` gives the encoder's width.
/// Errors: `corrupt_file`; `unsupported` for modules other than Transformer, Pooling and Normalize.
template <class HiddenSizeOf>
[[nodiscard]] SentenceConfig read_sentence_config(const std::filesystem::path& folder, HiddenSizeOf&& hidden_size_of) {
  using namespace detail;
  SentenceConfig config;
  config.encoder_folder = folder;
  const auto path = folder / "modules.json";
  if (!is_there(path)) {
    read_transformer_module(config);
    return config;
  }
  const Json document = read_json(path);
  if (!document.is_array())
    throw Error(ErrorKind::corrupt_file,
                {.file = path_text(path), .expected = "an array of modules", .remedy = "fetch the file again"});
  std::size_t index = 0;
  for (const Json& entry : document) {
    const JsonFields module(entry, path_text(path), std::string("[").append(std::to_string(index)).append("]"));
    const std::string type = module.string("type");
    const std::string name = type.substr(type.rfind('.') == std::string::npos ? 0 : type.rfind('.') + 1);
    const std::string place = module.string_or("path", "");
    if (std::filesystem::path(place).is_absolute() || place.find("..") != std::string::npos ||
        place.find('\0') != std::string::npos)
      module.wrong("path", "a folder inside the model's", module.at("path"));
    if (index == 0 && name == "Transformer") {
      config.encoder_folder = place.empty() ? folder : folder / place;
      read_transformer_module(config);
    } else if (index == 1 && name == "Pooling") {
      config.poolings = read_poolings(folder / place / "config.json", hidden_size_of(config.encoder_folder));
    } else if (index == 2 && name == "Normalize") {
      config.normalize = true;
    } else {
      throw Error(ErrorKind::unsupported, {.file = module.file(),
                                           .field = module.path_of("type"),
                                           .problem = "this sequence of modules is not implemented",
                                           .expected = "Transformer, Pooling and perhaps Normalize",
                                           .found = type,
                                           .remedy = "choose a model without further modules, such as Dense"});
    }
    ++index;
  }
  if (index < 2)
    throw Error(ErrorKind::corrupt_file, {.file = path_text(path),
                                          .problem = "modules are missing",
                                          .expected = "Transformer and Pooling",
                                          .remedy = "fetch the file again"});
  return config;
}

}  // namespace glossa
