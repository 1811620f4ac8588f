// Tasks by name and by file, and where their data lies.
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/eval/task.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using glossa::TaskCategory;
using glossa::TaskSpec;
using Texts = std::vector<std::string>;

std::vector<std::string> subset_names(const TaskSpec& task) {
  std::vector<std::string> names;
  for (const glossa::TaskSubset& subset : task.subsets) names.push_back(subset.name);
  return names;
}

/// A task file with the files a.jsonl and sub/de.jsonl beside it.
struct TaskFile {
  test::TemporaryFolder folder;
  explicit TaskFile(std::string_view json) {
    test::write_file(folder.path() / "task.json", json);
    test::write_file(folder.path() / "a.jsonl", "");
    test::write_file(folder.path() / "sub" / "de.jsonl", "");
  }
  [[nodiscard]] TaskSpec read() const { return glossa::read_task_file(folder.path() / "task.json"); }
  [[nodiscard]] Error error() const {
    return test::error_of([&] { (void)read(); });
  }
};

}  // namespace

TEST_CASE("categories have names of their own and mteb's") {
  for (int i = 0; i <= static_cast<int>(TaskCategory::summarization); ++i) {
    const auto category = static_cast<TaskCategory>(i);
    CHECK(glossa::category_named(glossa::to_string(category)) == category);
    CHECK_FALSE(glossa::default_metric(category).empty());
  }
  CHECK(glossa::category_named("PairClassification") == TaskCategory::pair_classification);
  CHECK(glossa::category_named("Clustering") == TaskCategory::clustering);
  CHECK_FALSE(glossa::category_named("pairs").has_value());
  CHECK(glossa::mteb_type(TaskCategory::bitext) == "BitextMining");
  CHECK(glossa::uses_prompts(TaskCategory::reranking));
  CHECK_FALSE(glossa::uses_prompts(TaskCategory::sts));
}

TEST_CASE("names of subsets tell languages") {
  CHECK(glossa::languages_of_subset("de") == Texts{"deu-Latn"});
  CHECK(glossa::languages_of_subset("tha_Thai") == Texts{"tha-Thai"});
  CHECK(glossa::languages_of_subset("ace_Arab") == Texts{"ace-Arab"});
  CHECK(glossa::languages_of_subset("deu-eng") == Texts{"deu-Latn", "eng-Latn"});
  CHECK(glossa::languages_of_subset("ace_Arab-bam_Latn") == Texts{"ace-Arab", "bam-Latn"});
  CHECK(glossa::languages_of_subset("en-en") == Texts{"eng-Latn"});
  CHECK(glossa::languages_of_subset("en-ext") == Texts{"eng-Latn"});
  CHECK(glossa::languages_of_subset("zh-CN") == glossa::languages_of_subset("zh"));
  CHECK(glossa::languages_of_subset("zh-TW").at(0).ends_with("-Hant"));
  CHECK(glossa::languages_of_subset("pt-BR") == Texts{"por-Latn"});
  for (const char* none :
       {"default", "", "-", "xx", "stsb", "de-", "de-xx", "DE", "train", "deu-eng-fra", "xx-CN", "zh-C", "zh-cN"})
    CHECK(glossa::languages_of_subset(none).empty());
}

TEST_CASE("known tasks are mteb's") {
  const std::vector<TaskSpec> tasks = glossa::known_tasks();
  CHECK(tasks.size() == 182);
  std::set<std::string> names;
  for (const TaskSpec& task : tasks) {
    CAPTURE(task.name);
    CHECK(names.insert(task.name).second);
    CHECK(task.revision.size() == 40);
    CHECK_FALSE(task.stems.empty());
    CHECK_FALSE(task.main_metric.empty());
    CHECK(task.subsets.empty());
    CHECK(glossa::find_task(task.name).category == task.category);
  }
  const TaskSpec counterfactual = glossa::find_task("AmazonCounterfactualClassification");
  CHECK(counterfactual.samples_per_label == 32);
  REQUIRE(counterfactual.published.size() == 2);
  CHECK(counterfactual.published[0].subset == "de");
  CHECK(counterfactual.published[0].score == 0.69850);
  CHECK(counterfactual.published[0].split == "test");
  CHECK(glossa::find_task("ArguAna").ignore_identical_ids);
  CHECK_FALSE(glossa::find_task("SciFact").ignore_identical_ids);
  CHECK(glossa::find_task("SummEval").averages_p_values);
  CHECK_FALSE(glossa::find_task("SummEvalSummarization.v2").averages_p_values);
  CHECK(glossa::find_task("SIB200ClusteringS2S").category == TaskCategory::clustering_fast);
  CHECK(glossa::find_task("MasakhaNEWSClusteringS2S").category == TaskCategory::clustering);
  CHECK(glossa::find_task("MIRACLReranking").main_metric == "ndcg_at_10");
  CHECK(glossa::find_task("indonli").split == "test_expert");
  CHECK(glossa::find_task("SIB200ClusteringS2S").most_texts == 1004);
  CHECK(glossa::find_task("TwentyNewsgroupsClustering.v2").text_share == 0.04);
  CHECK(glossa::find_task("AlloProfClusteringS2S.v2").most_levels == 1);
  CHECK(glossa::find_task("ArXivHierarchicalClusteringS2S").draws_data);
  CHECK_FALSE(glossa::find_task("MedrxivClusteringS2S.v2").draws_data);
  CHECK(glossa::find_task("MindSmallReranking").main_metric == "max_over_subqueries_map_at_1000");
  CHECK(glossa::find_task("NorwegianCourtsBitextMining").languages == Texts{"nob-Latn", "nno-Latn"});
  CHECK(glossa::find_task("NordicLangClassification").languages.size() == 6);
}

TEST_CASE("the tasks of MTEB's English benchmark are all known") {
  for (const char* name : {"ArguAna",
                           "ArXivHierarchicalClusteringP2P",
                           "ArXivHierarchicalClusteringS2S",
                           "AskUbuntuDupQuestions",
                           "BIOSSES",
                           "Banking77Classification",
                           "BiorxivClusteringP2P.v2",
                           "CQADupstackGamingRetrieval",
                           "CQADupstackUnixRetrieval",
                           "ClimateFEVERHardNegatives",
                           "FEVERHardNegatives",
                           "FiQA2018",
                           "HotpotQAHardNegatives",
                           "ImdbClassification",
                           "MTOPDomainClassification",
                           "MassiveIntentClassification",
                           "MassiveScenarioClassification",
                           "MedrxivClusteringP2P.v2",
                           "MedrxivClusteringS2S.v2",
                           "MindSmallReranking",
                           "SCIDOCS",
                           "SICK-R",
                           "STS12",
                           "STS13",
                           "STS14",
                           "STS15",
                           "STSBenchmark",
                           "SprintDuplicateQuestions",
                           "StackExchangeClustering.v2",
                           "StackExchangeClusteringP2P.v2",
                           "TRECCOVID",
                           "Touche2020Retrieval.v3",
                           "ToxicConversationsClassification",
                           "TweetSentimentExtractionClassification",
                           "TwentyNewsgroupsClustering.v2",
                           "TwitterSemEval2015",
                           "TwitterURLCorpus",
                           "SummEvalSummarization.v2",
                           "AmazonCounterfactualClassification",
                           "STS17",
                           "STS22.v2"})
    CHECK_NOTHROW(glossa::find_task(name));
}

TEST_CASE("an unknown name is an error with the names near it") {
  const Error error = test::error_of([] { (void)glossa::find_task("stsbenchmark"); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(test::says(error, "STSBenchmark, STSBenchmarkMultilingualSTS"));
  CHECK(test::says(test::error_of([] { (void)glossa::find_task("x\n"); }), "known_tasks()"));
}

TEST_CASE("a task's data is found in a file, a folder of its own, and a folder of many") {
  const test::TemporaryFolder folder;
  for (const char* name :
       {"sts/stsb-de.jsonl", "sts/stsb-en.tsv", "sts/other-fr.jsonl", "sts/README.md", "classes/banking77/test.jsonl",
        "classes/banking77/train.jsonl", "classes/sib200-tha_Thai/test.csv", "beir/scifact/corpus.jsonl",
        "beir/nfcorpus/corpus.jsonl", "plain/de.jsonl", "plain/fr.jsonl", "plain/notes.jsonl"})
    test::write_file(folder.path() / name, "");
  const auto attach = [&](const char* task, const char* path) {
    return glossa::attach_data(glossa::find_task(task), folder.path() / path);
  };
  const TaskSpec many = attach("STSBenchmarkMultilingualSTS", "sts");
  CHECK(subset_names(many) == Texts{"de", "en"});
  CHECK(many.subsets[1].data == folder.path() / "sts" / "stsb-en.tsv");
  CHECK(many.subsets[1].languages == Texts{"eng-Latn"});
  CHECK(subset_names(attach("STSBenchmarkMultilingualSTS", "sts/stsb-de.jsonl")) == Texts{"de"});
  CHECK(subset_names(attach("STSBenchmarkMultilingualSTS", "plain")) == Texts{"de", "fr"});
  const TaskSpec english = attach("STSBenchmark", "sts");  // which is in English alone
  CHECK(subset_names(english) == Texts{"default"});
  CHECK(english.subsets[0].data == folder.path() / "sts" / "stsb-en.tsv");
  CHECK(subset_names(attach("Banking77Classification", "classes")) == Texts{"default"});
  CHECK(attach("Banking77Classification", "classes/banking77").subsets[0].languages == Texts{"eng-Latn"});
  CHECK(subset_names(attach("SIB200Classification", "classes")) == Texts{"tha_Thai"});
  CHECK(subset_names(attach("SIB200Classification", "classes/sib200-tha_Thai/")) == Texts{"tha_Thai"});
  CHECK(attach("SciFact", "beir").subsets[0].data == folder.path() / "beir" / "scifact");
  CHECK(subset_names(attach("SciFact", "beir/scifact")) == Texts{"default"});

  Error error = test::error_of([&] { (void)attach("Tatoeba", "sts"); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(test::says(error, "tatoeba-de.jsonl"));
  error = test::error_of([&] { (void)attach("SciFact", "nothing"); });
  CHECK(test::says(error, "no such file or folder"));
  test::write_file(folder.path() / "sts" / "stsb-en.jsonl", "");
  error = test::error_of([&] { (void)attach("STSBenchmarkMultilingualSTS", "sts"); });
  CHECK(error.kind() == ErrorKind::invalid_argument);
  CHECK(error.field() == "en");
}

TEST_CASE("the only split that there are judgements of is taken, unless another was asked for") {
  const test::TemporaryFolder folder;
  for (const char* name : {"xquad-de/corpus.jsonl", "xquad-de/qrels/test.tsv", "xquad-fr/corpus.jsonl",
                           "xquad-fr/qrels/test.jsonl", "xquad-fr/qrels/README.md"})
    test::write_file(folder.path() / name, "");
  const TaskSpec task = glossa::find_task("XQuADRetrieval");
  CHECK(task.split == "validation");
  CHECK(glossa::attach_data(task, folder.path()).split == "test");
  CHECK(glossa::attach_data(task, folder.path() / "xquad-de").split == "test");
  test::write_file(folder.path() / "task.json", R"({"task": "XQuADRetrieval", "data": ".", "split": "dev"})");
  CHECK(glossa::read_task_file(folder.path() / "task.json").split == "dev");
  test::write_file(folder.path() / "xquad-de" / "qrels" / "train.tsv", "");
  CHECK(glossa::attach_data(task, folder.path()).split == "validation");
}

TEST_CASE("a task file describes a task") {
  const TaskFile file(R"({"name": "Mine", "category": "retrieval", "data": {"de": "sub/de.jsonl", "x": "a.jsonl"},
    "split": "dev", "main_score": "map_at_10", "languages": {"x": ["eng-Latn"]}, "prompts": {"query": "", "passage": "p: "},
    "ignore_identical_ids": true, "fields": {"_id": "key"}, "revision": "3", "samples_per_label": 4, "experiments": 3, "most_texts": 5, "text_share": 0.5,
    "published": [{"model": "other", "score": 0.5}, {"model": "o2", "subset": "de", "split": "x", "score": 1}]})");
  const TaskSpec task = file.read();
  CHECK(task.name == "Mine");
  CHECK(task.category == TaskCategory::retrieval);
  CHECK(task.split == "dev");
  CHECK(task.main_metric == "map_at_10");
  CHECK(subset_names(task) == Texts{"de", "x"});
  CHECK(task.subsets[0].languages == Texts{"deu-Latn"});
  CHECK(task.subsets[0].data == file.folder.path() / "sub" / "de.jsonl");
  CHECK(task.subsets[1].languages == Texts{"eng-Latn"});
  CHECK(task.prompts.query == std::optional<std::string>(""));
  CHECK(task.prompts.passage == std::optional<std::string>("p: "));
  CHECK(task.ignore_identical_ids);
  CHECK(task.fields.at("_id") == "key");
  CHECK(task.revision == "3");
  CHECK(task.samples_per_label == 4);
  CHECK(task.experiments == 3);
  CHECK(task.most_texts == 5);
  CHECK(task.text_share == 0.5);
  REQUIRE(task.published.size() == 2);
  CHECK(task.published[0].subset.empty());
  CHECK(task.published[1].score == 1);
  CHECK(task.published[0].split == "dev");
  CHECK(task.published[1].split == "x");
}

TEST_CASE("a task file may need no more than name, category and data, or a known task") {
  const TaskSpec own =
      TaskFile(R"({"name": "Mine", "category": "STS", "data": "a.jsonl", "languages": ["deu-Latn"]})").read();
  CHECK(own.main_metric == "cosine_spearman");
  CHECK(own.revision == "local");
  CHECK(subset_names(own) == Texts{"default"});
  CHECK(own.subsets[0].languages == Texts{"deu-Latn"});
  CHECK_FALSE(own.prompts.query.has_value());
  const TaskSpec folder = TaskFile(R"({"name": "Mine", "category": "sts", "data": "sub"})").read();
  CHECK(subset_names(folder) == Texts{"de"});
  const TaskSpec known = TaskFile(R"({"task": "STSBenchmarkMultilingualSTS", "data": "sub", "split": "dev"})").read();
  CHECK(known.name == "STSBenchmarkMultilingualSTS");
  CHECK(known.split == "dev");
  CHECK(known.revision.size() == 40);
  CHECK(subset_names(known) == Texts{"de"});
}

TEST_CASE("what is wrong in a task file is told by field") {
  const std::string head = R"({"name": "Mine", "category": "sts", "data": "a.jsonl")";
  const std::vector<std::tuple<std::string, std::string, std::string>> cases{
      {R"({"category": "sts", "data": "a.jsonl"})", "name", "missing"},
      {R"({"name": "Mine", "data": "a.jsonl"})", "category", "missing"},
      {R"({"name": "Mine", "category": "sts"})", "data", "missing"},
      {R"({"name": "Mine", "category": "similarity", "data": "a.jsonl"})", "category", "pair_classification"},
      {R"({"name": "a/b", "category": "sts", "data": "a.jsonl"})", "name", "slashes"},
      {R"({"name": "a:b", "category": "sts", "data": "a.jsonl"})", "name", "colons"},
      {R"({"name": "..", "category": "sts", "data": "a.jsonl"})", "name", "slashes"},
      {R"({"name": "Mine", "category": "sts", "data": 3})", "data", "an object"},
      {R"({"name": "Mine", "category": "sts", "data": {}})", "data", "names nothing"},
      {R"({"name": "Mine", "category": "sts", "data": {"de": 3}})", "data.de", "a string"},
      {R"({"name": "Mine", "category": "sts", "data": {"de": "b.jsonl"}})", "data.de", "no such file"},
      {head + R"(, "langauges": []})", "langauges", "no such field"},
      {head + R"(, "languages": "de"})", "languages", "a list"},
      {head + R"(, "languages": [1]})", "languages", "strings"},
      {head + R"(, "split": 1})", "split", "a string"},
      {head + R"(, "samples_per_label": 0})", "samples_per_label", "a whole number from 1"},
      {head + R"(, "experiments": -1})", "experiments", "a whole number"},
      {head + R"(, "text_share": 2})", "text_share", "from 0 to 1"},
      {head + R"(, "ignore_identical_ids": 1})", "ignore_identical_ids", "true or false"},
      {head + R"(, "prompts": {"querry": ""}})", "prompts.querry", "one of query, passage"},
      {head + R"(, "fields": {"scor": "x"}})", "fields.scor", "one of sentence1, sentence2, score"},
      {head + R"(, "languages": {"dee": ["deu-Latn"]}})", "languages.dee", "one of default"},
      {head + R"(, "published": [{"model": "m", "score": 1, "foo": 1}]})", "published.foo", "no such field"},
      {R"({"task": "Tatoeba", "category": "sts", "data": "a.jsonl"})", "category", "bitext, as Tatoeba is"},
      {head + R"(, "prompts": "query: "})", "prompts", "an object"},
      {head + R"(, "prompts": {"query": 1}})", "prompts.query", "a string"},
      {head + R"(, "fields": {"text": 1}})", "fields.text", "a string"},
      {head + R"(, "published": [{"model": "m"}]})", "published.score", "missing"},
      {head + R"(, "published": [{"model": "m", "score": "x"}]})", "published.score", "a number"},
      {"[]", "", "an object"},
      {"{", "", "not valid JSON"},
  };
  for (const auto& [json, field, part] : cases) {
    CAPTURE(json);
    const TaskFile file(json);
    const Error error = file.error();
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == (file.folder.path() / "task.json").string());
    CHECK(error.field() == field);
    CHECK(test::says(error, part));
    CHECK(test::says(error, "correct the task file"));
  }
  CHECK(TaskFile(R"({"name": "M", "category": "sts", "data": "b"})").error().kind() == ErrorKind::not_found);
  CHECK(TaskFile(R"({"task": "STSBench", "data": "a.jsonl"})").error().kind() == ErrorKind::not_found);
}

TEST_CASE("subsets of regions are found, and a file of no known language is refused, not left out") {
  const test::TemporaryFolder folder;
  for (const char* name : {"massiveintent-de", "massiveintent-zh-CN", "massiveintent-zh-TW", "massivescenario-x"})
    test::write_file(folder.path() / name / "test.jsonl", "");
  const TaskSpec task = glossa::find_task("MassiveIntentClassification");
  CHECK(subset_names(glossa::attach_data(task, folder.path())) == Texts{"de", "zh-CN", "zh-TW"});
  test::write_file(folder.path() / "massiveintent-klingon" / "test.jsonl", "");
  const Error error = test::error_of([&] { (void)glossa::attach_data(task, folder.path()); });
  CHECK(error.kind() == ErrorKind::invalid_argument);
  CHECK(test::says(error, "massiveintent-klingon"));

  test::write_file(folder.path() / "summaries" / "summeval-fr.jsonl", "");
  test::write_file(folder.path() / "summaries" / "summeval.jsonl", "");
  CHECK(glossa::attach_data(glossa::find_task("SummEval"), folder.path() / "summaries").subsets.size() == 1);
}

TEST_CASE("data sets of one name have names of their own, and the short one is one task's alone") {
  std::map<std::pair<TaskCategory, std::string>, std::set<std::string>> revisions;
  for (const TaskSpec& task : glossa::known_tasks()) {
    if (task.name == "STSBenchmark") continue;  // the English part of STSBenchmarkMultilingualSTS
    for (const std::string& stem : task.stems) revisions[{task.category, stem}].insert(task.revision);
  }
  for (const auto& [key, sets] : revisions) {
    CAPTURE(key.second);
    CHECK(sets.size() == 1);
  }
  const test::TemporaryFolder folder;
  for (const char* name : {"masakhanews-eng.jsonl", "masakhanews-p2p-fra.jsonl", "masakhanews-p2p-eng.jsonl"})
    test::write_file(folder.path() / name, "");
  const auto names = [&](const char* task) {
    return subset_names(glossa::attach_data(glossa::find_task(task), folder.path()));
  };
  CHECK(names("MasakhaNEWSClusteringS2S") == Texts{"eng"});
  CHECK(names("MasakhaNEWSClusteringP2P") == Texts{"eng", "fra"});
  test::write_file(folder.path() / "masakhanews-s2s-fra.jsonl", "");
  CHECK(names("MasakhaNEWSClusteringS2S") == Texts{"eng", "fra"});
}

TEST_CASE("languages have the tags that the task has them by in mteb") {
  const test::TemporaryFolder folder;
  for (const char* name : {"zh.jsonl", "ja.jsonl", "ko.jsonl", "beir/zh/corpus.jsonl", "beir/ar/corpus.jsonl"})
    test::write_file(folder.path() / name, "");
  const auto tags = [&](const char* name, const char* inner = "") {
    Texts all;
    const TaskSpec task = glossa::attach_data(glossa::find_task(name), folder.path() / inner);
    for (const glossa::TaskSubset& subset : task.subsets)
      all.insert(all.end(), subset.languages.begin(), subset.languages.end());
    return all;
  };
  CHECK(tags("STSBenchmarkMultilingualSTS") == Texts{"jpn-Jpan", "kor-Hang", "cmn-Hans"});
  CHECK(tags("PawsXPairClassification") == Texts{"jpn-Hira", "kor-Hang", "cmn-Hans"});
  CHECK(tags("MIRACLReranking") == Texts{"jpn-Jpan", "kor-Kore", "zho-Hans"});
  CHECK(tags("XQuADRetrieval", "beir") == Texts{"arb-Arab", "zho-Hans"});
  test::write_file(folder.path() / "task.json", R"({"task": "MIRACLReranking", "data": {"ko": "ko.jsonl"}})");
  CHECK(glossa::read_task_file(folder.path() / "task.json").subsets.at(0).languages == Texts{"kor-Kore"});
  CHECK(glossa::find_task("MassiveIntentClassification").tags.at("kor-Hang") == "kor-Kore");
  test::write_file(folder.path() / "nusatranslation-ind-btk.jsonl", "");
  test::write_file(folder.path() / "nusatranslation-ind-sun.jsonl", "");
  CHECK(tags("NusaTranslationBitextMining") == Texts{"ind-Latn", "bbc-Latn", "ind-Latn", "sun-Latn"});
}

TEST_CASE("a known task's own category may stand beside its name, and fields by the names of the category's reader") {
  const TaskSpec known =
      TaskFile(R"({"task": "STSBenchmarkMultilingualSTS", "category": "STS", "data": "sub"})").read();
  CHECK(known.category == TaskCategory::sts);
  const auto fields_of = [](const std::string& category, const std::string& field) {
    return TaskFile(R"({"name": "Mine", "data": "a.jsonl", "category": ")" + category + R"(", "fields": {")" + field +
                    R"(": "x"}})")
        .read()
        .fields.at(field);
  };
  for (const auto& [category, field] :
       std::vector<std::pair<std::string, std::string>>{{"bitext", "sentence2"},
                                                        {"classification", "label"},
                                                        {"clustering", "sentences"},
                                                        {"pair_classification", "labels"},
                                                        {"reranking", "corpus-ids"},
                                                        {"retrieval", "instruction"},
                                                        {"summarization", "relevance"}}) {
    CAPTURE(category);
    CHECK(fields_of(category, field) == "x");
  }
}

TEST_CASE("languages of subsets that other data does not have are let be") {
  const TaskFile file(R"({"name": "Mine", "category": "sts", "data": {"x": "a.jsonl", "de": "sub/de.jsonl"},
    "languages": {"x": ["eng-Latn"], "de": ["gsw-Latn"]}})");
  CHECK(file.read().subsets.size() == 2);
  const TaskSpec task = glossa::read_task_file(file.folder.path() / "task.json", {.data = file.folder.path() / "sub"});
  CHECK(subset_names(task) == Texts{"de"});
  CHECK(task.subsets[0].languages == Texts{"gsw-Latn"});
}

TEST_CASE("data and split may be told in place of those of a task file") {
  const TaskFile file(R"({"name": "Mine", "category": "sts", "split": "test", "languages": {"de": ["gsw-Latn"]}})");
  CHECK(file.error().field() == "data");
  const auto path = file.folder.path() / "task.json";
  const TaskSpec task = glossa::read_task_file(path, {.data = file.folder.path() / "sub"});
  CHECK(subset_names(task) == Texts{"de"});
  CHECK(task.subsets[0].languages == Texts{"gsw-Latn"});
  test::write_file(file.folder.path() / "all" / "dev.jsonl", "");
  const TaskSpec dev = glossa::read_task_file(path, {.data = file.folder.path() / "all", .split = "dev"});
  CHECK(dev.split == "dev");
  CHECK(dev.subsets.at(0).data == file.folder.path() / "all");
}

TEST_CASE("data is found in the folder of its category") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "clustering" / "sib200-tha_Thai.jsonl", "");
  test::write_file(folder.path() / "sts" / "test.jsonl", "");
  CHECK(subset_names(glossa::attach_data(glossa::find_task("SIB200ClusteringS2S"), folder.path())) ==
        Texts{"tha_Thai"});
  CHECK(glossa::attach_data(glossa::find_task("STSBenchmark"), folder.path()).subsets.at(0).data ==
        folder.path() / "sts");
}

TEST_CASE("a folder of splits without the one that is asked for is refused, and its others are not scored") {
  const test::TemporaryFolder folder;
  for (const char* name : {"own/train.jsonl", "own/validation.jsonl", "own/notes.jsonl", "all/sts/dev.jsonl",
                           "deep/de/train.jsonl", "pairs/train-de.jsonl", "pairs/test-de.jsonl", "parts/a.jsonl"})
    test::write_file(folder.path() / name, "");
  const auto refuses = [&](const char* inner, TaskSpec task, const char* part) {
    CAPTURE(inner);
    const Error error = test::error_of([&] { (void)glossa::attach_data(task, folder.path() / inner); });
    CHECK(error.kind() == ErrorKind::not_found);
    CHECK(test::says(error, part));
    CHECK(test::says(error, "no split " + task.split));
  };
  refuses("own", {.name = "mine"}, "train.jsonl, validation.jsonl");
  refuses("own", {.name = "mine", .split = "devv"}, "train.jsonl, validation.jsonl");
  refuses("own", {.name = "mine", .category = TaskCategory::classification, .split = "dev"}, "train.jsonl");
  refuses("own", glossa::find_task("STSBenchmark"), "train.jsonl, validation.jsonl");
  refuses("all", {.name = "mine"}, "dev.jsonl");
  refuses("deep", {.name = "mine"}, "train.jsonl");
  CHECK(glossa::attach_data({.name = "mine", .split = "train"}, folder.path() / "own").subsets.size() == 1);
  CHECK(subset_names(glossa::attach_data({.name = "mine"}, folder.path() / "pairs")) == Texts{"test-de"});
  CHECK(subset_names(glossa::attach_data({.name = "mine"}, folder.path() / "parts")) == Texts{"a"});
}

TEST_CASE("subsets that lack the split are refused beside others, and data that is no subset is told") {
  const test::TemporaryFolder folder;
  for (const char* name :
       {"langs/de/test.jsonl", "langs/fr/dev.jsonl", "sp/amazon-counterfactual-de/train.jsonl",
        "sp/amazon-counterfactual-en/train.jsonl", "sp/amazon-counterfactual-en/test.jsonl", "some/de.jsonl",
        "some/fr.jsonl", "some/notes.jsonl", "some/README.md", "parts/a/test.jsonl", "parts/b/dev.jsonl"})
    test::write_file(folder.path() / name, "");
  const auto attach = [&](const TaskSpec& task, const char* inner) {
    return glossa::attach_data(task, folder.path() / inner);
  };
  Error error = test::error_of([&] { (void)attach({.name = "mine"}, "langs"); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(error.field() == "fr");
  CHECK(test::says(error, "dev.jsonl"));
  CHECK(subset_names(attach({.name = "mine"}, "langs/de")) == Texts{"de"});
  TaskSpec known = glossa::find_task("AmazonCounterfactualClassification");
  CHECK(known.stems.front() == "amazon-counterfactual");
  error = test::error_of([&] { (void)attach(known, "sp"); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(error.field() == "de");
  known.split = "train";
  CHECK(subset_names(attach(known, "sp")) == Texts{"de", "en"});
  const TaskSpec some = attach({.name = "mine"}, "some");
  CHECK(subset_names(some) == Texts{"de", "fr"});
  CHECK(some.left_out == std::vector{folder.path() / "some" / "notes.jsonl"});
  const TaskSpec parts = attach({.name = "mine"}, "parts");
  CHECK(subset_names(parts) == Texts{"a"});
  CHECK(parts.left_out == std::vector{folder.path() / "parts" / "b"});
  CHECK(attach(glossa::find_task("STSBenchmarkMultilingualSTS"), "some/de.jsonl").left_out.empty());
}
