// Clustering by levels of labels: how they are read, scored and kept.
#include "error_of.hpp"
#include "hashed_words.hpp"
#include "paths.hpp"

#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/read_task_data.hpp>
#include <glossa/eval/result_files.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using glossa::kNoLabel;
using Texts = std::vector<std::string>;
using Numbers = std::vector<std::int32_t>;

glossa::ClusteringData read_lines(std::string_view lines) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "a.jsonl", lines);
  return glossa::read_clustering(folder.path() / "a.jsonl");
}

/// Three kinds of texts, which every k-means tells apart.
glossa::ClusteringData three_kinds() {
  glossa::ClusteringData data{{{}}, {"-1", "0", "1", "2"}, false};
  glossa::LabelledTexts& set = data.sets[0];
  set.finer_labels.resize(2);
  for (int i = 0; i < 30; ++i) {
    set.texts.push_back(i % 3 == 0 ? "one one one" : i % 3 == 1 ? "two two" : "three");
    set.labels.push_back(1 + i % 3);
    set.finer_labels[0].push_back(i % 3 == 2 ? kNoLabel : 1 + i % 3);
    set.finer_labels[1].push_back(i % 2 == 0 ? kNoLabel : 1);
  }
  return data;
}

}  // namespace

TEST_CASE("labels may be lists, a label for each level, as many as a text has") {
  const glossa::ClusteringData data = read_lines(
      "{\"text\": \"a\", \"label\": [\"math\"]}\n{\"text\": \"b\", \"label\": [\"cs\", \"AI\", \"x\"]}\n"
      "{\"text\": \"c\", \"label\": \"cs\"}\n{\"text\": \"d\", \"label\": [\"cs\", \"LG\"]}\n");
  CHECK(data.label_names == Texts{"AI", "LG", "cs", "math", "x"});
  CHECK_FALSE(data.labels_are_numbers);
  REQUIRE(data.sets.size() == 1);
  const glossa::LabelledTexts& set = data.sets[0];
  CHECK(set.texts == Texts{"a", "b", "c", "d"});
  CHECK(set.labels == Numbers{3, 2, 2, 2});
  REQUIRE(set.finer_labels.size() == 2);
  CHECK(set.finer_labels[0] == Numbers{kNoLabel, 0, kNoLabel, 1});
  CHECK(set.finer_labels[1] == Numbers{kNoLabel, 4, kNoLabel, kNoLabel});
}

TEST_CASE("labels are numbers where none is a string") {
  CHECK(read_lines("{\"text\": \"a\", \"label\": [3, 11]}\n{\"text\": \"b\", \"label\": -1}").labels_are_numbers);
  CHECK_FALSE(
      read_lines("{\"text\": \"a\", \"label\": [\"3\"]}\n{\"text\": \"b\", \"label\": \"-1\"}").labels_are_numbers);
  CHECK_FALSE(read_lines(R"({"text": "a", "label": true})").labels_are_numbers);
  CHECK(read_lines(R"({"sentences": ["a"], "labels": [1]})").labels_are_numbers);
  CHECK_FALSE(read_lines(R"({"sentences": ["a"], "labels": ["1"]})").labels_are_numbers);
}

TEST_CASE("a list of labels that is empty, too long or no list of names is told with its line and field") {
  std::string many = "[0";
  for (int i = 0; i < 64; ++i) many += ", 0";
  for (const std::string& labels : {std::string("[]"), many + "]", std::string("[\"\"]"), std::string("[[1]]")}) {
    CAPTURE(labels);
    const Error error = test::error_of(
        [&] { (void)read_lines("{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\", \"label\": " + labels + "}"); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.field() == "label");
    CHECK(error.file().ends_with("a.jsonl, line 2"));
  }
}

TEST_CASE("clustering by levels scores as python mteb's, draw by draw and level by level", "[golden]") {
  glossa::PythonRandom random(42);
  for (const nlohmann::json& golden : test::protocol_goldens("clustering_levels")) {
    std::string lines;
    const nlohmann::json& rows = golden.at("data");
    for (std::size_t i = 0; i < rows.at("sentences").size(); ++i)
      lines += nlohmann::json{{"sentences", rows.at("sentences")[i]}, {"labels", rows.at("labels")[i]}}.dump() + "\n";
    const glossa::ClusteringData data = read_lines(lines);
    const auto subset = glossa::score_clusters_fast(data, test::hashed_words,
                                                    {.most_texts = golden.at("most_texts").get<std::size_t>(),
                                                     .most_levels = golden.at("max_depth").get<std::size_t>()},
                                                    random);
    test::check_scores(subset, golden.at("scores"));
    CHECK(subset.levels == golden.at("runs").size());
    const std::vector<double>& runs = subset.runs.at("v_measure");
    REQUIRE(runs.size() == 10 * subset.levels);
    for (std::size_t i = 0; i < runs.size(); ++i)
      CHECK(runs[i] == test::near(golden.at("runs").at("Level " + std::to_string(i / 10))[i % 10]));
  }
}

TEST_CASE("texts without a label on a level are a class of their own, or left out where labels are numbers") {
  glossa::ClusteringData data = three_kinds();
  data.sets[0].finer_labels.pop_back();
  const auto runs = [&] {
    return glossa::score_clusters_fast(data, test::hashed_words, {.clusterings = 1}).runs.at("v_measure");
  };
  CHECK(runs() == std::vector<double>{1, 1});
  data.sets[0].finer_labels.clear();
  for (std::size_t i = 4; i < 30; i += 6) data.sets[0].labels[i] = i % 12 == 4 ? kNoLabel : 0;  // "-1", of one kind
  CHECK(runs()[0] < 0.95);  // four classes of three kinds
  data.labels_are_numbers = true;
  CHECK(runs()[0] == Approx(1));
  data.sets[0].labels.assign(30, 0);
  const Error error = test::error_of([&] { (void)runs(); });
  CHECK(error.kind() == ErrorKind::invalid_argument);
  CHECK(error.field() == "labels");
}

TEST_CASE("levels count that the drawn texts have labels on, as many as the task says") {
  glossa::ClusteringData data = three_kinds();
  const auto levels = [&](std::size_t most) {
    const auto subset = glossa::score_clusters_fast(data, test::hashed_words, {.clusterings = 2, .most_levels = most});
    CHECK(subset.runs.at("ami").size() == 2 * subset.levels);
    CHECK(subset.scores.at("v_measure") == Approx(test::mean(subset.runs.at("v_measure"))));
    return subset.levels;
  };
  CHECK(levels(0) == 3);
  CHECK(levels(2) == 2);
  CHECK(levels(9) == 3);
  data.sets[0].finer_labels[1].assign(30, kNoLabel);
  CHECK(levels(0) == 2);
  data.sets.push_back({{"four"}, {1}});  // a set of one level beside one of three
  CHECK(levels(0) == 2);
  data.sets[0].finer_labels[0].pop_back();
  CHECK(test::error_of([&] { (void)levels(0); }).field() == "finer_labels");
}

TEST_CASE("clustering as it was first has one level") {
  const Error error = test::error_of([] { (void)glossa::score_clusters(three_kinds(), test::hashed_words); });
  CHECK(error.kind() == ErrorKind::invalid_argument);
  CHECK(test::says(error, "clustering_fast"));
}

TEST_CASE("a task file tells how many levels count, and its scores that they are of so many") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "a.jsonl",
                   "{\"text\": \"a\", \"label\": [1, 2]}\n{\"text\": \"b\", \"label\": [3, 4]}\n");
  const auto task_with = [&](const std::string& more) {
    test::write_file(
        folder.path() / "task.json",
        R"({"name": "Mine", "category": "clustering_fast", "data": "a.jsonl", "experiments": 1)" + more + "}");
    return glossa::read_task_file(folder.path() / "task.json");
  };
  const glossa::TaskSpec all = task_with("");
  const glossa::TaskSpec first = task_with(R"(, "most_levels": 1)");
  CHECK(first.most_levels == 1);
  CHECK(evaluate(all, test::hashed_words).subsets.at(0).levels == 2);
  CHECK(evaluate(first, test::hashed_words).subsets.at(0).levels == 1);
  CHECK(score_source(all, all.subsets.at(0)) != score_source(first, first.subsets.at(0)));
}

TEST_CASE("runs of several levels are written by level, as python mteb does, and read again") {
  const test::TemporaryFolder folder;
  glossa::TaskScores scores{.task = "Mine", .category = glossa::TaskCategory::clustering_fast};
  std::vector<double> runs;
  for (int i = 0; i < 24; ++i) runs.push_back(i / 32.0);
  scores.subsets = {{.main_score = 0.5, .runs = {{"ami", runs}, {"v_measure", runs}}, .levels = 12}};
  const auto path = glossa::write_result(folder.path(), {.name = "m"}, scores);
  const auto json = nlohmann::json::parse(test::read_file(path));
  const nlohmann::json& levels = json.at("scores").at("test").at(0).at("v_measures");
  REQUIRE(levels.size() == 12);
  CHECK(levels.at("Level 1") == nlohmann::json{2 / 32.0, 3 / 32.0});
  CHECK(levels.at("Level 11") == nlohmann::json{22 / 32.0, 23 / 32.0});
  const glossa::TaskScores::Subset read = glossa::read_result(path).at(0).subsets.at(0);
  CHECK(read.levels == 12);
  CHECK(read.runs == scores.subsets[0].runs);
}
