// The tasks of MTEB that are known by name: those of the benchmarks MTEB(eng, v2) and MTEB(Multilingual, v2), and
// others. Of the latter those are left out that are of no category here: classification with several labels a text
// (Korean hate speech, Maltese news, EURLEX, Brazilian toxic tweets, CEDR), and retrieval by changed instructions,
// which is scored by p-MRR (Core17, News21, Robust04).
#pragma once

#include <glossa/eval/known_classification_tasks.hpp>
#include <glossa/eval/known_clustering_tasks.hpp>
#include <glossa/eval/known_pair_tasks.hpp>
#include <glossa/eval/known_retrieval_tasks.hpp>
#include <glossa/eval/known_task.hpp>
#include <glossa/eval/task_category.hpp>

#include <span>
#include <string_view>

namespace glossa::detail {

struct KnownTasks {
  TaskCategory category;
  std::span<const KnownTask> tasks;
};
inline constexpr KnownTasks kKnownTasks[] = {
    {TaskCategory::bitext, kBitextTasks},
    {TaskCategory::classification, kClassificationTasks},
    {TaskCategory::clustering_fast, kClusteringFastTasks},
    {TaskCategory::clustering, kClusteringTasks},
    {TaskCategory::pair_classification, kPairClassificationTasks},
    {TaskCategory::reranking, kRerankingTasks},
    {TaskCategory::retrieval, kRetrievalTasks},
    {TaskCategory::sts, kStsTasks},
    {TaskCategory::summarization, kSummarizationTasks},
};

/// Where a task has a language by another tag than language_tag() tells.
struct KnownTag {
  std::string_view task;
  std::string_view usual;
  std::string_view own;
};
inline constexpr KnownTag kKnownTags[] = {
    {"IndicCrosslingualSTS", "ori-Orya", "ory-Orya"},
    {"MIRACLReranking", "cmn-Hans", "zho-Hans"},
    {"MIRACLReranking", "kor-Hang", "kor-Kore"},
    {"MIRACLRetrieval", "cmn-Hans", "zho-Hans"},
    {"MIRACLRetrieval", "kor-Hang", "kor-Kore"},
    {"MIRACLRetrievalHardNegatives", "cmn-Hans", "zho-Hans"},
    {"MIRACLRetrievalHardNegatives", "kor-Hang", "kor-Kore"},
    {"MassiveIntentClassification", "cmn-Hans", "cmo-Hans"},
    {"MassiveIntentClassification", "cmn-Hant", "cmo-Hant"},
    {"MassiveIntentClassification", "kor-Hang", "kor-Kore"},
    {"MassiveScenarioClassification", "cmn-Hans", "cmo-Hans"},
    {"MassiveScenarioClassification", "cmn-Hant", "cmo-Hant"},
    {"MassiveScenarioClassification", "kor-Hang", "kor-Kore"},
    {"NusaParagraphEmotionClassification", "btk-Latn", "bbc-Latn"},
    {"NusaTranslationBitextMining", "btk-Latn", "bbc-Latn"},
    {"PawsXPairClassification", "jpn-Jpan", "jpn-Hira"},
    {"XNLI", "cmn-Hans", "zho-Hans"},
    {"XQuADRetrieval", "ara-Arab", "arb-Arab"},
    {"XQuADRetrieval", "cmn-Hans", "zho-Hans"},
};

}  // namespace glossa::detail
