// The files that stand beside a vocabulary come in; the added tokens that they ask for go out, as transformers builds
// them for a fast tokenizer of a folder without a tokenizer.json.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/text/added_tokens.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/post_processor.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A special token's field in tokenizer_config.json, and its text where the file does not say.
struct NamedToken {
  const char* field;
  const char* other;    ///< nullptr: there is none then
  bool lstrip = false;  ///< of a token that is given by its text alone
};

/// The text of a named token, written as a string or as an object.
[[nodiscard]] inline std::string named_token_text(const JsonFields& config, const NamedToken& token) {
  const Json* value = config.find(token.field);
  if (value != nullptr && value->is_object()) return JsonFields(*value, config.file(), token.field).string("content");
  return config.string_or(token.field, token.other == nullptr ? "" : token.other);
}

/// A token with its flags; as in Python, one that says nothing of `normalized` is matched in the normalised text unless
/// it is special.
[[nodiscard]] inline AddedToken added_token_from(const JsonFields& fields, bool special) {
  AddedToken token;
  token.content = fields.string("content");
  token.single_word = fields.boolean_or("single_word", false);
  token.lstrip = fields.boolean_or("lstrip", false);
  token.rstrip = fields.boolean_or("rstrip", false);
  token.special = special || fields.boolean_or("special", false);
  token.normalized = fields.boolean_or("normalized", !token.special);
  return token;
}

/// A list, or an object of named ones, of special tokens, each a string or an object.
inline void append_special_tokens(const JsonFields& config, const char* field, std::vector<AddedToken>& out) {
  const Json* list = config.find(field);
  if (list == nullptr) return;
  if (!list->is_array() && !list->is_object()) config.wrong(field, "a list of tokens", *list);
  for (const auto& [key, value] : list->items()) {
    if (value.is_string()) {
      out.push_back({.content = value.template get<std::string>(), .special = true});
    } else if (value.is_object()) {
      out.push_back(added_token_from(JsonFields(value, config.file(), std::string(field) + "[" + key + "]"), true));
    } else {
      config.wrong(std::string(field) + "[" + key + "]", "a token", value);
    }
  }
}

/// The tokens in `added_tokens_decoder`, {"id": {"content": …}, …}, by id.
[[nodiscard]] inline std::map<std::size_t, AddedToken> listed_tokens(const JsonFields& config) {
  std::map<std::size_t, AddedToken> tokens;
  const auto table = config.object("added_tokens_decoder");
  if (!table) return tokens;
  for (const auto& [key, value] : table->json().items()) {
    std::size_t id = 0;
    const auto [end, code] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (code != std::errc() || end != key.data() + key.size() || id >= (std::size_t{1} << 31))
      table->wrong(key, "a token's id before the token", value);
    tokens.insert_or_assign(id, added_token_from(JsonFields(value, config.file(), table->path_of(key)), false));
  }
  return tokens;
}

/// Refuses a named token that is neither in the vocabulary nor among `listed`: the model has no row for it.
inline void require_token(const JsonFields& config, const NamedToken& name, const PieceModel& model,
                          const std::vector<AddedToken>& listed, const std::string& file) {
  const std::string text = named_token_text(config, name);
  TokenId id = 0;
  if (model.find(text, id) ||
      std::any_of(listed.begin(), listed.end(), [&](const AddedToken& token) { return token.content == text; }))
    return;
  throw Error(ErrorKind::corrupt_file, {.file = file,
                                        .field = name.field,
                                        .problem = "the vocabulary lacks a special token",
                                        .found = text,
                                        .remedy = "fetch the file again"});
}

/// The tokens in the order in which transformers adds them: those listed, by their ids; the named ones; further special
/// ones. A token that the vocabulary has keeps its id there, others get the next free ids, whatever the list says.
/// `file` is the vocabulary's. Errors: `corrupt_file` where a named token is in neither.
[[nodiscard]] inline std::vector<AddedToken> added_tokens_of(const JsonFields& config,
                                                             const std::vector<NamedToken>& names,
                                                             const PieceModel& model, const std::string& file) {
  std::vector<AddedToken> candidates;
  for (auto& [id, token] : listed_tokens(config)) candidates.push_back(std::move(token));
  const std::size_t listed = candidates.size();
  for (const NamedToken& name : names) {
    const auto it = config.json().find(name.field);
    if (it == config.json().end() ? name.other == nullptr : it->is_null()) continue;  // null: there is none
    if (name.other != nullptr) require_token(config, name, model, candidates, file);
    const Json& value = it == config.json().end() ? Json() : *it;
    candidates.push_back(
        value.is_object()
            ? added_token_from(JsonFields(value, config.file(), name.field), true)
            : AddedToken{.content = named_token_text(config, name), .lstrip = name.lstrip, .special = true});
    for (std::size_t i = 0; i < listed; ++i)
      if (candidates[i].content == candidates.back().content) candidates[i].special = true;
  }
  append_special_tokens(config, "additional_special_tokens", candidates);
  append_special_tokens(config, "extra_special_tokens", candidates);
  std::vector<AddedToken> tokens;
  auto next = static_cast<TokenId>(model.size());
  for (AddedToken& token : candidates) {
    const auto same = std::find_if(tokens.begin(), tokens.end(),
                                   [&](const AddedToken& other) { return other.content == token.content; });
    if (same != tokens.end()) {
      same->special = same->special || token.special;
      continue;
    }
    if (token.content.empty()) continue;
    if (!model.find(token.content, token.id)) token.id = next++;
    tokens.push_back(std::move(token));
  }
  std::sort(tokens.begin(), tokens.end(), [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
  return tokens;
}

/// One of the named tokens with its id, for a post-processor.
[[nodiscard]] inline SpecialToken named_token(const JsonFields& config, const NamedToken& name,
                                              const std::vector<AddedToken>& tokens, const PieceModel& model,
                                              const std::string& file) {
  SpecialToken special{0, named_token_text(config, name)};
  const auto it = std::find_if(tokens.begin(), tokens.end(),
                               [&](const AddedToken& token) { return token.content == special.text; });
  if (it != tokens.end()) {
    special.id = it->id;
  } else if (!model.find(special.text, special.id)) {
    require_token(config, name, model, tokens, file);
  }
  return special;
}

/// A folder's tokenizer_config.json, with what special_tokens_map.json and added_tokens.json add to it: as in
/// transformers, nothing where it has an `added_tokens_decoder`.
[[nodiscard]] inline Json read_tokenizer_config(const std::filesystem::path& folder) {
  const auto path = folder / "tokenizer_config.json";
  Json config = is_there(path) ? read_json(path) : Json::object();
  const JsonFields fields(config, path_text(path));
  if (fields.find("added_tokens_decoder") != nullptr) return config;
  std::vector<AddedToken> special;
  append_special_tokens(fields, "additional_special_tokens", special);
  const auto map_path = folder / "special_tokens_map.json";
  if (is_there(map_path)) {
    const Json map = read_json(map_path);
    const JsonFields map_fields(map, path_text(map_path));
    for (const auto& [key, value] : map.items()) {
      if (value.is_object() && key != "extra_special_tokens") {
        (void)added_token_from(JsonFields(value, map_fields.file(), key), true);
      } else if (!value.is_string() && !value.is_array() && !value.is_object() && !value.is_null()) {
        map_fields.wrong(key, "a token or a list of tokens", value);
      }
      config[key] = value;
    }
  }
  const auto added_path = folder / "added_tokens.json";
  if (!is_there(added_path)) return config;
  const Json added = read_json(added_path);
  const JsonFields added_fields(added, path_text(added_path));
  append_special_tokens(fields, "extra_special_tokens", special);
  for (const char* name : {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"})
    special.push_back({.content = named_token_text(fields, {name, nullptr})});
  Json decoder = Json::object();
  for (const auto& [content, id] : added.items()) {
    const bool is_special = std::any_of(special.begin(), special.end(),
                                        [&text = content](const AddedToken& token) { return token.content == text; });
    if (!id.is_number_unsigned() || id.template get<std::uint64_t>() >= (std::uint64_t{1} << 31))
      added_fields.wrong(content, "a token's id", id);
    decoder[std::to_string(id.template get<std::uint64_t>())] = {{"content", content}, {"special", is_special}};
  }
  config["added_tokens_decoder"] = std::move(decoder);
  return config;
}

}  // namespace glossa::detail
