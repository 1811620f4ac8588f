// Labelled texts come in; how well clusters of a model's vectors agree with the labels goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/mersenne_twister.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>

namespace glossa {

// Both cluster by mini-batch k-means with as many clusters as there are labels, whose draws are the library's own and
// not scikit-learn's: scores are as likely as there, not the same. "v_measure" is the mean of all clusterings,
// "v_measure_std" their deviation. runs: "v_measure" of each. Errors of both: see score_sts().

/// Clustering as python mteb had it first: batches of 500, options.clusterings of each set (0: one), from different
/// seeds. A set with one label scores 1. Errors: `invalid_argument` also for labels on several levels.
[[nodiscard]] TaskScores::Subset score_clusters(const ClusteringData& data, const TextEncoder& encoder,
                                                const ProtocolOptions& options = {});

/// Clustering as python mteb 2.26 has it: the texts of all sets, or those that options.most_texts or options.text_share
/// has Python's sample() draw; then on each level of labels that these have, of the first options.most_levels (0: all),
/// options.clusterings times (0: ten) 16,384 of them by Python's choices(), batches of 512. mteb draws 4 of 100 where a
/// task says nothing else. On a level on which texts have no label these are one more class, as mteb has it, or are
/// left out where ClusteringData::labels_are_numbers. "ami" and "ami_std" besides, of adjusted_mutual_information().
/// Means and deviations are of the runs of all levels together. random: where the draws come from, which mteb goes on
/// with from one subset to the next.
[[nodiscard]] TaskScores::Subset score_clusters_fast(const ClusteringData& data, const TextEncoder& encoder,
                                                     const ProtocolOptions& options, PythonRandom& random);
/// Draws what score_clusters_fast() would, and scores nothing.
void skip_cluster_draws(const ClusteringData& data, const ProtocolOptions& options, PythonRandom& random);
/// The same as score_clusters_fast() with draws of options.seed.
[[nodiscard]] TaskScores::Subset score_clusters_fast(const ClusteringData& data, const TextEncoder& encoder,
                                                     const ProtocolOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/protocols/score_clusters_impl.hpp>
#endif
