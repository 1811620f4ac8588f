// Definition of sample_texts; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/read_task_data.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/eval/task_texts.hpp>

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// Gathers texts.
class TextBag {
 public:
  void add(std::string text) { texts_.push_back(std::move(text)); }
  void add(std::vector<std::string>&& texts) {
    texts_.insert(texts_.end(), std::move_iterator(texts.begin()), std::move_iterator(texts.end()));
  }
  /// The data of categories with two sides.
  template <class Pairs>
  void add_sides(Pairs&& pairs) {
    add(std::move(pairs.sentence1));
    add(std::move(pairs.sentence2));
  }
  void add_retrieval(RetrievalData&& data) {
    for (NamedText& query : data.queries) add(std::move(query.text));
    for (const NamedText& document : data.documents) add(passage_of(document));
  }
  void add_reranking(RerankingData&& data) {
    for (RerankingData::Query& query : data.queries) {
      add(std::move(query.text));
      add(std::move(query.positive));
      add(std::move(query.negative));
      add(std::move(query.candidates));
    }
  }
  void add_summarization(SummarizationData&& data) {
    for (SummarizationData::Text& text : data.texts) {
      add(std::move(text.human_summaries));
      add(std::move(text.machine_summaries));
    }
  }

  void add_subset(TaskCategory category, const TaskSubset& subset, const ReadOptions& options) {
    switch (category) {
      case TaskCategory::sts: return add_sides(read_sts(subset.data, options));
      case TaskCategory::bitext: return add_sides(read_bitext(subset.data, options));
      case TaskCategory::pair_classification: return add_sides(read_pairs(subset.data, options));
      case TaskCategory::classification: return add(read_classification(subset.data, options).test.texts);
      case TaskCategory::clustering:
      case TaskCategory::clustering_fast:
        for (LabelledTexts& set : read_clustering(subset.data, options).sets) add(std::move(set.texts));
        return;
      case TaskCategory::reranking: return add_reranking(read_reranking(subset.data, options));
      case TaskCategory::retrieval: return add_retrieval(read_retrieval(subset.data, options));
      case TaskCategory::summarization: return add_summarization(read_summarization(subset.data, options));
    }
  }

  [[nodiscard]] std::vector<std::string> some(std::size_t most) && {
    if (texts_.size() <= most) return std::move(texts_);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < most; ++i) out.push_back(std::move(texts_[i * texts_.size() / most]));
    return out;
  }

 private:
  std::vector<std::string> texts_;
};

}  // namespace detail

GLOSSA_INLINE std::vector<std::string> sample_texts(const TaskSpec& task, std::size_t most) {
  if (task.subsets.empty())
    throw Error(ErrorKind::invalid_argument,
                {.field = task.name, .problem = "the task has no data", .remedy = "call attach_data()"});
  detail::TextBag bag;
  for (const TaskSubset& subset : task.subsets)
    bag.add_subset(task.category, subset, {.split = task.split, .fields = task.fields});
  return std::move(bag).some(most);
}

}  // namespace glossa
