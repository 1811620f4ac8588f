// Where a task's data lies.
#include "task_files.hpp"

#include <glossa/eval/task.hpp>

#include <string>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using glossa::TaskCategory;
using glossa::TaskSpec;
using test::subset_names;
using Texts = std::vector<std::string>;

}  // namespace

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
  CHECK(error.kind() == ErrorKind::corrupt_file);
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

TEST_CASE("subsets of regions are found, and a file of no known language is refused, not left out") {
  const test::TemporaryFolder folder;
  for (const char* name : {"massiveintent-de", "massiveintent-zh-CN", "massiveintent-zh-TW", "massivescenario-x"})
    test::write_file(folder.path() / name / "test.jsonl", "");
  const TaskSpec task = glossa::find_task("MassiveIntentClassification");
  CHECK(subset_names(glossa::attach_data(task, folder.path())) == Texts{"de", "zh-CN", "zh-TW"});
  test::write_file(folder.path() / "massiveintent-klingon" / "test.jsonl", "");
  const Error error = test::error_of([&] { (void)glossa::attach_data(task, folder.path()); });
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(test::says(error, "massiveintent-klingon"));

  test::write_file(folder.path() / "summaries" / "summeval-fr.jsonl", "");
  test::write_file(folder.path() / "summaries" / "summeval.jsonl", "");
  CHECK(glossa::attach_data(glossa::find_task("SummEval"), folder.path() / "summaries").subsets.size() == 1);
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
