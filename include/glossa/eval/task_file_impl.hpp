// Definition of read_task_file; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/data_fields.hpp>
#include <glossa/eval/result_name.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_folder.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

inline constexpr std::string_view kTaskFields[] = {"task",
                                                   "name",
                                                   "category",
                                                   "data",
                                                   "split",
                                                   "main_score",
                                                   "languages",
                                                   "prompts",
                                                   "fields",
                                                   "samples_per_label",
                                                   "experiments",
                                                   "most_texts",
                                                   "most_levels",
                                                   "text_share",
                                                   "ignore_identical_ids",
                                                   "averages_p_values",
                                                   "revision",
                                                   "published"};

/// Reads one task file; see read_task_file().
class TaskFileReader {
 public:
  TaskFileReader(const std::filesystem::path& path, const TaskFileOptions& options)
      : folder_(path.parent_path()), options_(options), json_(read_json(path)), fields_(json_, path_text(path)) {}

  [[nodiscard]] TaskSpec read() const {
    require_known(fields_, {std::begin(kTaskFields), std::end(kTaskFields)});
    TaskSpec task = start();
    task.name = fields_.string_or("name", task.name);
    if (!is_file_name(task.name))
      refuse("name", "results are kept in a file of this name", "a name without slashes and colons");
    const std::string split = fields_.string_or("split", task.split);
    task.split = options_.split.empty() ? split : options_.split;
    task.main_metric = fields_.string_or("main_score", task.main_metric);
    task.revision = fields_.string_or("revision", task.revision);
    task.samples_per_label = fields_.optional_size("samples_per_label", 1, 1u << 20).value_or(task.samples_per_label);
    task.experiments = fields_.optional_size("experiments", 1, 10000).value_or(task.experiments);
    task.most_texts = fields_.optional_size("most_texts", 1, std::size_t{1} << 31).value_or(task.most_texts);
    task.most_levels = fields_.optional_size("most_levels", 1, 1u << 10).value_or(task.most_levels);
    task.text_share = fields_.number_or("text_share", task.text_share);
    if (!(task.text_share >= 0 && task.text_share <= 1))
      fields_.wrong("text_share", "a number from 0 to 1", fields_.at("text_share"));
    task.ignore_identical_ids = fields_.boolean_or("ignore_identical_ids", task.ignore_identical_ids);
    task.averages_p_values = fields_.boolean_or("averages_p_values", task.averages_p_values);
    if (const std::optional<JsonFields> prompts = fields_.object("prompts")) {
      require_known(*prompts, {"query", "passage"});
      if (prompts->find("query") != nullptr) task.prompts.query = prompts->string("query");
      if (prompts->find("passage") != nullptr) task.prompts.passage = prompts->string("passage");
    }
    if (const std::optional<JsonFields> names = fields_.object("fields")) {
      for (const auto& [name, value] : names->json().items()) task.fields[name] = names->string(name.c_str());
      require_known(*names, data_fields(task.category));
    }
    read_published(task, split);
    return read_data(std::move(task));
  }

 private:
  [[noreturn]] void refuse(const std::string& field, const std::string& problem, const std::string& expected) const {
    throw Error(ErrorKind::corrupt_file,
                {.file = fields_.file(), .field = field, .problem = problem, .expected = expected});
  }

  /// Refuses a field that is none of these: what is misspelt would have no effect.
  void require_known(const JsonFields& fields, const std::vector<std::string_view>& known) const {
    std::string all;
    for (const std::string_view name : known) all.append(all.empty() ? "" : ", ").append(name);
    for (const auto& [name, value] : fields.json().items())
      if (std::find(known.begin(), known.end(), name) == known.end())
        refuse(fields.path_of(name), "there is no such field", "one of " + all);
  }

  /// The known task, or the category's defaults.
  [[nodiscard]] TaskSpec start() const {
    if (fields_.find("task") != nullptr) {
      TaskSpec known = find_task(fields_.string("task"));
      if (fields_.find("category") != nullptr && category_named(fields_.string("category")) != known.category)
        fields_.wrong("category", std::string(to_string(known.category)) + ", as " + known.name + " is",
                      fields_.at("category"));
      return known;
    }
    const std::string name = fields_.string("category");
    const std::optional<TaskCategory> category = category_named(name);
    if (!category)
      fields_.wrong("category",
                    "sts, bitext, classification, clustering, clustering_fast, pair_classification, reranking, "
                    "retrieval or summarization",
                    fields_.at("category"));
    TaskSpec task{.name = fields_.string("name"), .category = *category};
    task.main_metric = default_metric(*category);
    return task;
  }

  [[nodiscard]] std::vector<std::string> strings(const std::string& field, const Json& list) const {
    std::vector<std::string> out;
    if (!list.is_array()) fields_.wrong(field, "a list of strings", list);
    for (const Json& one : list) {
      if (!one.is_string()) fields_.wrong(field, "strings", one);
      out.push_back(one.get<std::string>());
    }
    return out;
  }

  /// `split`: the task's own, whichever is scored.
  void read_published(TaskSpec& task, const std::string& split) const {
    if (fields_.find("published") == nullptr) return;
    for (const Json& one : fields_.array("published")) {
      const JsonFields fields(one, fields_.file(), "published");
      require_known(fields, {"model", "subset", "split", "score"});
      if (!fields.at("score").is_number()) fields.wrong("score", "a number", fields.at("score"));
      task.published.push_back({fields.string("model"), fields.string_or("subset", ""),
                                fields.at("score").get<double>(), 0, fields.string_or("split", split)});
    }
  }

  [[nodiscard]] std::filesystem::path place(const std::string& path) const {
    return folder_ / std::filesystem::path(std::u8string(path.begin(), path.end()));
  }

  /// Keeps the split that was asked for, be it there or not.
  [[nodiscard]] TaskSpec with_data(TaskSpec task, const std::filesystem::path& data) const {
    const std::string split = task.split;
    task = attach_data(std::move(task), data);
    if (!options_.split.empty() || fields_.find("split") != nullptr) task.split = split;
    return task;
  }

  [[nodiscard]] TaskSpec read_data(TaskSpec task) const {
    const Json* languages = fields_.find("languages");
    const bool by_subset = languages != nullptr && languages->is_object();
    if (languages != nullptr && !by_subset) task.languages = strings("languages", *languages);
    if (!options_.data.empty()) {
      task = with_data(std::move(task), options_.data);
    } else if (const Json& data = fields_.at("data"); data.is_string()) {
      task = with_data(std::move(task), place(data.get<std::string>()));
    } else {
      const JsonFields paths(data, fields_.file(), "data");
      for (const auto& [name, value] : data.items()) {
        TaskSubset subset{.name = name, .languages = languages_in(task, name)};
        if (!task.languages.empty()) subset.languages = task.languages;
        subset.data = place(paths.string(name.c_str()));
        if (!is_there(subset.data)) refuse("data." + name, "there is no such file: " + path_text(subset.data), "");
        task.subsets.push_back(std::move(subset));
      }
      if (task.subsets.empty()) refuse("data", "it names nothing", "a path, or paths by subset");
    }
    if (!by_subset) return task;
    if (options_.data.empty() && options_.split.empty()) {  // other data may have fewer subsets
      std::vector<std::string_view> names;
      for (const TaskSubset& subset : task.subsets) names.push_back(subset.name);
      require_known({*languages, fields_.file(), "languages"}, names);
    }
    for (TaskSubset& subset : task.subsets)
      if (languages->contains(subset.name))
        subset.languages = strings("languages." + subset.name, languages->at(subset.name));
    return task;
  }

  std::filesystem::path folder_;
  const TaskFileOptions& options_;
  Json json_;
  JsonFields fields_;
};

}  // namespace detail

GLOSSA_INLINE TaskSpec read_task_file(const std::filesystem::path& path, const TaskFileOptions& options) {
  try {
    return detail::TaskFileReader(path, options).read();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::corrupt_file) throw;
    ErrorFacts facts = error.facts();  // of JSON's readers, whose remedies are for files of models
    facts.remedy = "correct the task file: {\"name\": \"...\", \"category\": \"sts\", \"data\": \"test.jsonl\"}";
    throw Error(error.kind(), std::move(facts));
  }
}

}  // namespace glossa
