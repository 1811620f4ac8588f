// A category comes in; a small task of it with data of its own goes out.
#pragma once

#include "hashed_words.hpp"
#include "paths.hpp"

#include <glossa/eval/evaluate.hpp>

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace test {

using Category = glossa::TaskCategory;

/// Data of each category that has a score.
inline const std::map<Category, std::string> kCategoryFiles{
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

inline const Category kCategories[] = {Category::sts,        Category::bitext,          Category::classification,
                                       Category::clustering, Category::clustering_fast, Category::pair_classification,
                                       Category::reranking,  Category::retrieval,       Category::summarization};

/// A task with data of its own in a folder.
inline glossa::TaskSpec task_of(Category category, const std::filesystem::path& folder) {
  glossa::TaskSpec task{.name = "mine", .category = category, .experiments = 2};
  const std::filesystem::path data = folder / std::string(to_string(category));
  if (category == Category::classification) {
    const char* lines = "{\"text\": \"one\", \"label\": 0}\n{\"text\": \"two\", \"label\": 1}\n";
    write_file(data / "train.jsonl", lines);
    write_file(data / "test.jsonl", lines);
    return attach_data(task, data);
  }
  if (category == Category::retrieval) {
    write_file(data / "corpus.jsonl", "{\"_id\": \"d1\", \"text\": \"one\"}\n{\"_id\": \"d2\", \"text\": \"two\"}");
    write_file(data / "queries.jsonl", R"({"_id": "q", "text": "one two"})");
    write_file(data / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\nq\td1\t1\n");
    return attach_data(task, data);
  }
  write_file(data / "de.jsonl", kCategoryFiles.at(category));
  return attach_data(task, data / "de.jsonl");
}

/// The prompts of a model that has some.
inline const glossa::EvaluateOptions kRoles{.prompts = {.query = "query: ", .passage = "passage: "}, .threads = 1};

}  // namespace test
