// What is known of a task of MTEB by its name.
#pragma once

#include <cstddef>
#include <string_view>

namespace glossa::detail {

/// What few tasks have.
struct KnownSettings {
  std::string_view split = "test";
  std::string_view metric = "";  ///< "": the category's
  std::size_t samples_per_label = 8;
  bool ignore_identical_ids = false;
  bool averages_p_values = false;
  std::size_t most_texts = 0;
  std::size_t most_levels = 0;
  double text_share = 0;
  /// Whether mteb draws what is scored when it loads the data, by NumPy's generators, which are not here: the data has
  /// to be what its task holds then.
  bool draws_data = false;
};

/// What is taken over of a task of python mteb 2.26; tests/eval/check_known_tasks.py compares all with it. Of tasks
/// that mteb scores on several splits (AmazonCounterfactual, MTOP and Massive on validation and test; LEMBPasskey on
/// eight by length, of which this is the shortest; WebLINX on six; Swedn on articles too) it is the one split that is
/// here, and the others are to be asked for. Subsets that mteb calls by words ("Danish" of Scala, "catalan" of
/// CataloniaTweet, "french" of Statcan) are found by a task file that names their data.
struct KnownTask {
  std::string_view name;
  std::string_view languages;  ///< with a space between several that are in one set of data; "": there are subsets
  std::string_view revision;   ///< of its data set
  std::string_view stem;       ///< what files of it are called, and of no other data of the category
  KnownSettings settings{};
  std::string_view short_stem = "";  ///< what they are called besides, where several go by it; "": nothing else
};

}  // namespace glossa::detail
