// Tasks are read, embedded with their prompts and scored; what is wrong ends it.
#include "error_of.hpp"
#include "hashed_words.hpp"
#include "paths.hpp"

#include <glossa/eval/correlation.hpp>
#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/protocols/paired_cosine.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Texts = std::span<const std::string_view>;
using Category = glossa::TaskCategory;

const glossa::StsData kPairs{{"one two", "three", "four"}, {"one", "three", "five six"}, {4, 5, 1}};

/// Data of each category that has a score.
const std::map<Category, std::string> kFiles{
    {Category::sts, R"({"sentence1": "one two", "sentence2": "one", "score": 4}
{"sentence1": "three", "sentence2": "three", "score": 5}
{"sentence1": "four", "sentence2": "five six", "score": 1})"},
    {Category::bitext, R"({"sentence1": "one two", "sentence2": "one"}
{"sentence1": "three", "sentence2": "three"})"},
    {Category::clustering, R"({"text": "one two", "label": "a"}
{"text": "three", "label": "b"})"},
    {Category::clustering_fast, R"({"text": "one two", "label": "a"}
{"text": "three", "label": "b"})"},
    {Category::pair_classification, R"({"sentence1": "one two", "sentence2": "one", "label": 1}
{"sentence1": "three", "sentence2": "four", "label": 0})"},
    {Category::reranking, R"({"query": "one", "positive": ["one two"], "negative": ["three", "four"]})"},
    {Category::summarization,
     R"({"human_summaries": ["one two"], "machine_summaries": ["one", "three"], "relevance": [4, 1]})"}};

/// A task with data of its own in a folder.
glossa::TaskSpec task_of(Category category, const std::filesystem::path& folder) {
  glossa::TaskSpec task{.name = "mine", .category = category, .experiments = 2};
  const std::filesystem::path data = folder / std::string(to_string(category));
  if (category == Category::classification) {
    const char* lines = "{\"text\": \"one\", \"label\": 0}\n{\"text\": \"two\", \"label\": 1}\n";
    test::write_file(data / "train.jsonl", lines);
    test::write_file(data / "test.jsonl", lines);
    return attach_data(task, data);
  }
  if (category == Category::retrieval) {
    test::write_file(data / "corpus.jsonl",
                     "{\"_id\": \"d1\", \"text\": \"one\"}\n{\"_id\": \"d2\", \"text\": \"two\"}");
    test::write_file(data / "queries.jsonl", R"({"_id": "q", "text": "one two"})");
    test::write_file(data / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\nq\td1\t1\n");
    return attach_data(task, data);
  }
  test::write_file(data / "de.jsonl", kFiles.at(category));
  return attach_data(task, data / "de.jsonl");
}

const Category kCategories[] = {Category::sts,        Category::bitext,          Category::classification,
                                Category::clustering, Category::clustering_fast, Category::pair_classification,
                                Category::reranking,  Category::retrieval,       Category::summarization};

const glossa::EvaluateOptions kRoles{.prompts = {.query = "query: ", .passage = "passage: "}, .threads = 1};

}  // namespace

TEST_CASE("a task of each category is read and scored, with prompts where mteb has them") {
  const test::TemporaryFolder folder;
  for (const Category category : kCategories) {
    INFO(to_string(category));
    std::set<std::string> prompts;
    const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
      prompts.emplace(prompt);
      return test::hashed_words(texts, prompt);
    };
    const auto scores = evaluate(task_of(category, folder.path()), encoder, kRoles);
    REQUIRE(scores.subsets.size() == 1);
    CHECK(scores.task == "mine");
    CHECK(scores.category == category);
    CHECK(std::isfinite(scores.main_score()));
    CHECK(scores.subsets[0].scores.at(std::string(default_metric(category))) == scores.main_score());
    CHECK(prompts ==
          (uses_prompts(category) ? std::set<std::string>{"query: ", "passage: "} : std::set<std::string>{""}));
  }
}

TEST_CASE("a task's own prompts come before the model's") {
  const test::TemporaryFolder folder;
  std::set<std::string> prompts;
  const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
    prompts.emplace(prompt);
    return test::hashed_words(texts, prompt);
  };
  glossa::TaskSpec task = task_of(Category::reranking, folder.path());
  task.prompts.query = "Represent this: ";
  (void)evaluate(task, encoder, kRoles);
  CHECK(prompts == std::set<std::string>{"Represent this: ", "passage: "});
  prompts.clear();
  task = task_of(Category::sts, folder.path());
  task.prompts.query = "all: ";
  (void)evaluate(task, encoder, kRoles);
  CHECK(prompts == std::set<std::string>{"all: "});
}

TEST_CASE("a category's prompts come before the model's and after the task's, in categories without roles too") {
  const test::TemporaryFolder folder;
  glossa::EvaluateOptions options = kRoles;
  options.category_prompts = {{Category::reranking, {.query = "ask: "}}, {Category::sts, {.query = "sts: "}}};
  const auto prompts_of = [&](const glossa::TaskSpec& task) {
    std::set<std::string> prompts;
    const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
      prompts.emplace(prompt);
      return test::hashed_words(texts, prompt);
    };
    (void)evaluate(task, encoder, options);
    return prompts;
  };
  using Prompts = std::set<std::string>;
  CHECK(prompts_of(task_of(Category::reranking, folder.path())) == Prompts{"ask: ", "passage: "});
  CHECK(prompts_of(task_of(Category::retrieval, folder.path())) == Prompts{"query: ", "passage: "});
  CHECK(prompts_of(task_of(Category::sts, folder.path())) == Prompts{"sts: "});
  CHECK(prompts_of(task_of(Category::bitext, folder.path())) == Prompts{""});
  glossa::TaskSpec task = task_of(Category::sts, folder.path());
  const glossa::ScoreSource source = score_source(task, task.subsets.at(0), options);
  CHECK(source.data == score_source(task, task.subsets.at(0), kRoles).data);
  CHECK(source.prompts != score_source(task, task.subsets.at(0), kRoles).prompts);
  task.prompts.query = "mine: ";
  CHECK(prompts_of(task) == Prompts{"mine: "});
}

TEST_CASE("a category may tell the prompts that the model does not") {
  const test::TemporaryFolder folder;
  const glossa::TaskSpec task = task_of(Category::retrieval, folder.path());
  glossa::EvaluateOptions options{.threads = 1};
  options.category_prompts[Category::retrieval].query = "";
  CHECK(test::error_of([&] { (void)evaluate(task, test::hashed_words, options); }).field() == "prompts.passage");
  options.category_prompts[Category::retrieval].passage = "";
  CHECK(std::isfinite(evaluate(task, test::hashed_words, options).main_score()));
}

TEST_CASE("roles without a known prompt are refused, and \"\" is a prompt") {
  const test::TemporaryFolder folder;
  const glossa::TaskSpec task = task_of(Category::retrieval, folder.path());
  const glossa::Error error = test::error_of([&] { (void)evaluate(task, test::hashed_words); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(error.field() == "prompts.query");
  CHECK(std::isfinite(evaluate(task, test::hashed_words, {.prompts = {.query = "", .passage = ""}}).main_score()));
}

TEST_CASE("the metric that counts is the task's, and one that is not there is refused") {
  const test::TemporaryFolder folder;
  glossa::TaskSpec task = task_of(Category::sts, folder.path());
  task.main_metric = "euclidean_pearson";
  const auto scores = evaluate(task, test::hashed_words);
  CHECK(scores.main_score() == scores.subsets[0].scores.at("euclidean_pearson"));
  task.main_metric = "ndcg_at_10";
  CHECK(test::error_of([&] { (void)evaluate(task, test::hashed_words); }).field() == "main_metric");
}

TEST_CASE("a task without data is refused") {
  const glossa::Error error = test::error_of([] { (void)evaluate({.name = "mine"}, test::hashed_words); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(test::says(error, "attach_data"));
}

TEST_CASE("progress tells subset and texts, and ends the evaluation by what it throws") {
  const test::TemporaryFolder folder;
  for (const Category category : kCategories) {
    const glossa::TaskSpec task = task_of(category, folder.path());
    glossa::EvaluateOptions options = kRoles;
    std::size_t calls = 0;
    glossa::Progress last;
    options.progress = [&](const glossa::EvaluateProgress& progress) {
      ++calls;
      CHECK(progress.subset == task.subsets[0].name);
      CHECK(progress.subsets == 1);
      CHECK(progress.texts.done >= last.done);
      last = progress.texts;
    };
    (void)evaluate(task, test::hashed_words, options);
    CHECK(last.done == last.total);
    CHECK(last.total > 0);
    for (std::size_t stop = 1; stop <= calls; stop += calls / 3 + 1) {
      std::size_t left = stop;
      options.progress = [&](const glossa::EvaluateProgress&) {
        if (--left == 0) throw std::runtime_error("enough");
      };
      CHECK_THROWS_AS(evaluate(task, test::hashed_words, options), std::runtime_error);
    }
  }
}

TEST_CASE("data without anything in it is refused") {
  const auto refuses = [](auto&& call) { CHECK(test::error_of(call).kind() == glossa::ErrorKind::invalid_argument); };
  refuses([] { (void)glossa::score_sts({}, test::hashed_words); });
  refuses([] { (void)glossa::score_bitext({}, test::hashed_words); });
  refuses([] { (void)glossa::score_classifier({}, test::hashed_words); });
  refuses([] { (void)glossa::score_clusters({}, test::hashed_words); });
  refuses([] { (void)glossa::score_clusters_fast({}, test::hashed_words); });
  refuses([] { (void)glossa::score_pairs({}, test::hashed_words); });
  refuses([] { (void)glossa::score_reranking({}, test::hashed_words); });
  refuses([] { (void)glossa::score_retrieval({}, test::hashed_words); });
  refuses([] { (void)glossa::score_summaries({}, test::hashed_words); });
  refuses([] { (void)glossa::score_sts({{"a"}, {"b", "c"}, {1}}, test::hashed_words); });
  refuses([] { (void)glossa::score_reranking({{{"a", {}, {"b"}}}}, test::hashed_words); });
}

TEST_CASE("an encoder that gives other vectors than one a text is refused") {
  const auto kind = [](const glossa::TextEncoder& encoder) {
    return test::error_of([&] { (void)glossa::score_sts(kPairs, encoder); }).kind();
  };
  CHECK(kind({}) == glossa::ErrorKind::invalid_argument);
  CHECK(kind([](Texts texts, std::string_view) { return glossa::Embeddings(texts.size() + 1, 3); }) ==
        glossa::ErrorKind::invalid_argument);
  CHECK(kind([](Texts texts, std::string_view) { return glossa::Embeddings(texts.size(), 0); }) ==
        glossa::ErrorKind::invalid_argument);
  std::size_t dims = 2;
  const glossa::TextEncoder growing = [&](Texts texts, std::string_view) {
    glossa::Embeddings vectors(texts.size(), ++dims);
    std::fill(vectors.values().begin(), vectors.values().end(), 1.0F);
    return vectors;
  };
  CHECK(test::error_of([&] {
          (void)glossa::score_bitext({{"a"}, {"b"}}, growing);
        }).kind() == glossa::ErrorKind::invalid_argument);
}

TEST_CASE("NaN and infinity are told with the text that has them") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
      glossa::Embeddings vectors = test::hashed_words(texts, prompt);
      for (std::size_t i = 0; i < texts.size(); ++i)
        if (texts[i] == "five six") vectors[i][3] = bad;
      return vectors;
    };
    const glossa::Error error = test::error_of([&] { (void)glossa::score_sts(kPairs, encoder); });
    CHECK(error.kind() == glossa::ErrorKind::numeric);
    CHECK(test::says(error, "five six"));
  }
}

TEST_CASE("equal texts are embedded once, and many in parts") {
  std::vector<std::string> first;
  std::vector<std::string> second;
  std::vector<double> gold;
  for (std::size_t i = 0; i < 5000; ++i) {
    first.push_back("word " + std::to_string(i));
    second.push_back(first[i / 2]);
    gold.push_back(static_cast<double>(i % 5));
  }
  std::vector<std::size_t> parts;
  const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
    parts.push_back(texts.size());
    return test::hashed_words(texts, prompt);
  };
  const double score = glossa::score_sts({first, second, gold}, encoder).main_score;
  CHECK(parts == std::vector<std::size_t>{4096, 904});
  std::vector<double> cosines;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const glossa::Embeddings pair = test::hashed_words(std::vector<std::string_view>{first[i], second[i]}, "");
    cosines.push_back(glossa::detail::paired_cosine(pair[0], pair[1]));
  }
  CHECK(score == test::near(glossa::spearman(gold, cosines)));
}

TEST_CASE("of equal likeness the document with the larger id is ranked first, at the last rank too") {
  glossa::RetrievalData data;
  for (std::size_t i = 0; i < 1500; ++i) data.documents.push_back({std::to_string(10000 + i), "", "same"});
  data.queries = {{"q", "", "one"}};
  data.judgements["q"] = {{"10500", 1}, {"10499", 1}};
  const auto subset = glossa::score_retrieval(data, test::hashed_words);
  CHECK(subset.scores.at("recall_at_1000") == 0.5);
  CHECK(subset.scores.at("mrr_at_1000") == test::near(1.0 / 1000));
}

TEST_CASE("scores tell the data that they are of, also where it is changed while it is scored") {
  const test::TemporaryFolder folder;
  const glossa::TaskSpec task = task_of(Category::sts, folder.path());
  const glossa::ScoreSource before = score_source(task, task.subsets.at(0), kRoles);
  const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
    test::write_file(task.subsets.at(0).data, R"({"sentence1": "one", "sentence2": "two", "score": 1})");
    return test::hashed_words(texts, prompt);
  };
  CHECK(evaluate(task, encoder, kRoles).subsets.at(0).source == before);
  CHECK(score_source(task, task.subsets.at(0), kRoles) != before);
}

TEST_CASE("scores tell their data, settings and prompts by a hash") {
  const test::TemporaryFolder folder;
  for (const Category category : kCategories) {
    INFO(to_string(category));
    glossa::TaskSpec task = task_of(category, folder.path());
    const auto source = [&](const glossa::EvaluateOptions& options = kRoles) {
      return score_source(task, task.subsets.at(0), options);
    };
    const glossa::ScoreSource first = source();
    CHECK(evaluate(task, test::hashed_words, kRoles).subsets.at(0).source == first);
    CHECK(first.data.size() == 16);
    CHECK(first.data != first.prompts);

    task.prompts.query = "another: ";
    CHECK(source().data == first.data);
    CHECK(source().prompts != first.prompts);
    task.prompts.query.reset();
    task.main_metric = "another";
    CHECK(source().data != first.data);
    task.main_metric.clear();
    task.fields["text"] = "another";
    CHECK(source().data != first.data);
    task.fields.clear();
    CHECK(source() == first);

    const std::filesystem::path data = task.subsets[0].data;
    const std::filesystem::path file = category == Category::classification ? data / "train.jsonl"
                                       : category == Category::retrieval    ? data / "qrels" / "test.tsv"
                                                                            : data;
    const std::string bytes = test::read_file(file);
    test::write_file(file, bytes + "\n");
    CHECK(source().data != first.data);
    CHECK(source().prompts == first.prompts);
    test::write_file(file, bytes);
    CHECK(source() == first);
  }
  glossa::TaskSpec task = task_of(Category::classification, folder.path());
  const glossa::ScoreSource eight = score_source(task, task.subsets.at(0));
  task.samples_per_label = 4;
  CHECK(score_source(task, task.subsets.at(0)).data != eight.data);
}

TEST_CASE("items of correlations and precisions vary as these do: not at all where they are perfect") {
  glossa::StsData sts;
  glossa::PairData pairs;
  for (int i = 0; i < 12; ++i) {
    const std::string first = "word " + std::to_string(i);
    const std::string second = i < 4 ? first : "other " + std::to_string(i);
    const glossa::Embeddings vectors = test::hashed_words(std::vector<std::string_view>{first, second}, "");
    sts.sentence1.push_back(first);
    sts.sentence2.push_back(second);
    sts.score.push_back(glossa::detail::paired_cosine(vectors[0], vectors[1]));
    pairs.label.push_back(i < 4 ? 1 : 0);
  }
  pairs.sentence1 = sts.sentence1;
  pairs.sentence2 = sts.sentence2;
  for (const char* metric : {"cosine_pearson", "cosine_spearman"}) {
    INFO(metric);
    const auto subset = glossa::score_sts(sts, test::hashed_words, {.main_metric = metric});
    REQUIRE(subset.items.size() == 12);
    for (const double item : subset.items) CHECK(item == Approx(1));
  }
  const auto apart = glossa::score_pairs(pairs, test::hashed_words, {.main_metric = "cosine_ap"});
  REQUIRE(apart.items.size() == 12);
  for (const double item : apart.items) CHECK(item == Approx(1));
}

TEST_CASE("an item is what a pair's weight does to the average precision") {
  const glossa::TextEncoder angles = [](Texts texts, std::string_view) {
    glossa::Embeddings vectors(texts.size(), 2);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const double angle = std::stod(std::string(texts[i]));
      vectors[i][0] = static_cast<float>(std::cos(angle));
      vectors[i][1] = static_cast<float>(std::sin(angle));
    }
    return vectors;
  };
  const auto score = [&](const glossa::PairData& data) {
    return glossa::score_pairs(data, angles, {.main_metric = "cosine_ap"});
  };
  glossa::PairData data;
  for (std::size_t i = 0; i < 2000; ++i) {  // some 20 of each angle
    data.sentence1.emplace_back("0");
    data.sentence2.push_back(std::to_string(0.01 * static_cast<double>(i * 37 % 101)));
    data.label.push_back(i * 53 % 7 < 3 ? 1 : 0);
  }
  const auto all = score(data);
  CHECK(test::mean(all.items) == Approx(all.main_score));
  for (std::size_t i = 0; i < data.label.size(); i += 333) {
    glossa::PairData more = data;
    more.sentence1.push_back(data.sentence1[i]);
    more.sentence2.push_back(data.sentence2[i]);
    more.label.push_back(data.label[i]);
    const double change = (score(more).main_score - all.main_score) * 2001;
    CHECK(change == Approx(all.items[i] - all.main_score).margin(0.06));
  }
}

TEST_CASE("a task's experiments are as many as it says, or as mteb has") {
  const test::TemporaryFolder folder;
  const auto runs = [&](Category category, const char* score, std::size_t experiments) {
    glossa::TaskSpec task = task_of(category, folder.path());
    task.experiments = experiments;
    return evaluate(task, test::hashed_words, kRoles).subsets.at(0).runs.at(score).size();
  };
  CHECK(runs(Category::classification, "accuracy", 0) == 10);
  CHECK(runs(Category::clustering_fast, "v_measure", 0) == 10);
  CHECK(runs(Category::clustering, "v_measure", 0) == 1);
  CHECK(runs(Category::classification, "accuracy", 3) == 3);
  CHECK(runs(Category::clustering_fast, "v_measure", 3) == 3);
  CHECK(runs(Category::clustering, "v_measure", 3) == 3);
}

TEST_CASE("ids that two documents or two queries have are refused") {
  glossa::RetrievalData data;
  data.documents = {{"1", "", "one"}, {"2", "", "two"}};
  data.queries = {{"q", "", "one"}, {"r", "", "two"}};
  data.judgements["q"] = {{"1", 1}};
  CHECK(std::isfinite(glossa::score_retrieval(data, test::hashed_words).main_score));
  data.documents.push_back({"1", "", "three"});
  glossa::Error error = test::error_of([&] { (void)glossa::score_retrieval(data, test::hashed_words); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(error.field() == "documents");
  data.documents.pop_back();
  data.queries.push_back({"q", "", "three"});
  error = test::error_of([&] { (void)glossa::score_retrieval(data, test::hashed_words); });
  CHECK(error.field() == "queries");
}

TEST_CASE("an error quotes the start of a long text alone") {
  const glossa::TextEncoder encoder = [](Texts texts, std::string_view) {
    glossa::Embeddings vectors(texts.size(), 2);
    std::fill(vectors.values().begin(), vectors.values().end(), std::numeric_limits<float>::quiet_NaN());
    return vectors;
  };
  const glossa::StsData data{{std::string(100000, 'x')}, {"y"}, {1}};
  const glossa::Error error = test::error_of([&] { (void)glossa::score_sts(data, encoder); });
  CHECK(error.facts().found.size() == 60);
}

TEST_CASE("of two labels the one that is called 1 is positive, be it the first or the second") {
  glossa::ClassificationData data{{{"one", "two"}, {0, 1}}, {{"one", "one", "two"}, {0, 0, 1}}, {"0", "1"}};
  const auto precision = [&] {
    const auto subset = glossa::score_classifier(data, test::hashed_words);
    REQUIRE(subset.scores.at("accuracy") == 1);
    return subset.scores.at("ap");
  };
  CHECK(precision() == Approx(1));
  data.label_names = {"no", "yes"};
  CHECK(precision() == Approx(1));
  data.label_names = {"1", "2"};  // 2 is taken for the higher score, and 1 is what it should tell
  CHECK(precision() == Approx(2.0 / 3));
}

TEST_CASE("candidates that are judged by degrees count with these, and equal ones are ranked in their order") {
  const auto score = [](std::vector<std::string> candidates, std::vector<int> relevance, std::vector<int> judged) {
    glossa::RerankingData data;
    glossa::RerankingData::Query& query = data.queries.emplace_back();
    query.text = "one";
    query.candidates = std::move(candidates);
    query.relevance = std::move(relevance);
    query.judged = std::move(judged);
    return glossa::score_reranking(data, test::hashed_words).scores;
  };
  CHECK(score({"same", "same"}, {0, 1}, {1}).at("mrr_at_10") == test::near(0.5));
  CHECK(score({"same", "same"}, {1, 0}, {1}).at("mrr_at_10") == test::near(1));
  const double ideal = 2 + 1 / std::log2(3.0);
  CHECK(score({"three", "one"}, {0, 2}, {2, 1}).at("ndcg_at_10") == test::near(2 / ideal));
}

TEST_CASE("a folder of reranking with candidates is a task's data, and tells its source") {
  const test::TemporaryFolder folder;
  glossa::TaskSpec task = task_of(Category::retrieval, folder.path());
  const std::filesystem::path data = task.subsets.at(0).data;
  test::write_file(data / "top_ranked" / "test.jsonl", R"({"query-id": "q", "corpus-ids": ["d1", "d2"]})");
  task = glossa::attach_data({.name = "mine", .category = Category::reranking}, data);
  CHECK(std::isfinite(evaluate(task, test::hashed_words, kRoles).main_score()));
  const glossa::ScoreSource source = score_source(task, task.subsets.at(0), kRoles);
  test::write_file(data / "top_ranked" / "test.jsonl", R"({"query-id": "q", "corpus-ids": ["d1"]})");
  CHECK(score_source(task, task.subsets.at(0), kRoles).data != source.data);
}

TEST_CASE("experiments of a classifier are the same side by side, and progress is told by one thread at a time") {
  glossa::ClassificationData data;
  data.label_names = {"a", "b", "c"};
  for (std::size_t i = 0; i < 90; ++i) {
    const auto label = static_cast<std::int32_t>(i % 3);
    data.train.texts.push_back("word " + std::to_string(i % 7) + " of " + data.label_names[i % 3] + std::to_string(i));
    data.train.labels.push_back(label);
    data.test.texts.push_back("text " + std::to_string(i % 5) + " of " + data.label_names[i % 3] + std::to_string(i));
    data.test.labels.push_back(label);
  }
  const auto score = [&](std::size_t threads) {
    std::atomic<int> inside = 0;
    glossa::ProtocolOptions options{.threads = threads};
    options.progress = [&](const glossa::Progress&) {
      CHECK(++inside == 1);
      --inside;
    };
    return glossa::score_classifier(data, test::hashed_words, options);
  };
  const auto one = score(1);
  for (const std::size_t threads : {std::size_t{2}, std::size_t{5}}) {
    const auto many = score(threads);
    CHECK(many.scores == one.scores);
    CHECK(many.runs == one.runs);
    CHECK(many.items == one.items);
  }
  CHECK(one.runs.at("accuracy").size() == 10);
}
