// A model in training is scored as the same model is that was loaded from its folder.
#include "catch.hpp"
#include "small_model.hpp"

#include <glossa/eval/evaluate_embedder.hpp>
#include <glossa/train/evaluate_trainer.hpp>

#include <string>

TEST_CASE("a trainer's weights have the scores of the model that they began as, with its prompts") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const auto texts = test::mixed_texts(60);
  std::string pairs;
  std::string rerank;
  for (std::size_t i = 1; i + 2 < texts.size(); i += 3) {
    const std::string first = test::Json(texts[i]).dump();
    const std::string second = test::Json(texts[i + 1] + " the").dump();
    pairs += R"({"sentence1":)" + first + R"(,"sentence2":)" + second + R"(,"score":)" + std::to_string(i % 5) + "}\n";
    rerank += R"({"query":)" + first + R"(,"positive":[)" + second + R"(],"negative":["cat )" + std::to_string(i) +
              R"(","museo","1 1"]})" + "\n";
  }
  test::write_file(folder.path() / "pairs.jsonl", pairs);
  test::write_file(folder.path() / "rerank.jsonl", rerank);
  const glossa::Trainer trainer(model.path(), {.threads = 2});
  const glossa::Embedder embedder(model.path());
  for (const auto& [category, file] : {std::pair{glossa::TaskCategory::sts, "pairs.jsonl"},
                                       std::pair{glossa::TaskCategory::reranking, "rerank.jsonl"}}) {
    const glossa::TaskSpec task = glossa::attach_data(
        {.name = "Mine", .category = category, .main_metric = std::string(glossa::default_metric(category))},
        folder.path() / file);
    const double own = glossa::evaluate(task, trainer).main_score();
    CHECK(own == Approx(glossa::evaluate(task, embedder).main_score()).margin(1e-4));
  }
}
