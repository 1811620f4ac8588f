// A task's data comes in; an error goes out where its protocol cannot score it, whatever the vectors are.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/paired_sizes.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/task_data.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

// Errors of all: `invalid_argument` naming the field.

inline void require_data(const StsData& data, const ProtocolOptions&) {
  require_some(data.score.size(), "score");
  require_equal_sizes(data.sentence1.size(), data.score.size(), "sentence1");
  require_equal_sizes(data.sentence1.size(), data.sentence2.size(), "sentence2");
}

inline void require_data(const BitextData& data, const ProtocolOptions&) {
  require_some(data.sentence1.size(), "sentence1");
  require_equal_sizes(data.sentence1.size(), data.sentence2.size(), "sentence2");
}

inline void require_data(const PairData& data, const ProtocolOptions&) {
  require_some(data.label.size(), "label");
  require_equal_sizes(data.sentence1.size(), data.label.size(), "sentence1");
  require_equal_sizes(data.sentence1.size(), data.sentence2.size(), "sentence2");
}

[[nodiscard]] inline std::size_t count_labels(const std::vector<std::int32_t>& labels) {
  return std::set<std::int32_t>(labels.begin(), labels.end()).size();
}

inline void require_labelled(const LabelledTexts& texts, const char* field) {
  require_some(texts.texts.size(), field);
  require_equal_sizes(texts.texts.size(), texts.labels.size(), field);
}

inline void require_data(const ClassificationData& data, const ProtocolOptions& options) {
  require_labelled(data.train, "train");
  require_labelled(data.test, "test");
  require_some(options.experiments, "experiments");
  require_some(options.samples_per_label, "samples_per_label");
  const std::size_t learned = count_labels(data.train.labels);
  if (learned < 2)
    throw Error(ErrorKind::invalid_argument, {.field = "train",
                                              .problem = "all texts have one label",
                                              .expected = "two labels at least",
                                              .found = std::to_string(learned)});
  const std::size_t told = count_labels(data.test.labels);
  if (options.main_metric.starts_with("ap") && told != 2)
    throw Error(ErrorKind::invalid_argument, {.field = "test",
                                              .problem = "there is \"" + options.main_metric + "\" of two labels alone",
                                              .expected = "two labels",
                                              .found = std::to_string(told)});
}

inline void require_sets(const ClusteringData& data) {
  require_some(data.sets.size(), "sets");
  for (const LabelledTexts& set : data.sets) {
    require_labelled(set, "texts");
    for (const std::vector<std::int32_t>& labels : set.finer_labels)
      require_equal_sizes(set.texts.size(), labels.size(), "finer_labels");
  }
}

inline void require_data(const ClusteringData& data, const ProtocolOptions&) {
  require_sets(data);
  for (const LabelledTexts& set : data.sets)
    if (!set.finer_labels.empty())
      throw Error(ErrorKind::invalid_argument, {.field = "labels",
                                                .problem = "texts have labels on several levels",
                                                .expected = "one label a text",
                                                .remedy = "score them as clustering_fast, which clusters by levels"});
}

/// How many of the texts fast clustering draws; all of them where nothing limits them. Errors: `invalid_argument` for
/// two limits, and where nothing is left.
[[nodiscard]] inline std::size_t count_drawn(std::size_t texts, const ProtocolOptions& options) {
  if (options.most_texts > 0 && options.text_share > 0)
    throw Error(ErrorKind::invalid_argument,
                {.field = "text_share", .problem = "most_texts limits the texts, too", .remedy = "set one of them"});
  if (options.most_texts > 0) return std::min(options.most_texts, texts);
  if (!(options.text_share > 0)) return texts;
  const auto share = static_cast<std::size_t>(options.text_share * static_cast<double>(texts));
  require_some(share, "text_share");
  return std::min(share, texts);
}

inline void require_fast_data(const ClusteringData& data, const ProtocolOptions& options) {
  require_sets(data);
  std::size_t texts = 0;
  for (const LabelledTexts& set : data.sets) texts += set.texts.size();
  (void)count_drawn(texts, options);
}

/// Whether mteb scores the query: it leaves out those that have no candidate of either kind.
[[nodiscard]] inline bool is_ranked(const RerankingData::Query& query) noexcept {
  return !query.candidates.empty() || (!query.positive.empty() && !query.negative.empty());
}

/// Whether a query that is scored has a candidate that answers it.
[[nodiscard]] inline bool is_answered(const RerankingData::Query& query) noexcept {
  return is_ranked(query) && (query.candidates.empty() ||
                              std::ranges::any_of(query.relevance, [](int relevance) { return relevance > 0; }));
}

inline void require_data(const RerankingData& data, const ProtocolOptions&) {
  for (const RerankingData::Query& query : data.queries)
    if (is_ranked(query)) require_equal_sizes(query.candidates.size(), query.relevance.size(), "relevance");
  if (std::ranges::any_of(data.queries, is_answered)) return;
  if (std::ranges::any_of(data.queries, is_ranked))
    throw Error(ErrorKind::invalid_argument, {.field = "judgements",
                                              .problem = "no candidate was judged to answer its query",
                                              .expected = "one at least with a score above 0"});
  throw Error(ErrorKind::invalid_argument, {.field = "queries",
                                            .problem = "there is nothing to score: no query has candidates",
                                            .expected = "one at least with positive and negative ones",
                                            .found = std::to_string(data.queries.size()) + " without"});
}

/// The texts' ids, in order. Errors: `invalid_argument` for one that two of them have.
inline std::vector<std::string_view> require_own_ids(const std::vector<NamedText>& texts, const char* field) {
  std::vector<std::string_view> ids;
  for (const NamedText& text : texts) ids.emplace_back(text.id);
  std::ranges::sort(ids);
  const auto twice = std::ranges::adjacent_find(ids);
  if (twice == ids.end()) return ids;
  throw Error(ErrorKind::invalid_argument, {.field = field,
                                            .problem = "an id is there twice",
                                            .expected = "ids of their own, by which judgements call them",
                                            .found = std::string(*twice)});
}

/// Those of the queries that have judgements.
[[nodiscard]] inline std::vector<const NamedText*> judged_queries(const RetrievalData& data) {
  std::vector<const NamedText*> queries;
  for (const NamedText& query : data.queries)
    if (const auto found = data.judgements.find(query.id); found != data.judgements.end() && !found->second.empty())
      queries.push_back(&query);
  return queries;
}

inline void require_data(const RetrievalData& data, const ProtocolOptions&) {
  require_some(data.documents.size(), "documents");
  const std::vector<const NamedText*> queries = judged_queries(data);
  require_some(queries.size(), "queries");
  const std::vector<std::string_view> documents = require_own_ids(data.documents, "documents");
  (void)require_own_ids(data.queries, "queries");
  for (const NamedText* query : queries)
    for (const auto& [document, relevance] : data.judgements.at(query->id))
      if (relevance > 0 && std::ranges::binary_search(documents, std::string_view(document))) return;
  throw Error(ErrorKind::invalid_argument,
              {.field = "judgements",
               .problem = "there is nothing to find: no document that is there was judged to answer a query",
               .expected = "ids of the file corpus in qrels, one at least with a score above 0"});
}

inline void require_data(const SummarizationData& data, const ProtocolOptions&) {
  require_some(data.texts.size(), "texts");
  std::size_t judged = 0;
  for (const SummarizationData::Text& text : data.texts) {
    require_equal_sizes(text.relevance.size(), text.machine_summaries.size(), "relevance");
    require_some(text.human_summaries.size(), "human_summaries");
    judged += text.relevance.size();
  }
  require_some(judged, "machine_summaries");
}

}  // namespace glossa::detail
