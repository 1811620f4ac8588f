// A model folder comes in; what has to stand before queries and passages goes out, where the folder tells.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/model/prompts.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa {

namespace detail {

/// Models that are published with prompts, or known to need none, by a part of their name in lower case. The first
/// match counts.
struct PromptFamily {
  std::string_view name;
  bool known;  ///< false: this family's prompts depend on the task
  std::string_view query;
  std::string_view passage;
};

inline constexpr PromptFamily kPromptFamilies[] = {
    {"e5-mistral", false, "", ""},
    {"e5-large-instruct", false, "", ""},
    {"multilingual-e5-", true, "query: ", "passage: "},
    {"e5-small", true, "query: ", "passage: "},
    {"e5-base", true, "query: ", "passage: "},
    {"e5-large", true, "query: ", "passage: "},
    {"uae-large", true, "Represent this sentence for searching relevant passages: ", ""},
    {"paraphrase-multilingual-", true, "", ""},
    {"all-minilm-", true, "", ""},
    {"all-mpnet-", true, "", ""},
    {"nreimers/minilm-", true, "", ""},  // what all-MiniLM was trained from, and names in its config
};

[[nodiscard]] inline std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

[[nodiscard]] constexpr bool is_ascii_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// A folder's name, or the model's where it is a folder of the hub's cache, "models--ORG--NAME/snapshots/HASH". Other
/// folders above it tell nothing: "e5-base-experiments/run1/m" is any model.
[[nodiscard]] inline std::string model_folder_name(const std::filesystem::path& folder) {
  std::error_code code;  // the current folder may be gone; then the path as it was given has to do
  std::filesystem::path place = std::filesystem::absolute(folder, code);
  place = (code ? folder : place).lexically_normal();
  if (place.filename().empty()) place = place.parent_path();  // "folder/"
  const std::filesystem::path above = place.parent_path();
  const std::string cached = path_text(above.parent_path().filename());
  if (path_text(above.filename()) == "snapshots" && cached.starts_with("models--")) return cached;
  return path_text(place.filename());
}

/// The family that a model's name belongs to; names must match at the start of a word ("code5-base" is no e5).
[[nodiscard]] inline const PromptFamily* prompt_family(std::string_view model_name) {
  const std::string name = ascii_lower(model_name);
  for (const PromptFamily& family : kPromptFamilies) {
    const std::size_t at = name.find(family.name);
    if (at == std::string::npos) continue;
    if (at == 0 || !is_ascii_alphanumeric(name[at - 1])) return &family;
  }
  return nullptr;
}

/// Names that a model card gives: the first of its model-index, its base model, its title.
[[nodiscard]] inline std::vector<std::string> model_card_names(const std::filesystem::path& card) {
  std::vector<std::string> names;
  if (!is_there(card)) return names;
  const AlignedBuffer<char> bytes = read_bytes(card, kLargestConfigFile);
  std::string_view text = view(bytes);
  while (!text.empty() && names.size() < 4) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (line.starts_with(' ') || line.starts_with('-')) line.remove_prefix(1);
    for (const std::string_view key : {"name:", "base_model:", "# ", "## "})
      if (line.starts_with(key)) names.emplace_back(line.substr(key.size()));
  }
  return names;
}

/// The prompts in config_sentence_transformers.json. Recent versions write two empty ones where nobody set any, so
/// those say nothing.
[[nodiscard]] inline std::optional<Prompts> stated_prompts(const std::filesystem::path& path) {
  if (!is_there(path)) return std::nullopt;
  const Json document = read_json(path);
  const auto fields = JsonFields(document, path_text(path)).object("prompts");
  if (!fields) return std::nullopt;
  Prompts prompts;
  prompts.source = path_text(path.filename());
  if (fields->find("query") != nullptr) prompts.query = fields->string("query");
  for (const char* name : {"passage", "document", "corpus"})
    if (!prompts.passage && fields->find(name) != nullptr) prompts.passage = fields->string(name);
  if (prompts.query.value_or("").empty() && prompts.passage.value_or("").empty()) return std::nullopt;
  if (!prompts.query) prompts.query = "";
  if (!prompts.passage) prompts.passage = "";
  return prompts;
}

}  // namespace detail

/// The prompts of a model folder: those it states, else those of the family that its config, its model card or its
/// own name says it belongs to.
[[nodiscard]] inline Prompts read_prompts(const std::filesystem::path& folder,
                                          const std::filesystem::path& encoder_folder) {
  using namespace detail;
  if (auto stated = stated_prompts(folder / "config_sentence_transformers.json")) return *stated;
  std::vector<std::pair<std::string, std::string>> names;  // a name and where it stands
  const auto config_path = encoder_folder / "config.json";
  const Json config = read_json(config_path);
  names.emplace_back(JsonFields(config, path_text(config_path)).string_or("_name_or_path", ""), "config.json");
  for (const std::string& name : model_card_names(folder / "README.md")) names.emplace_back(name, "README.md");
  names.emplace_back(model_folder_name(folder), "the folder's name");
  for (const auto& [name, where] : names) {
    const PromptFamily* family = prompt_family(name);
    if (family == nullptr) continue;
    Prompts prompts;
    prompts.source = where;
    if (family->known) {
      prompts.query = std::string(family->query);
      prompts.passage = std::string(family->passage);
    }
    return prompts;
  }
  return {};
}

}  // namespace glossa
