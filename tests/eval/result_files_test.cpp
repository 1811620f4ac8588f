// Results go to files as python mteb writes them, and come back, from mteb's files too.
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/eval/result_files.hpp>

#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using glossa::ResultModel;
using glossa::TaskCategory;
using glossa::TaskScores;

ResultModel small_model() {
  return {.name = "intfloat/multilingual-e5-small",
          .revision = "abc",
          .dims = 384,
          .max_tokens = 512,
          .memory_mb = 118.5,
          .settings = "int8"};
}

TaskScores topics() {
  TaskScores scores{.task = "SIB200Classification", .category = TaskCategory::classification};
  scores.revision = "a74d7350ea12af010cfb1c21e34f1f81fd2e615b";
  scores.seconds = 3.5;
  scores.subsets = {
      {.name = "nld_Latn",
       .languages = {"nld-Latn"},
       .main_score = 0.7220588235,
       .scores = {{"accuracy", 0.7220588235}, {"f1", 0.706898}, {"ap", std::nan("")}},
       .runs = {{"accuracy", {0.75, 0.6941176471}}, {"f1", {0.5, 0.25}}},
       .items = {1, 0, 0.1, std::nan("")}},
      {.name = "tha_Thai", .languages = {"tha-Thai"}, .main_score = 0.755882, .scores = {{"accuracy", 0.755882}}}};
  return scores;
}

}  // namespace

TEST_CASE("a result file and the model's are those that python mteb loads", "[golden]") {
  const test::TemporaryFolder folder;
  const auto path = glossa::write_result(folder.path(), small_model(), topics());
  CHECK(path == folder.path() / "intfloat__multilingual-e5-small" / "abc-int8" / "SIB200Classification.json");
  CHECK(test::read_file(path) == test::read_file(test::golden() / "glossa_result.json"));
  CHECK(test::read_file(path.parent_path() / "model_meta.json") ==
        test::read_file(test::golden() / "glossa_model_meta.json"));
}

TEST_CASE("what was written is read again, scores to six places and single items exactly") {
  const test::TemporaryFolder folder;
  const auto path = glossa::write_result(folder.path(), small_model(), topics());
  const std::vector<TaskScores> read = glossa::read_result(path);
  REQUIRE(read.size() == 1);
  const TaskScores& scores = read[0];
  CHECK(scores.task == "SIB200Classification");
  CHECK(scores.category == TaskCategory::classification);
  CHECK(scores.split == "test");
  CHECK(scores.revision == topics().revision);
  CHECK(scores.seconds == 3.5);
  REQUIRE(scores.subsets.size() == 2);
  const TaskScores::Subset& dutch = scores.subsets[0];
  CHECK(dutch.name == "nld_Latn");
  CHECK(dutch.languages == std::vector<std::string>{"nld-Latn"});
  CHECK(dutch.main_score == 0.722059);
  CHECK(dutch.scores.at("f1") == 0.706898);
  CHECK(std::isnan(dutch.scores.at("ap")));
  CHECK(dutch.runs == std::map<std::string, std::vector<double>>{{"accuracy", {0.75, 0.694118}}, {"f1", {0.5, 0.25}}});
  REQUIRE(dutch.items.size() == 4);
  CHECK(dutch.items[2] == 0.1);
  CHECK(std::isnan(dutch.items[3]));
  CHECK(scores.subsets[1].items.empty());
  REQUIRE(scores.published.size() == 2);
  CHECK(scores.published[0].score == 0.73137);
}

TEST_CASE("every category comes back as it was") {
  const test::TemporaryFolder folder;
  for (int i = 0; i <= static_cast<int>(TaskCategory::summarization); ++i) {
    TaskScores scores{.task = "Mine", .category = static_cast<TaskCategory>(i)};
    scores.subsets = {{.main_score = 0.5, .runs = {{"v_measure", {0.25, 0.75}}}}};
    const auto path = glossa::write_result(folder.path(), {.name = "m"}, scores);
    CHECK(path.parent_path().filename() == "no_revision_available");
    const TaskScores read = glossa::read_result(path).at(0);
    CHECK(read.category == scores.category);
    CHECK(read.subsets[0].runs == scores.subsets[0].runs);
  }
}

TEST_CASE("a file of python mteb is read, with NaN and all splits", "[golden]") {
  const std::vector<TaskScores> splits = glossa::read_result(test::golden() / "mteb_result.json");
  REQUIRE(splits.size() == 2);
  const TaskScores& dev = splits[0];
  const TaskScores& test = splits[1];
  CHECK(dev.split == "dev");
  CHECK(dev.category == TaskCategory::sts);  // of the known task
  CHECK(dev.subsets.at(0).runs.at("f1") == std::vector<double>{0.25, 0.75});
  CHECK(dev.subsets.at(0).runs.at("v_measure") == std::vector<double>{0.125, 0.5});
  CHECK(test.seconds == 6.25);  // of 12.5 for both
  CHECK(test.main_score() == Approx((0.8391 + 0.25) / 2).margin(1e-6));
  CHECK(std::isnan(test.subsets.at(0).scores.at("cosine_pearson")));
  CHECK(std::isnan(test.subsets.at(1).scores.at("euclidean_pearson")));
  CHECK(test.subsets[0].scores.size() == 2);
}

TEST_CASE("splits of one task share a file, and a new data set begins anew") {
  const test::TemporaryFolder folder;
  TaskScores scores = topics();
  auto path = glossa::write_result(folder.path(), small_model(), scores);
  scores.split = "validation";
  scores.subsets.pop_back();
  scores.subsets[0].items = {0.5};
  scores.seconds = 0.25;
  path = glossa::write_result(folder.path(), small_model(), scores);
  std::vector<TaskScores> read = glossa::read_result(path);
  REQUIRE(read.size() == 2);
  CHECK(read[0].split == "test");
  CHECK(read[0].subsets.size() == 2);
  CHECK(read[0].subsets[0].items.size() == 4);
  CHECK(read[0].seconds == 3.5);
  CHECK(read[1].subsets[0].items == std::vector<double>{0.5});
  CHECK(read[1].seconds == 0.25);
  CHECK(test::read_file(path).find("\"evaluation_time\": 3.75") != std::string::npos);
  scores.revision = "new";
  read = glossa::read_result(glossa::write_result(folder.path(), small_model(), scores));
  REQUIRE(read.size() == 1);
  CHECK(read[0].split == "validation");
}

TEST_CASE("all results of a model are read from its folder") {
  const test::TemporaryFolder folder;
  TaskScores scores = topics();
  (void)glossa::write_result(folder.path(), small_model(), scores);
  scores.task = "Another";
  (void)glossa::write_result(folder.path(), small_model(), scores);
  const std::vector<TaskScores> all = glossa::read_results(glossa::result_folder(folder.path(), small_model()));
  REQUIRE(all.size() == 2);
  CHECK(all[0].task == "Another");
  CHECK(test::error_of([&] { (void)glossa::read_results(folder.path()); }).kind() == ErrorKind::not_found);
  CHECK(test::error_of([&] { (void)glossa::read_results(folder.path() / "no"); }).kind() == ErrorKind::not_found);
}

TEST_CASE("a folder in which a task's results lie twice is refused, for they would count twice") {
  const test::TemporaryFolder folder;
  const std::filesystem::path file = glossa::write_result(folder.path(), small_model(), topics());
  const std::filesystem::path copy = file.parent_path() / "a copy.json";
  std::filesystem::copy_file(file, copy);
  const Error error = test::error_of([&] { (void)glossa::read_results(file.parent_path()); });
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(test::says(error, file.filename().string()));
  CHECK(test::says(error, "a copy.json"));
  CHECK(glossa::read_result(copy).size() == glossa::read_result(file).size());
}

TEST_CASE("names that are no files' names are refused, and spaces and slashes in a model's replaced") {
  const test::TemporaryFolder folder;
  CHECK(glossa::result_folder("r", {.name = "a b/c d"}) ==
        std::filesystem::path("r") / "a_b__c_d" / "no_revision_available");
  for (const char* name : {"", "..", "a\\b", "c:"})
    CHECK(test::error_of([&] { (void)glossa::result_folder("r", {.name = name}); }).field() == "name");
  for (const char* name : {"", "../x", "."})
    CHECK(test::error_of([&] { (void)glossa::result_folder("r", {.name = "m", .revision = name}); }).field() ==
          "revision");
  TaskScores scores = topics();
  scores.task = "../../x";
  CHECK(test::error_of([&] { (void)glossa::write_result(folder.path(), small_model(), scores); }).field() == "task");
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("damaged result files are told by field") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "T.json";
  const auto error_with = [&](const std::string& text) {
    test::write_file(path, text);
    return test::error_of([&] { (void)glossa::read_result(path); });
  };
  const std::string head = R"({"task_name": "T", "dataset_revision": "1", "scores": )";
  CHECK(error_with("{").kind() == ErrorKind::corrupt_file);
  CHECK(error_with("{}").field() == "task_name");
  CHECK(error_with(head + "[]}").field() == "scores");
  CHECK(error_with(head + R"({"test": []}})").field() == "scores.test");
  CHECK(error_with(head + R"({"test": [{"languages": [], "main_score": 1}]}})").field() == "scores.test.hf_subset");
  CHECK(error_with(head + R"({"test": [{"hf_subset": "x", "main_score": 1}]}})").field() == "scores.test.languages");
  CHECK(error_with(head + R"({"test": [{"hf_subset": "x", "languages": []}]}})").field() == "scores.test.main_score");
  CHECK(error_with(head + R"({"test": [{"hf_subset": "x", "languages": [1], "main_score": 1}]}})").field() ==
        "scores.test.languages");
  const std::string file = path.string();
  CHECK(error_with(head + "[]}").file() == file);
}

TEST_CASE("results that cannot be written are an error that names the place") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "m", "in the way");
  const Error error = test::error_of([&] { (void)glossa::write_result(folder.path(), {.name = "m"}, topics()); });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(test::says(error, (folder.path() / "m").string()));
}

TEST_CASE("where scores come from is written and read") {
  const test::TemporaryFolder folder;
  TaskScores scores = topics();
  scores.subsets[0].source = {.data = "0123456789abcdef", .prompts = "fedcba9876543210"};
  const TaskScores read = glossa::read_result(glossa::write_result(folder.path(), small_model(), scores)).at(0);
  CHECK(read.subsets[0].source == scores.subsets[0].source);
  CHECK(read.subsets[1].source == glossa::ScoreSource{});
}

TEST_CASE("subsets without languages have mteb's tag for none in the file, and none when they are read") {
  const test::TemporaryFolder folder;
  TaskScores scores = topics();
  scores.subsets[0].languages.clear();
  const auto path = glossa::write_result(folder.path(), small_model(), scores);
  CHECK(test::read_file(path).find("\"und-Zyyy\"") != std::string::npos);  // without one get_score() is NaN
  const TaskScores read = glossa::read_result(path).at(0);
  CHECK(read.subsets[0].languages.empty());
  CHECK(read.subsets[1].languages == std::vector<std::string>{"tha-Thai"});
}

TEST_CASE("items of results that are gone neither stay nor stand in the way") {
  const test::TemporaryFolder folder;
  TaskScores scores = topics();
  const auto path = glossa::result_file(folder.path(), small_model(), scores.task);
  const auto items = path.parent_path() / "items" / path.filename();
  test::write_file(items, "{");
  CHECK(glossa::write_result(folder.path(), small_model(), scores) == path);
  CHECK(glossa::read_result(path).at(0).subsets[0].items.size() == 4);

  scores.split = "validation";
  (void)glossa::write_result(folder.path(), small_model(), scores);
  CHECK(test::read_file(items).find("\"test\"") != std::string::npos);
  scores.revision = "new";
  (void)glossa::write_result(folder.path(), small_model(), scores);
  CHECK(test::read_file(items).find("\"test\"") == std::string::npos);
}

TEST_CASE("a folder of results is made before there are any") {
  const test::TemporaryFolder folder;
  const auto made = glossa::make_result_folder(folder.path(), small_model());
  CHECK(made == glossa::result_folder(folder.path(), small_model()));
  CHECK(std::filesystem::exists(made / "model_meta.json"));
  CHECK(test::error_of([&] { (void)glossa::read_results(made); }).kind() == ErrorKind::not_found);
  CHECK(test::error_of([] { (void)glossa::result_file("r", {.name = "m"}, "a:b"); }).field() == "task");
}

TEST_CASE("all runs of clusterings are kept, in the form of their protocol, and mteb's levels are read") {
  const test::TemporaryFolder folder;
  TaskScores scores{.task = "Mine", .category = TaskCategory::clustering_fast};
  scores.subsets = {{.main_score = 0.5, .runs = {{"ami", {0.125, 0.5}}, {"v_measure", {0.25, 0.75}}}}};
  auto path = glossa::write_result(folder.path(), {.name = "m"}, scores);
  CHECK(test::read_file(path).find("\"ami_scores\": {\n          \"Level 0\": [") != std::string::npos);
  CHECK(glossa::read_result(path).at(0).subsets[0].runs == scores.subsets[0].runs);

  scores.category = TaskCategory::clustering;
  scores.subsets[0].runs.erase("ami");
  path = glossa::write_result(folder.path(), {.name = "m"}, scores);
  CHECK(test::read_file(path).find("\"v_measures\": [") != std::string::npos);
  CHECK(glossa::read_result(path).at(0).subsets[0].runs == scores.subsets[0].runs);

  test::write_file(folder.path() / "Other.json",
                   R"({"task_name": "Other", "dataset_revision": "1", "scores": {"test": [{"hf_subset": "default",
    "languages": [], "main_score": 0.5, "v_measures": {"Level 0": [0.25, NaN], "Level 1": [0.75]},
    "ami_scores": {"Level 0": []}, "damaged_scores": {"Level 0": 3}}]}})");
  const auto runs = glossa::read_result(folder.path() / "Other.json").at(0).subsets[0].runs;
  REQUIRE(runs.size() == 1);
  REQUIRE(runs.at("v_measure").size() == 3);
  CHECK(runs.at("v_measure")[0] == 0.25);
  CHECK(std::isnan(runs.at("v_measure")[1]));
  CHECK(runs.at("v_measure")[2] == 0.75);
}

TEST_CASE("the category of an unknown task is told by its scores") {
  const test::TemporaryFolder folder;
  const auto category = [&](const std::string& scores) {
    test::write_file(folder.path() / "Unheard.json",
                     R"({"task_name": "Unheard", "dataset_revision": "1", "scores": {"test": [{"hf_subset": "default",
    "languages": [], )" + scores +
                         "}]}}");
    return glossa::read_result(folder.path() / "Unheard.json").at(0).category;
  };
  CHECK(category(R"("main_score": 0.5, "ndcg_at_10": 0.5, "map_at_1000": 0.4)") == TaskCategory::retrieval);
  CHECK(category(R"("main_score": 0.4, "ndcg_at_10": 0.5, "map_at_1000": 0.4)") == TaskCategory::reranking);
  CHECK(category(R"("main_score": 0.4, "map": 0.4, "mrr": 0.5)") == TaskCategory::reranking);
  CHECK(category(R"("main_score": 0.4, "cosine_spearman": 0.4, "dot_spearman": 0.4)") == TaskCategory::summarization);
  CHECK(category(R"("main_score": 0.4, "cosine_spearman": 0.4, "euclidean_spearman": 0.4)") == TaskCategory::sts);
  CHECK(category(R"("main_score": 0.4, "max_ap": 0.4)") == TaskCategory::pair_classification);
}

TEST_CASE("a main score that is not defined is NaN, as python mteb counts with it") {
  const test::TemporaryFolder folder;
  TaskScores scores = topics();
  scores.subsets[0].main_score = std::nan("");
  scores.subsets[1].name = "\"main_score\": null";
  const auto path = glossa::write_result(folder.path(), small_model(), scores);
  const std::string text = test::read_file(path);
  CHECK(text.find("\"main_score\": NaN") != std::string::npos);
  CHECK(text.find("\"ap\": null") != std::string::npos);
  const TaskScores read = glossa::read_result(path).at(0);
  CHECK(std::isnan(read.subsets[0].main_score));
  CHECK(read.subsets[1].name == scores.subsets[1].name);
}
