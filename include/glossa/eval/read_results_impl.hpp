// Definitions of the functions that read results; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/folder_entries.hpp>
#include <glossa/core/json.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/result_files.hpp>
#include <glossa/eval/result_json.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

[[nodiscard]] inline std::optional<TaskSpec> known_task(std::string_view name) {
  for (TaskSpec& known : known_tasks())
    if (known.name == name) return std::move(known);
  return std::nullopt;
}

/// The category that has scores of such names; retrieval and reranking have the same, and differ in the one that
/// counts.
[[nodiscard]] inline TaskCategory category_by_scores(const TaskScores::Subset& subset) {
  const auto has = [&](const char* name) { return subset.scores.contains(name); };
  if (has("max_ap")) return TaskCategory::pair_classification;
  if (has("v_measure")) return TaskCategory::clustering_fast;
  const auto map = subset.scores.find("map_at_1000");
  const bool is_by_map = map != subset.scores.end() && map->second == subset.main_score;
  if (has("ndcg_at_10") && (!is_by_map || subset.scores.at("ndcg_at_10") == subset.main_score))
    return TaskCategory::retrieval;
  if (has("map") || has("map_at_1000")) return TaskCategory::reranking;
  if (has("accuracy"))
    return has("recall") && has("precision") && subset.runs.empty() ? TaskCategory::bitext
                                                                    : TaskCategory::classification;
  return has("dot_spearman") ? TaskCategory::summarization : TaskCategory::sts;
}

/// A list, or lists by the names of levels in the order of these.
[[nodiscard]] inline std::vector<const Json*> levels_of(const Json& value) {
  std::vector<const Json*> levels;
  if (value.is_object())
    for (std::size_t i = 0; i < value.size(); ++i)
      if (const auto found = value.find("Level " + std::to_string(i)); found != value.end() && found->is_array())
        levels.push_back(&*found);
  if (value.is_array()) levels.push_back(&value);
  return levels;
}

/// Adds what clusterings score: "v_measures" is a list in mteb's first protocol, and one by levels in the fast one, as
/// "ami_scores" and its like are.
inline void read_clusterings(const Json& fields, TaskScores::Subset& subset) {
  for (const auto& [name, value] : fields.items()) {
    const bool is_list = name == "v_measures" || (name.ends_with("_scores") && value.is_object());
    if (!is_list) continue;
    const std::vector<const Json*> levels = levels_of(value);
    std::vector<double> runs;
    bool is_even = true;
    for (const Json* level : levels) {
      is_even = is_even && level->size() == levels.front()->size();
      for (const Json& one : *level) runs.push_back(parsed_score(one));
    }
    if (runs.empty()) continue;
    if (is_even) subset.levels = levels.size();
    subset.runs[name == "v_measures" ? "v_measure" : name.substr(0, name.size() - 7)] = std::move(runs);
  }
}

/// Numbers are scores; experiments and clusterings are runs; all else is let be.
[[nodiscard]] inline TaskScores::Subset read_subset(const JsonFields& fields) {
  TaskScores::Subset subset;
  subset.name = fields.string("hf_subset");
  for (const Json& language : fields.array("languages")) {
    if (!language.is_string()) fields.wrong("languages", "strings", language);
    std::string tag = language.get<std::string>();
    if (tag != kNoLanguage) subset.languages.push_back(std::move(tag));
  }
  const Json& all = fields.json();
  if (!all.contains("main_score")) (void)fields.at("main_score");  // an Error, for it is missing
  subset.main_score = parsed_score(all.at("main_score"));
  for (const auto& [name, value] : all.items())
    if ((value.is_number() || value.is_null()) && name != "main_score") subset.scores[name] = parsed_score(value);
  if (const Json* found = fields.find("source"); found != nullptr && found->is_object()) {
    const JsonFields source(*found, fields.file(), fields.path_of("source"));
    subset.source = {source.string_or("data", ""), source.string_or("prompts", ""), source.string_or("settings", ""),
                     source.string_or("version", "")};
  }
  if (const Json* experiments = fields.find("scores_per_experiment"); experiments != nullptr && experiments->is_array())
    for (const Json& one : *experiments)
      if (one.is_object())
        for (const auto& [name, value] : one.items()) subset.runs[name].push_back(parsed_score(value));
  read_clusterings(all, subset);
  return subset;
}

/// Puts the items' scores into a split's subsets, where a file has them.
inline void read_items(const std::filesystem::path& path, TaskScores& scores) {
  if (!is_there(path)) return;
  const Json all = read_result_json(path);
  const JsonFields fields(all, path_text(path));
  const std::optional<JsonFields> split = fields.object(scores.split.c_str());
  if (!split) return;
  for (TaskScores::Subset& subset : scores.subsets) {
    if (split->find(subset.name.c_str()) == nullptr) continue;
    for (const Json& item : split->array(subset.name.c_str())) subset.items.push_back(parsed_score(item));
  }
}

}  // namespace detail

GLOSSA_INLINE std::vector<TaskScores> read_result(const std::filesystem::path& path) {
  const detail::Json json = detail::read_result_json(path);
  const detail::JsonFields fields(json, detail::path_text(path));
  TaskScores common;
  common.task = fields.string("task_name");
  common.revision = fields.string("dataset_revision");
  (void)fields.number_or("evaluation_time", 0);  // an Error where it is no number
  std::optional<TaskCategory> category = category_named(fields.string_or("category", ""));
  if (std::optional<TaskSpec> known = detail::known_task(common.task)) {
    if (!category) category = known->category;
    common.published = std::move(known->published);
  }
  std::vector<TaskScores> all;
  const detail::Json& splits = fields.at("scores");
  if (!splits.is_object()) fields.wrong("scores", "an object of splits", splits);
  for (const auto& [split, subsets] : splits.items()) {
    TaskScores scores = common;
    scores.split = split;
    scores.seconds = detail::seconds_of_split(json, split);
    const std::string field = "scores." + split;
    if (!subsets.is_array() || subsets.empty()) fields.wrong(field, "a list of subsets", subsets);
    for (const detail::Json& subset : subsets)
      scores.subsets.push_back(detail::read_subset(detail::JsonFields(subset, fields.file(), field)));
    scores.category = category ? *category : detail::category_by_scores(scores.subsets.front());
    detail::read_items(path.parent_path() / "items" / path.filename(), scores);
    all.push_back(std::move(scores));
  }
  return all;
}

GLOSSA_INLINE std::vector<TaskScores> read_results(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& path : detail::folder_entries(folder))
    if (path.extension() == ".json" && path.filename() != "model_meta.json") files.push_back(path);
  if (files.empty())
    throw Error(ErrorKind::not_found, {.file = detail::path_text(folder),
                                       .problem = "there are no results in the folder",
                                       .expected = "files such as STSBenchmark.json",
                                       .remedy = "give the folder <results>/<model>/<revision>"});
  std::vector<TaskScores> all;
  std::map<std::string, std::filesystem::path> by_task;
  for (const std::filesystem::path& file : files)
    for (TaskScores& scores : read_result(file)) {
      const auto [own, is_new] = by_task.emplace(scores.task, file);
      if (!is_new && own->second != file)
        throw Error(ErrorKind::corrupt_file,
                    {.file = detail::path_text(file),
                     .field = "task_name",
                     .problem = "two files have results of " + scores.task + ", which would count twice",
                     .found = detail::path_text(own->second),
                     .remedy = "move one of them out of the folder"});
      all.push_back(std::move(scores));
    }
  return all;
}

}  // namespace glossa
