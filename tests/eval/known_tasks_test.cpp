// Tasks that are known by name, and their languages.
#include "task_files.hpp"

#include <glossa/eval/task.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using glossa::TaskCategory;
using glossa::TaskSpec;
using test::subset_names;
using Texts = std::vector<std::string>;

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
