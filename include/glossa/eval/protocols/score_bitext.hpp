// Translations come in; how often a sentence finds its own goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>

namespace glossa {

/// Bitext mining as python mteb 2.26 has it: each sentence1 takes the sentence2 with the highest cosine, of equal ones
/// the first; "f1", "precision" and "recall" weighted by labels, of which each sentence is one, and "accuracy". items:
/// of each sentence1 its F1, 2 / (1 + how often its own was taken) where it took its own, else 0. Errors: see
/// score_sts().
[[nodiscard]] TaskScores::Subset score_bitext(const BitextData& data, const TextEncoder& encoder,
                                              const ProtocolOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/protocols/score_bitext_impl.hpp>
#endif
