// Definitions of the functions that write results; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/result_files.hpp>
#include <glossa/eval/result_json.hpp>
#include <glossa/eval/result_name.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace glossa {
namespace detail {

/// The version whose protocols and whose format of files these are.
inline constexpr const char* kMtebVersion = "2.26.0";

/// Refuses what would not be one file's name. Errors: `invalid_argument`.
inline void require_file_name(const std::string& field, std::string_view name) {
  if (!is_file_name(name))
    throw Error(ErrorKind::invalid_argument, {.field = field,
                                              .problem = "results are kept under this name",
                                              .expected = "a name without slashes and colons",
                                              .found = std::string(name)});
}

[[nodiscard]] inline std::filesystem::path utf8_path(std::string_view text) {
  return {std::u8string(text.begin(), text.end())};
}

[[nodiscard]] inline std::string full_revision(const ResultModel& model) {
  return model.settings.empty() ? model.revision : model.revision + "-" + model.settings;
}

/// model_meta.json, with mteb's fields.
[[nodiscard]] inline Json meta_json(const ResultModel& model) {
  Json meta{{"name", model.name},         {"revision", full_revision(model)},
            {"loader", nullptr},          {"loader_kwargs", Json::object()},
            {"framework", Json::array()}, {"modalities", {"text"}},
            {"model_type", {"dense"}},    {"similarity_fn_name", "cosine"}};
  for (const char* unknown :
       {"release_date", "languages", "license", "open_weights", "public_training_code", "public_training_data",
        "reference", "use_instructions", "training_datasets", "adapted_from", "superseded_by", "citation", "contacts"})
    meta[unknown] = nullptr;
  const auto set = [&](const char* name, const auto& value) {
    if (value) {
      meta[name] = *value;
    } else {
      meta[name] = nullptr;
    }
  };
  set("embed_dim", model.dims);
  set("max_tokens", model.max_tokens);
  set("n_parameters", model.parameters);
  set("memory_usage_mb", model.memory_mb);
  return meta;
}

[[nodiscard]] inline Json rounded_list(std::span<const double> values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(rounded_json(value));
  return list;
}

/// Classification has its experiments as objects; clustering its clusterings, of each score, as a list, or as one for
/// each level of labels.
inline void add_runs(Json& out, const TaskScores::Subset& subset, TaskCategory category) {
  if (subset.runs.empty()) return;
  if (mteb_type(category) != "Clustering") {
    Json& experiments = out["scores_per_experiment"] = Json::array();
    for (const auto& [name, values] : subset.runs)
      for (std::size_t i = 0; i < values.size(); ++i) experiments[i][name] = rounded_json(values[i]);
    return;
  }
  for (const auto& [name, values] : subset.runs) {
    Json& place = out[name == "v_measure" ? "v_measures" : name + "_scores"];
    if (category != TaskCategory::clustering_fast) {
      place = rounded_list(values);
      continue;
    }
    const std::size_t levels = std::max<std::size_t>(subset.levels, 1);
    for (std::size_t i = 0; i < levels; ++i) {
      const std::size_t first = values.size() * i / levels;
      place["Level " + std::to_string(i)] =
          rounded_list(std::span(values).subspan(first, values.size() * (i + 1) / levels - first));
    }
  }
}

[[nodiscard]] inline Json subset_json(const TaskScores::Subset& subset, TaskCategory category) {
  Json out{{"hf_subset", subset.name}, {"languages", subset.languages}};
  if (subset.languages.empty()) out["languages"].push_back(kNoLanguage);
  for (const auto& [name, score] : subset.scores) out[name] = rounded_json(score);
  out["main_score"] = rounded_json(subset.main_score);
  if (subset.source != ScoreSource{})
    out["source"] = {{"data", subset.source.data},  // ours; mteb lets it be
                     {"prompts", subset.source.prompts},
                     {"settings", subset.source.settings},
                     {"version", subset.source.version}};
  add_runs(out, subset, category);
  return out;
}

/// What a file has of a task's splits, by name.
struct SplitsOfFile {
  Json scores = Json::object();
  Json seconds = Json::object();  ///< that their evaluations took
};

/// Whether a split of a file can stand beside these scores: none of its subsets is known to be of other settings or
/// prompts, or of another version. Their mean would say nothing.
[[nodiscard]] inline bool can_stand_beside(const Json& subsets, const TaskScores& scores) {
  if (!subsets.is_array() || scores.subsets.empty() || scores.subsets[0].source == ScoreSource{}) return true;
  const ScoreSource& own = scores.subsets[0].source;
  return std::all_of(subsets.begin(), subsets.end(), [&](const Json& subset) {
    const Json source = subset.is_object() ? subset.value("source", Json()) : Json();
    if (!source.is_object()) return true;
    return source.value("settings", Json()) == Json(own.settings) &&
           source.value("prompts", Json()) == Json(own.prompts) && source.value("version", Json()) == Json(own.version);
  });
}

/// Those other than this that can stand beside it.
[[nodiscard]] inline SplitsOfFile other_splits(const std::filesystem::path& path, const TaskScores& scores) {
  if (!is_there(path)) return {};
  const Json old = read_result_json(path);
  if (!old.is_object() || old.value("dataset_revision", Json()) != Json(scores.revision)) return {};
  const Json category = to_string(scores.category);
  if (old.value("category", category) != category) return {};  // another task of this name
  const auto found = old.find("scores");
  if (found == old.end() || !found->is_object()) return {};
  SplitsOfFile others;
  for (const auto& [split, subsets] : found->items()) {
    if (split == scores.split || !can_stand_beside(subsets, scores)) continue;
    others.scores[split] = subsets;
    others.seconds[split] = seconds_of_split(old, split);
  }
  return others;
}

/// Writes what single items score. splits: of the file of results; of those that it has no more, nothing stays here.
inline void write_items(const std::filesystem::path& path, const TaskScores& scores, const Json& splits) {
  const bool has_items =
      std::any_of(scores.subsets.begin(), scores.subsets.end(), [](const auto& one) { return !one.items.empty(); });
  if (!has_items && !is_there(path)) return;
  Json all = Json::object();
  if (splits.size() > 1 && is_there(path)) {
    const Json old = read_result_json(path);
    for (const auto& [name, items] : old.items())
      if (splits.contains(name)) all[name] = items;
  }
  Json& split = all[scores.split] = Json::object();
  for (const TaskScores::Subset& subset : scores.subsets) {
    if (subset.items.empty()) continue;
    Json& items = split[subset.name] = Json::array();
    for (const double item : subset.items) items.push_back(score_json(item));
  }
  write_json_file(path, all);
}

}  // namespace detail

GLOSSA_INLINE std::filesystem::path result_folder(const std::filesystem::path& results, const ResultModel& model) {
  std::string name;
  for (const char c : model.name) name += c == '/' ? "__" : c == ' ' ? "_" : std::string(1, c);
  const std::string revision = detail::full_revision(model);
  detail::require_file_name("name", name);
  detail::require_file_name("revision", revision);
  return results / detail::utf8_path(name) / detail::utf8_path(revision);
}

GLOSSA_INLINE std::filesystem::path result_file(const std::filesystem::path& results, const ResultModel& model,
                                                std::string_view task) {
  detail::require_file_name("task", task);
  return result_folder(results, model) / detail::utf8_path(std::string(task) + ".json");
}

GLOSSA_INLINE std::filesystem::path make_result_folder(const std::filesystem::path& results, const ResultModel& model) {
  std::filesystem::path folder = result_folder(results, model);
  detail::write_json_file(folder / "model_meta.json", detail::meta_json(model));
  return folder;
}

GLOSSA_INLINE std::filesystem::path write_result(const std::filesystem::path& results, const ResultModel& model,
                                                 const TaskScores& scores) {
  const std::filesystem::path path = result_file(results, model, scores.task);
  detail::SplitsOfFile splits = detail::other_splits(path, scores);
  detail::Json& split = splits.scores[scores.split] = detail::Json::array();
  for (const TaskScores::Subset& subset : scores.subsets) split.push_back(detail::subset_json(subset, scores.category));
  splits.seconds[scores.split] = scores.seconds;
  double seconds = 0;
  for (const detail::Json& of_split : splits.seconds) seconds += of_split.get<double>();
  detail::Json result{{"task_name", scores.task},
                      {"category", to_string(scores.category)},  // ours; mteb lets it be
                      {"dataset_revision", scores.revision},
                      {"mteb_version", detail::kMtebVersion},
                      {"evaluation_time", seconds},
                      {"kg_co2_emissions", nullptr},
                      {"scores", std::move(splits.scores)}};
  if (splits.seconds.size() > 1) result["split_seconds"] = std::move(splits.seconds);  // ours, too
  (void)make_result_folder(results, model);
  detail::write_items(path.parent_path() / "items" / path.filename(), scores, result.at("scores"));
  detail::write_json_file(path, result);
  return path;
}

}  // namespace glossa
