// Pairs of sentences that belong together or not come in; how well a model tells them apart goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>

namespace glossa {

/// Pair classification as python mteb 2.26 has it: "ap" (average precision), and "accuracy", "f1", "precision" and
/// "recall" at the best threshold, by cosine, dot product, Euclidean and Manhattan distance ("cosine_ap"), by the
/// model's own likeness, which is the cosine ("similarity_ap"), and the best of these ("max_ap"); besides the
/// thresholds ("cosine_accuracy_threshold", "euclidean_f1_threshold": a distance). items: of each pair its influence
/// on the average precision that counts, of which that is the mean. Errors: see score_sts().
[[nodiscard]] TaskScores::Subset score_pairs(const PairData& data, const TextEncoder& encoder,
                                             const ProtocolOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/protocols/score_pairs_impl.hpp>
#endif
