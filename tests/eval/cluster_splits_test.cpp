// Fast clustering of several splits draws as python mteb does: from one generator, split after split.
#include "hashed_words.hpp"
#include "paths.hpp"

#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/read_task_data.hpp>
#include <glossa/eval/subset_data.hpp>

#include <string>

TEST_CASE("draws of a split go on where those of the split before it end") {
  const test::TemporaryFolder folder;
  const auto write = [&](const std::string& name, int count) {
    std::string lines;
    for (int i = 0; i < count; ++i)
      lines +=
          R"({"text": "word )" + std::to_string(i * i % 11) + R"( more", "label": )" + std::to_string(i % 3) + "}\n";
    test::write_file(folder.path() / "own" / name, lines);
  };
  write("validation.jsonl", 50);
  write("test.jsonl", 40);
  glossa::TaskSpec task{.name = "own", .category = glossa::TaskCategory::clustering_fast, .experiments = 3};
  task.text_share = 0.5;
  task = glossa::attach_data(task, folder.path() / "own");
  const glossa::ScoreSource alone_source = score_source(task, task.subsets.at(0));
  const auto alone = evaluate(task, test::hashed_words).subsets.at(0);
  CHECK(alone.source == alone_source);
  task.splits_before = {"validation"};
  const auto behind = evaluate(task, test::hashed_words).subsets.at(0);
  CHECK(behind.source == score_source(task, task.subsets.at(0)));
  CHECK(behind.source != alone_source);
  CHECK(behind.runs != alone.runs);

  const glossa::ProtocolOptions options = glossa::detail::protocol_settings(task);
  const auto read = [&](const char* split) {
    return glossa::read_clustering(task.subsets.at(0).data, {.split = split});
  };
  glossa::PythonRandom random(42);
  (void)score_clusters_fast(read("validation"), test::hashed_words, options, random);
  CHECK(score_clusters_fast(read("test"), test::hashed_words, options, random).runs == behind.runs);

  const glossa::ScoreSource with_old = score_source(task, task.subsets.at(0));
  write("validation.jsonl", 51);
  CHECK(score_source(task, task.subsets.at(0)) != with_old);
}
