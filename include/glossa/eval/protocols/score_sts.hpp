// Pairs of sentences come in; how well a model's likeness of them goes with people's goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>

namespace glossa {

/// STS as python mteb 2.26 has it: Pearson's and Spearman's correlations of people's scores with cosines and with
/// minus the Manhattan and Euclidean distances; "pearson" and "spearman" are those of cosines. items: of each pair, its
/// influence on the correlation that counts (of Spearman's, with the ranks as they are), of which that is the mean.
/// Errors: those of the encoder and of what it gives (`invalid_argument`, `numeric`); `invalid_argument` for no pairs.
[[nodiscard]] TaskScores::Subset score_sts(const StsData& data, const TextEncoder& encoder,
                                           const ProtocolOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/protocols/score_sts_impl.hpp>
#endif
