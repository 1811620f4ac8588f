// A model is evaluated in three lines, with its own prompts, and its results have its name.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"
#include "small_model.hpp"

#include <glossa/eval/embedding_cache.hpp>
#include <glossa/eval/evaluate_embedder.hpp>
#include <glossa/eval/result_model.hpp>
#include <glossa/eval/task.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace {

/// SciFact's files in small: data/retrieval/scifact.
void write_scifact(const std::filesystem::path& data) {
  const std::filesystem::path folder = data / "retrieval" / "scifact";
  test::write_file(folder / "corpus.jsonl", R"({"_id": "1", "title": "cat", "text": "the cat sleep"}
{"_id": "2", "text": "the protein"}
{"_id": "3", "text": "museo"}
)");
  test::write_file(folder / "queries.jsonl", R"({"_id": "q", "text": "how much protein"}
{"_id": "r", "text": "female cat"}
)");
  test::write_file(folder / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\nq\t2\t1\nr\t1\t1\n");
}

}  // namespace

TEST_CASE("a model is evaluated in three lines") {
  const test::SmallModel model;
  const test::TemporaryFolder data;
  write_scifact(data.path());

  const glossa::Embedder embedder(model.path());
  const glossa::TaskSpec task = attach_data(glossa::find_task("SciFact"), data.path());
  const double score = evaluate(task, embedder).main_score();

  glossa::EmbedderEncoder encoder(embedder);
  const auto score_with = [&](const std::string& query, const std::string& passage) {
    return evaluate(task, std::ref(encoder), {.prompts = {.query = query, .passage = passage}}).subsets.at(0);
  };
  CHECK(score == score_with("query: ", "passage: ").main_score);
  const auto scores = evaluate(task, embedder).subsets.at(0);
  CHECK(scores.source == score_with("query: ", "passage: ").source);
  CHECK(scores.source != score_with("", "passage: ").source);
  const auto own = evaluate(task, embedder, {.evaluate = {.prompts = {.query = ""}}}).subsets.at(0);
  CHECK(own.source == score_with("", "passage: ").source);
}

TEST_CASE("a model that does not tell its prompts is asked for them where a task has roles") {
  const test::SmallModel model("multilingual-e5-base");  // its folder tells nothing
  const test::TemporaryFolder data;
  write_scifact(data.path());
  const glossa::Embedder embedder(model.path());
  const glossa::TaskSpec task = attach_data(glossa::find_task("SciFact"), data.path());
  REQUIRE_FALSE(embedder.info().prompts.query);
  CHECK(test::error_of([&] { (void)evaluate(task, embedder); }).field() == "prompts.query");
  CHECK(evaluate(task, embedder, {.evaluate = {.prompts = {.query = "", .passage = ""}}}).subsets.size() == 1);
}

TEST_CASE("a model's vectors are kept in the cache that is given, and a stop ends the evaluation") {
  const test::SmallModel model;
  const test::TemporaryFolder data;
  const test::TemporaryFolder folder;
  write_scifact(data.path());
  const glossa::Embedder embedder(model.path());
  const glossa::TaskSpec task = attach_data(glossa::find_task("SciFact"), data.path());
  const auto cache = std::make_shared<glossa::EmbeddingCache>(folder.path(), embedder.fingerprint(), embedder.dims());
  const double first = evaluate(task, embedder, {.encoder = {.cache = cache}}).main_score();
  CHECK(cache->size() == 5);
  CHECK(evaluate(task, embedder, {.encoder = {.cache = cache}}).main_score() == first);
  std::stop_source stop;
  stop.request_stop();
  const glossa::Error error =
      test::error_of([&] { (void)evaluate(task, embedder, {.encoder = {.stop = stop.get_token()}}); });
  CHECK(error.kind() == glossa::ErrorKind::cancelled);
}

TEST_CASE("results of a model are kept under its name, the hash of its files and its precision") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const glossa::ResultModel result = result_model(embedder, "-mine");
  CHECK(result.name == "glossa/" + model.path().filename().string());
  CHECK(embedder.fingerprint().ends_with(":" + result.revision));
  CHECK(result.dims == embedder.dims());
  CHECK(result.max_tokens == embedder.max_tokens());
  CHECK(result.settings == "f32-mine");
  CHECK(glossa::result_model(glossa::Embedder(model.path(), {.precision = glossa::Precision::int8})).settings ==
        "int8");
  CHECK(glossa::result_folder("results", result).filename().string() == result.revision + "-f32-mine");
}
