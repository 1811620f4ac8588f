// What a task is: category, data, languages and settings.
#pragma once

#include <glossa/eval/task_category.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace glossa {

/// What stands before texts in place of what uses_prompts() tells; "" for nothing.
struct TaskPrompts {
  std::optional<std::string> query{};    ///< before queries; in categories without roles, before every text
  std::optional<std::string> passage{};  ///< before documents and candidates
};

/// A part of a task with data of its own, such as a language; mteb calls it hf_subset.
struct TaskSubset {
  std::string name = "default";
  std::vector<std::string> languages{};  ///< "deu-Latn": ISO 639-3 and ISO 15924
  std::filesystem::path data{};          ///< what the category's read_ function takes
};

/// What somebody else scored.
struct PublishedScore {
  std::string model;
  std::string subset;  ///< "": the mean of all
  double score = 0;
  std::size_t subsets =
      0;                ///< how many "all" are, beside others' means of which it is not shown; 0: those that there are
  std::string split{};  ///< beside those of others it is not shown; "": whichever there is
};

struct TaskSpec {
  std::string name;
  TaskCategory category = TaskCategory::sts;
  std::string split = "test";
  std::string main_metric{};             ///< of the scores, the one that counts
  std::vector<std::string> languages{};  ///< of a task whose data is one set, in one language or in several
  std::vector<TaskSubset> subsets{};     ///< empty until attach_data()
  TaskPrompts prompts{};                 ///< empty: as uses_prompts() tells
  std::size_t samples_per_label = 8;     ///< classification: of each label, what one experiment learns from
  std::size_t experiments =
      0;  ///< of classification, and clusterings (of each set); 0: as mteb has it, ten, or one of each set
  std::size_t most_texts = 0;   ///< clustering_fast: so many at most are drawn; 0: all as they come
  std::size_t most_levels = 0;  ///< clustering_fast: so many levels of labels at most count; 0: all
  double text_share = 0;        ///< clustering_fast: this share of them is drawn; 0: all
  /// clustering_fast: splits of the same data that are scored before this one. As mteb does, draws go on where those of
  /// the last one ended; without, they begin anew.
  std::vector<std::string> splits_before{};
  bool ignore_identical_ids = false;  ///< retrieval: the document that has the query's id is left out
  bool averages_p_values = false;     ///< summarization, as its first version has it: means of rho and p together
  /// Of known tasks: mteb leaves to chance what it scores of the data set when it loads it, by generators that are not
  /// here. To have its scores give the data that its task holds then ("dataset"), and not the files of the data set.
  bool draws_data = false;
  /// The task's own tags of languages, by those of languages_of_subset().
  std::map<std::string, std::string> tags{};
  std::map<std::string, std::string> fields{};  ///< see ReadOptions
  std::string revision = "local";               ///< of the data set
  std::vector<std::string> stems{};             ///< what the data set's files are called: "stsb" of stsb-de.jsonl
  std::vector<PublishedScore> published{};
  /// By attach_data(): files and folders beside the subsets that may be data and are none of them, for they are called
  /// after no language where others are, or are of other splits.
  std::vector<std::filesystem::path> left_out{};
};

}  // namespace glossa
