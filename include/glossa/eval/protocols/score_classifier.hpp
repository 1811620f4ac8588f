// Labelled texts come in; how well a classifier that learns from few of them labels the others goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>

namespace glossa {

/// Classification as python mteb 2.26 has it: each experiment takes a few texts of each label (LabelSampler), fits a
/// logistic regression to their vectors, and labels the texts of `test`. "accuracy", and "f1", "precision" and "recall"
/// as means over labels, also "_weighted"; with two labels in `test`, "ap" and "ap_weighted", which are one. Each is
/// the mean over experiments. runs: each of them. items, where the accuracy counts: of each text of `test`, the share
/// of experiments that labelled it rightly. Errors: see score_sts(); `invalid_argument` also for one label in `train`.
[[nodiscard]] TaskScores::Subset score_classifier(const ClassificationData& data, const TextEncoder& encoder,
                                                  const ProtocolOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/protocols/score_classifier_impl.hpp>
#endif
