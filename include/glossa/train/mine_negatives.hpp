// Rows to train on and an encoder come in; texts that are like the anchors, and do not belong to them, go out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/train/mined_negatives.hpp>
#include <glossa/train/negative_mining_options.hpp>
#include <glossa/train/role_encoder.hpp>
#include <glossa/train/training_row.hpp>

#include <span>
#include <string>

namespace glossa {

/// Finds hard negatives for each row by embedding anchors and corpus, each text once. Never a negative is, but for
/// case, punctuation and spacing (text_key()), the anchor, a positive of the same anchor, or a text of a row of the
/// same group; nor a negative that the row has. These have no rank. The same whatever the number of threads. Memory:
/// the vectors of all texts, with a teacher's as many again. Errors: `invalid_argument` for no rows, options without
/// meaning, a text of the corpus that is empty, white space alone or not UTF-8, and for vectors of an encoder that are
/// not as many as the texts, not of one length, or not finite; the encoders'; what ClusterRun::progress throws.
[[nodiscard]] MinedNegatives mine_negatives(std::span<const TrainingRow> rows, std::span<const std::string> corpus,
                                            const RoleEncoder& encoder, const NegativeMiningOptions& options = {});

/// The same with the positives of all rows as the corpus.
[[nodiscard]] MinedNegatives mine_negatives(std::span<const TrainingRow> rows, const RoleEncoder& encoder,
                                            const NegativeMiningOptions& options = {});

/// Gives rows their negatives, behind those that they have. Errors: `invalid_argument` for another number of rows.
void add_negatives(std::span<TrainingRow> rows, const MinedNegatives& mined);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/train/mine_negatives_impl.hpp>
#endif
