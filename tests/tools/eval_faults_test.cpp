// What is wrong with any task's data is told by glossa eval before anything is done.
#include "eval_names.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

TEST_CASE("a fault in the last task's data is told before the model is loaded, and nothing is half-reported") {
  const Workshop shop;
  write_data(shop);
  const std::string command =
      kStsb + "--task Tatoeba --results results --report page.html --cache cache --threads 1 --json";
  const auto check = [&](const std::string& lines, int status, std::initializer_list<std::string_view> parts) {
    shop.write("data/bitext/tatoeba-deu-eng.jsonl", lines);
    check_complaint(shop.run("eval " + with_model() + " " + command), status, parts);
    check_complaint(shop.run("eval --model nowhere " + command), status, parts);  // the model was not looked at
    check_complaint(shop.run("eval advise " + with_model() + " " + kStsb + "--task Tatoeba"), status, parts);
    CHECK(shop.files_in("results") == 0);
    CHECK(shop.files_in("cache") == 0);
    CHECK_FALSE(shop.has("page.html"));
    CHECK(shop.partial_files() == 0);
  };
  check("{\"sentence1\":\"a\",\"sentence2\":\"b\"}\n{\"sentence1\":\"a\",\"sentence2\":5}\n", 1,
        {"tatoeba-deu-eng.jsonl, line 2", "sentence2", "a string", "correct the line"});
  check("{\"sentence1\":\"a\",\"sentence2\":\"b\"}\n{\"sentence1\":\"a\"", 1, {"tatoeba-deu-eng.jsonl, line 2"});
  check("", 1, {"tatoeba-deu-eng.jsonl", "no lines", "fetch it again"});
}

TEST_CASE("data that a protocol cannot score is told with its file before the model is loaded") {
  const Workshop shop;
  write_data(shop);
  shop.write("data/reranking/mine.jsonl", R"({"query":"q","positive":["p"],"negative":[]})");
  shop.write("mine.json", R"({"name":"Mine","category":"reranking","data":"data/reranking/mine.jsonl"})");
  check_complaint(shop.run("eval --model nowhere --task Tatoeba --data data --task mine.json --data data/reranking"), 1,
                  {"mine.jsonl", "queries", "correct the data"});
}

TEST_CASE("judgements of no document that is there are refused, and some of such are told") {
  const Workshop shop;
  write_data(shop);
  const std::string qrels = "data/retrieval/fact/qrels/test.tsv";
  const std::string command = " --category retrieval --data data/retrieval/fact";
  shop.write(qrels, "query-id\tcorpus-id\tscore\nq\t99\t1\nr\t99\t1\n");
  check_complaint(shop.run("eval --model nowhere" + command), 1, {"fact", "judgements", "nothing to find"});
  shop.write(qrels, "query-id\tcorpus-id\tscore\nq\t2\t1\nq\t99\t1\n");
  const Run run = shop.run("eval " + with_model() + command + " --no-prompts");
  CHECK(run.status == 0);
  CHECK(contains(run.err, "fact: judgements of documents that are not there, which count as not found: 1"));
  CHECK(contains(run.err, "fact: queries without judgements in test, which are left out: 1"));
}

TEST_CASE("faults in files have one exit status, and faults of arguments another") {
  const Workshop shop;
  write_data(shop);
  const auto check = [&](const std::string& command, int status, std::initializer_list<std::string_view> parts) {
    check_complaint(shop.run("eval --model nowhere " + command), status, parts);
  };
  shop.write("mine.json", R"({"name":"M","category":"sts","data":"data/sts/stsb-en.jsonl","main_score":"f1"})");
  check("--task mine.json", 1, {"mine.json", "main_score"});
  shop.write("data/sts/stsb-en.tsv", "");
  check(kStsb, 1, {"twice", "stsb-en.tsv"});
  shop.write("fact/stsb-klingon.jsonl", "");
  check("--task STSBenchmarkMultilingualSTS --data fact", 1, {"klingon"});
  shop.write("data/retrieval/fact/top_ranked.jsonl", "");
  check("--category retrieval --data data/retrieval/fact", 1, {"top_ranked"});
  check("--category classification --data data/sts/stsb-de.jsonl", 1, {"train.jsonl"});
  shop.write("few/train.jsonl", R"({"text":"a","label":1})");
  shop.write("few/test.jsonl", R"({"text":"a","label":1})");
  check("--category classification --data few", 1, {"label"});
  check("--category sts --data nowhere", 1, {"nowhere"});
  check("--task Unheard --data data", 2, {"--task", "Unheard"});
  check("--category music --data data", 2, {"--category"});
  const std::string one = R"({"sentence1":"the cat","sentence2":"museo","score":2})";
  shop.write("one.jsonl", one);
  check_complaint(shop.run("eval advise " + with_model() + " --category sts --data one.jsonl --precisions f32"), 1,
                  {"not defined"});
}
