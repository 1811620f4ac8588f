// How batches are drawn.
#pragma once

#include <cstddef>
#include <cstdint>

namespace glossa {

/// What rows have in common.
enum class RowTrait { none, language, source };

/// What happens to rows that are left over at an epoch's end: fewer than a batch, or with texts that all batches have.
enum class LastRows {
  smaller_batches,  ///< they make batches with fewer rows
  next_epoch,       ///< all batches are full; these rows come first in the next epoch
};

struct BatchSamplerOptions {
  std::size_t batch_rows = 32;
  /// Negatives that each row of a batch has. Of a row's own, if it has more, others are drawn in each epoch.
  std::size_t negatives_each = 0;
  std::uint64_t seed = 42;
  /// No text is in two rows of a batch, be it as anchor, positive or negative that was drawn: it would be a negative
  /// where it is a positive. A row that clashes is put into another batch of the epoch.
  bool unique_texts = true;
  bool groups_apart = false;  ///< nor are two rows of a group; see group_numbers()
  /// Rows are drawn so that languages, or sources, of n rows come in proportion to n^(1/temperature).
  RowTrait balance = RowTrait::none;
  double temperature = 1;                 ///< at least 1, which is as the data is; infinity: as many of each
  RowTrait homogeneous = RowTrait::none;  ///< a batch's rows are all of one language, or source
  LastRows last_rows = LastRows::smaller_batches;
};

}  // namespace glossa
