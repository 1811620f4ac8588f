// Definition of sample_texts; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/subset_data.hpp>
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
  void add(StsData&& data) { add_sides(std::move(data)); }
  void add(BitextData&& data) { add_sides(std::move(data)); }
  void add(PairData&& data) { add_sides(std::move(data)); }
  void add(ClassificationData&& data) { add(std::move(data.test.texts)); }
  void add(ClusteringData&& data) {
    for (LabelledTexts& set : data.sets) add(std::move(set.texts));
  }
  void add(RetrievalData&& data) {
    for (NamedText& query : data.queries) add(std::move(query.text));
    for (const NamedText& document : data.documents) add(passage_of(document));
  }
  void add(RerankingData&& data) {
    for (RerankingData::Query& query : data.queries) {
      add(std::move(query.text));
      add(std::move(query.positive));
      add(std::move(query.negative));
      add(std::move(query.candidates));
    }
  }
  void add(SummarizationData&& data) {
    for (SummarizationData::Text& text : data.texts) {
      add(std::move(text.human_summaries));
      add(std::move(text.machine_summaries));
    }
  }

  [[nodiscard]] std::vector<std::string> some(std::size_t most) && {
    if (texts_.size() <= most) return std::move(texts_);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < most; ++i) out.push_back(std::move(texts_[i * texts_.size() / most]));
    return out;
  }

 private:
  /// The data of categories with two sides.
  template <class Pairs>
  void add_sides(Pairs&& pairs) {
    add(std::move(pairs.sentence1));
    add(std::move(pairs.sentence2));
  }

  std::vector<std::string> texts_;
};

}  // namespace detail

GLOSSA_INLINE std::vector<std::string> sample_texts(const TaskSpec& task, std::size_t most, const ReadWatch& watch) {
  detail::require_subsets(task);
  detail::TextBag bag;
  for (const TaskSubset& subset : task.subsets)
    detail::with_subset_data(task, subset, detail::read_options(task, watch),
                             [&](auto&& data) { bag.add(std::forward<decltype(data)>(data)); });
  return std::move(bag).some(most);
}

}  // namespace glossa
