// Means of scores, and tables of them that names cannot break.
#include "catch.hpp"

#include <glossa/eval/plain_table.hpp>
#include <glossa/eval/score_summary.hpp>
#include <glossa/eval/score_table.hpp>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace {

using glossa::ScoreSummary;
using glossa::TableFormat;
using glossa::TaskCategory;
using glossa::TaskScores;

TaskScores task(const std::string& name, TaskCategory category, std::vector<TaskScores::Subset> subsets) {
  TaskScores scores{.task = name, .category = category};
  scores.subsets = std::move(subsets);
  return scores;
}

std::vector<TaskScores> example() {
  std::vector<TaskScores> all{
      task("Fact", TaskCategory::retrieval, {{.languages = {"eng-Latn"}, .main_score = 0.6}}),
      task("Similar", TaskCategory::sts,
           {{.name = "de", .languages = {"deu-Latn"}, .main_score = 0.785285},
            {.name = "en", .languages = {"eng-Latn"}, .main_score = 0.8}}),
      task("Alike", TaskCategory::sts, {{.name = "fr", .languages = {"fra-Latn"}, .main_score = 0.2}}),
      task("Pairs", TaskCategory::bitext,
           {{.name = "deu-eng", .languages = {"deu-Latn", "eng-Latn"}, .main_score = 0.9}})};
  all[1].published = {{"other", "de", 0.78936}, {"other", "fr", 0.1}};
  return all;
}

}  // namespace

TEST_CASE("means are over tasks, and over the means of categories") {
  const std::vector<TaskScores> scores = example();
  const ScoreSummary summary = glossa::summarize_scores(scores);
  REQUIRE(summary.tasks.size() == 4);
  CHECK(summary.tasks[0].name == "Alike");
  CHECK(summary.tasks[1].score == Approx((0.785285 + 0.8) / 2));
  REQUIRE(summary.types.size() == 3);
  CHECK(summary.types[0].name == "STS");
  CHECK(summary.types[0].tasks == 2);
  const double sts = ((0.785285 + 0.8) / 2 + 0.2) / 2;
  CHECK(summary.types[0].mean == Approx(sts));
  CHECK(summary.mean_of_tasks == Approx((2 * sts + 0.9 + 0.6) / 4));
  CHECK(summary.mean_of_types == Approx((sts + 0.9 + 0.6) / 3));
  REQUIRE(summary.languages.size() == 3);
  CHECK(summary.languages[0].tag == "deu-Latn");
  CHECK(summary.languages[0].mean == Approx((0.785285 + 0.9) / 2));
  CHECK(summary.languages[0].types[0] == Approx(0.785285));
  CHECK(summary.languages[0].types[1] == Approx(0.9));
  CHECK(std::isnan(summary.languages[0].types[2]));
  CHECK(summary.languages[1].tasks == 3);
}

TEST_CASE("splits of a task count together, both ways of clustering are one type, and nothing has no mean") {
  std::vector<TaskScores> scores{task("A", TaskCategory::clustering, {{.main_score = 0.2}}),
                                 task("A", TaskCategory::clustering, {{.main_score = 0.4}, {.main_score = 0.6}}),
                                 task("B", TaskCategory::clustering_fast, {{.main_score = 0.8}})};
  const ScoreSummary summary = glossa::summarize_scores(scores);
  REQUIRE(summary.tasks.size() == 2);
  CHECK(summary.tasks[0].score == Approx(0.4));
  REQUIRE(summary.types.size() == 1);
  CHECK(summary.types[0].mean == Approx(0.6));
  CHECK(summary.languages.empty());
  CHECK(std::isnan(glossa::summarize_scores({}).mean_of_tasks));
  scores[0].subsets[0].main_score = std::nan("");
  CHECK(std::isnan(glossa::summarize_scores(scores).mean_of_types));
}

TEST_CASE("a table in text has its columns in line") {
  const std::string table = glossa::score_table(example());
  CHECK(
      table.starts_with("Task             Type          Score  other\n"
                        "---------------  ------------  -----  -----\n"
                        "Alike (fr)       STS           20.00      -\n"
                        "Similar          STS           79.26      -\n"
                        "  de                           78.53  78.94\n"
                        "  en                           80.00      -\n"
                        "Pairs (deu-eng)  BitextMining  90.00      -\n"
                        "Fact             Retrieval     60.00      -\n"
                        "\n"
                        "Category              Tasks  Score\n"
                        "--------------------  -----  -----\n"
                        "STS                       2  49.63\n"
                        "BitextMining              1  90.00\n"
                        "Retrieval                 1  60.00\n"
                        "Mean over tasks           4  62.32\n"
                        "Mean over categories      3  66.54\n"));
  CHECK(table.find("\ndeu-Latn      2  84.26  78.53         90.00          -\n") != std::string::npos);
}

TEST_CASE("a table in Markdown keeps its cells whatever names there are") {
  std::vector<TaskScores> scores{
      task("a|b\n<img>*`\\", TaskCategory::sts, {{.main_score = 1}, {.name = "|", .main_score = -0.001}})};
  const std::string table = glossa::score_table(scores, TableFormat::markdown);
  CHECK(table.find("| a\\|b\\\\n&lt;img>\\*\\`\\\\ | STS  |") != std::string::npos);
  CHECK(table.find("<img") == std::string::npos);
  CHECK(table.find("&nbsp;&nbsp;\\|") != std::string::npos);
  CHECK(table.find(" -0.10 |") != std::string::npos);
  CHECK(table.find("| Mean over categories |") != std::string::npos);
}

TEST_CASE("scores are rounded to hundredths of their hundredths") {
  CHECK(glossa::detail::hundredths(0.785285) == "78.53");
  CHECK(glossa::detail::hundredths(0) == "0.00");
  CHECK(glossa::detail::hundredths(-0.00004) == "0.00");
  CHECK(glossa::detail::hundredths(0.0005) == "0.05");
  CHECK(glossa::detail::hundredths(-0.123) == "-12.30");
  CHECK(glossa::detail::hundredths(1) == "100.00");
  CHECK(glossa::detail::hundredths(std::nan("")) == "-");
  CHECK(glossa::detail::hundredths(1e300) == "-");
}

TEST_CASE("wide and combining characters take their columns") {
  CHECK(glossa::detail::display_width("abc") == 3);
  CHECK(glossa::detail::display_width("日本") == 4);
  CHECK(glossa::detail::display_width("e\u0301") == 1);
}

TEST_CASE("what others score stands beside the split that it is of alone") {
  std::vector<TaskScores> scores = example();
  scores[1].published = {{"other", "de", 0.78936, 0, "test"}, {"other", "", 0.72, 0, "dev"}};
  CHECK(glossa::score_table(scores).find("  de                           78.53  78.94\n") != std::string::npos);
  CHECK(glossa::score_table(scores).find("72.00") == std::string::npos);
  scores[1].split = "dev";
  CHECK(glossa::score_table(scores).find("  de                           78.53      -\n") != std::string::npos);
  CHECK(glossa::score_table(scores).find("Similar          STS           79.26  72.00\n") != std::string::npos);
  scores[1].published.pop_back();
  CHECK(glossa::score_table(scores).find("other") == std::string::npos);
}

TEST_CASE("what others score on all of a task stands beside its mean, where it is of as many subsets") {
  std::vector<TaskScores> scores = example();
  scores[0].published = {{"whole", "", 0.71}};
  scores[1].published = {{"whole", "", 0.72}, {"whole", "de", 0.5}};
  CHECK(glossa::score_table(scores).find("Similar          STS           79.26  72.00\n") != std::string::npos);
  CHECK(glossa::score_table(scores).find("Fact             Retrieval     60.00  71.00\n") != std::string::npos);
  scores[1].published[0].subsets = 112;
  CHECK(glossa::score_table(scores).find("Similar          STS           79.26      -\n") != std::string::npos);
  scores[1].published[0].subsets = 2;
  CHECK(glossa::score_table(scores).find("79.26  72.00\n") != std::string::npos);
  scores[1].published.push_back({"whole", "en", 0.7});  // the mean of those that are there is nearer
  CHECK(glossa::score_table(scores).find("79.26  60.00\n") != std::string::npos);
}
