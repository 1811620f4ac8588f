// What multilingual-e5-small scores on some of MTEB's tasks.
#pragma once

#include <cstddef>
#include <string_view>

namespace glossa::detail {

struct KnownScore {
  std::string_view task;
  std::string_view subset;  ///< "": the mean of all
  double score;
  std::size_t subsets = 0;  ///< of which it is the mean
};

/// From the public results of MTEB (embeddings-benchmark/results, CC0).
inline constexpr std::string_view kPublishedModel = "multilingual-e5-small";
inline constexpr KnownScore kKnownScores[] = {
    {"STSBenchmarkMultilingualSTS", "en", 0.83589},
    {"STSBenchmarkMultilingualSTS", "de", 0.78936},
    {"STSBenchmarkMultilingualSTS", "es", 0.80744},
    {"STSBenchmarkMultilingualSTS", "fr", 0.79321},
    {"STSBenchmarkMultilingualSTS", "ru", 0.77776},
    {"STSBenchmarkMultilingualSTS", "zh", 0.78047},
    {"Tatoeba", "deu-eng", 0.9735},
    {"Tatoeba", "fra-eng", 0.9119},
    {"Tatoeba", "spa-eng", 0.9403},
    {"Tatoeba", "jpn-eng", 0.8439},
    {"Tatoeba", "swh-eng", 0.7028},
    {"Tatoeba", "tel-eng", 0.9074},
    {"Tatoeba", "", 0.68941, 112},
    {"SciFact", "default", 0.67585},
    {"NFCorpus", "default", 0.31096},
    {"ArguAna", "default", 0.39088},
    {"Banking77Classification", "default", 0.706396},
    {"AmazonCounterfactualClassification", "de", 0.6985},
    {"AmazonCounterfactualClassification", "en", 0.71433},
    {"SIB200Classification", "nld_Latn", 0.73137},
    {"SIB200Classification", "tha_Thai", 0.75784},
    {"SIB200ClusteringS2S", "nld_Latn", 0.35335},
    {"SIB200ClusteringS2S", "tha_Thai", 0.41293},
    {"MasakhaNEWSClusteringS2S", "eng", 0.466},
    {"indonli", "default", 0.51858},
    {"FarsTail", "default", 0.69968},
    {"AskUbuntuDupQuestions", "default", 0.56424},
    {"SummEval", "default", 0.293653},
    {"SummEvalSummarization.v2", "default", 0.29219},
};

}  // namespace glossa::detail
