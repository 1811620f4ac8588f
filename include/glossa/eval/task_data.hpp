// What a task is scored on, as its protocol takes it: texts, and what people say of them.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/judgements.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace glossa {

/// Pairs of sentences, and how alike people find them. All three are of one length, as in the other structs.
struct StsData {
  std::vector<std::string> sentence1;
  std::vector<std::string> sentence2;
  std::vector<double> score;  ///< on whatever scale: its order counts
};

/// Translations: sentence1[i] means what sentence2[i] means.
struct BitextData {
  std::vector<std::string> sentence1;
  std::vector<std::string> sentence2;
};

/// In place of a label where a text has none on a level.
inline constexpr std::int32_t kNoLabel = -1;

/// Texts, each with the number of its label.
struct LabelledTexts {
  std::vector<std::string> texts;
  std::vector<std::int32_t> labels;  ///< indices of label_names
  /// Clustering by levels: the labels on each level below that of `labels`, which get finer; kNoLabel for none.
  std::vector<std::vector<std::int32_t>> finer_labels{};
};

/// Labels are numbered ascending by their values where all are whole numbers, else by the bytes of their names, as
/// NumPy's unique() does it (which has whole numbers in quotes by their bytes; no score hangs on that). With two labels
/// the one that is called 1 is "positive", as for mteb, or else the one with number 1.
struct ClassificationData {
  LabelledTexts train;
  LabelledTexts test;
  std::vector<std::string> label_names;  ///< of train and test
};

/// Sets of texts that are clustered each on its own; files of one text a line are one set.
struct ClusteringData {
  std::vector<LabelledTexts> sets;
  std::vector<std::string> label_names;  ///< numbered as above, over all sets and levels
  /// Whether labels are whole numbers and no strings: clustering_fast takes -1 for no label then, as mteb does.
  bool labels_are_numbers = false;
};

/// Pairs of sentences that belong together (1) or do not (0).
struct PairData {
  std::vector<std::string> sentence1;
  std::vector<std::string> sentence2;
  std::vector<std::uint8_t> label;
};

/// A text with the name that judgements call it by.
struct NamedText {
  std::string id;
  std::string title;  ///< of documents; often ""
  std::string text;
};

/// What is embedded of a document: its title, a space and its text without white space around them (what Python's
/// str.strip() takes away), or its text alone where there is no title.
[[nodiscard]] std::string passage_of(const NamedText& document);

/// Documents, queries, and which document answers which query.
struct RetrievalData {
  std::vector<NamedText> documents;
  std::vector<NamedText> queries;  ///< those that have judgements, in the order of their file
  /// Of each query, by its id.
  std::unordered_map<std::string, Judgements> judgements;
  std::size_t queries_left_out = 0;   ///< those of the file that have no judgements
  std::size_t documents_missing = 0;  ///< judgements of documents that are not there, and cannot be found
};

/// Queries, each with candidates of its own, that answer it or not (mteb leaves out queries that have none of either
/// kind), or that are judged by degrees.
struct RerankingData {
  struct Query {
    std::string text;
    std::vector<std::string> positive;
    std::vector<std::string> negative;
    /// In place of these: texts in the order in which equally likely ones are ranked (by id, descending).
    std::vector<std::string> candidates{};
    std::vector<int> relevance{};  ///< of each; 0 where it was not judged
    std::vector<int> judged{};     ///< the relevance of all that was judged for the query, candidates or not
    std::string id{};
    std::vector<std::string> candidate_ids{};
  };
  std::vector<Query> queries;
  std::size_t queries_left_out = 0;   ///< as of RetrievalData, of a folder in its layout
  std::size_t documents_missing = 0;  ///< the same
};

/// Texts, each with summaries by people and by machines, and how good people find the latter.
struct SummarizationData {
  struct Text {
    std::string text;
    std::vector<std::string> human_summaries;
    std::vector<std::string> machine_summaries;
    std::vector<double> relevance;  ///< of each machine summary
  };
  std::vector<Text> texts;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/task_data_impl.hpp>
#endif
