// Which splits of a task share a file of results.
#include "paths.hpp"

#include <glossa/eval/result_files.hpp>

#include <string>
#include <vector>

namespace {

using glossa::TaskCategory;
using glossa::TaskScores;

TaskScores scores_of(const std::string& split) {
  TaskScores scores{.task = "T", .category = TaskCategory::sts, .split = split};
  scores.subsets = {{.main_score = 0.5, .scores = {{"cosine_spearman", 0.5}}, .items = {1, 2}}};
  scores.subsets[0].source = {.data = "data of " + split, .prompts = "none", .settings = "usual", .version = "1"};
  return scores;
}

/// The splits in the file when one and then another is written.
std::vector<std::string> splits_after(const TaskScores& one, const TaskScores& other) {
  const test::TemporaryFolder folder;
  (void)glossa::write_result(folder.path(), {.name = "m"}, one);
  std::vector<std::string> splits;
  for (const TaskScores& scores : glossa::read_result(glossa::write_result(folder.path(), {.name = "m"}, other)))
    splits.push_back(scores.split);
  return splits;
}

using Splits = std::vector<std::string>;

}  // namespace

TEST_CASE("splits of one category, of the same settings, prompts and version, share a file") {
  CHECK(splits_after(scores_of("dev"), scores_of("test")) == Splits{"dev", "test"});
  TaskScores unknown = scores_of("dev");  // as python mteb's
  unknown.subsets[0].source = {};
  CHECK(splits_after(unknown, scores_of("test")) == Splits{"dev", "test"});
  CHECK(splits_after(scores_of("test"), unknown) == Splits{"dev", "test"});
}

TEST_CASE("a split of another category, of other settings or prompts, or of another version does not stay") {
  TaskScores other = scores_of("dev");
  other.category = TaskCategory::bitext;
  CHECK(splits_after(other, scores_of("test")) == Splits{"test"});
  for (std::string glossa::ScoreSource::*part :
       {&glossa::ScoreSource::settings, &glossa::ScoreSource::prompts, &glossa::ScoreSource::version}) {
    other = scores_of("dev");
    other.subsets[0].source.*part = "other";
    CHECK(splits_after(other, scores_of("test")) == Splits{"test"});
    (other.subsets[0].source.*part).clear();  // as before it was written
    CHECK(splits_after(other, scores_of("test")) == Splits{"test"});
  }
}

TEST_CASE("settings and version of scores are written and read") {
  const test::TemporaryFolder folder;
  const TaskScores read =
      glossa::read_result(glossa::write_result(folder.path(), {.name = "m"}, scores_of("test"))).at(0);
  CHECK(read.subsets[0].source == scores_of("test").subsets[0].source);
}
