// Data of small tasks, and what a run of glossa eval says, for the tests of that command.
#pragma once

#include "tool.hpp"

#include <string>

namespace test {

/// Data in the small model's words: sts/stsb-en and -de, bitext/tatoeba-deu-eng, retrieval/fact.
inline void write_data(const Workshop& shop) {
  const std::string pairs = R"({"sentence1":"the cat","sentence2":"the cat sleep","score":4}
{"sentence1":"the protein","sentence2":"museo","score":1}
{"sentence1":"female cat","sentence2":"cat","score":3.5}
{"sentence1":"how much","sentence2":"protein","score":2}
)";
  shop.write("data/sts/stsb-en.jsonl", pairs);
  shop.write("data/sts/stsb-de.jsonl", pairs);
  shop.write("data/bitext/tatoeba-deu-eng.jsonl", pairs);
  shop.write("data/retrieval/fact/corpus.jsonl", R"({"_id":"1","title":"cat","text":"the cat sleep"}
{"_id":"2","text":"the protein"}
{"_id":"3","text":"museo"}
)");
  shop.write("data/retrieval/fact/queries.jsonl", R"({"_id":"q","text":"how much protein"}
{"_id":"r","text":"cat"}
)");
  shop.write("data/retrieval/fact/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\t2\t1\nr\t1\t1\n");
}

inline const std::string kStsb = "--task STSBenchmarkMultilingualSTS --data data ";

/// The row of a table that begins with a name, without the spaces in it, which depend on other rows.
inline std::string row_of(const std::string& table, const std::string& name) {
  for (std::string line : lines_of(table))
    if (line.starts_with(name)) {
      std::erase(line, ' ');
      return line;
    }
  FAIL("there is no row " << name);
  return {};
}

/// The folder of results that a run tells of last.
inline std::string results_of(const Run& run) {
  const std::string line = lines_of(run.err).back();
  REQUIRE(line.starts_with("done: "));
  return line.substr(6);
}

}  // namespace test
