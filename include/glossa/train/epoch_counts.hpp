// What became of the rows that an epoch drew, and of what shares it is made.
#pragma once

#include <cstddef>
#include <string>

namespace glossa {

/// What became of an epoch's rows: carried_in + drawn = given + carried_out + left_out.
struct EpochCounts {
  std::size_t carried_in = 0;  ///< that the epoch before had left over
  std::size_t drawn = 0;
  std::size_t given = 0;        ///< in batches
  std::size_t carried_out = 0;  ///< left over for the next epoch
  std::size_t left_out = 0;     ///< that would be carried twice: the row waits for a place already
  std::size_t batches = 0;
  std::size_t smaller_batches = 0;  ///< of these, with fewer rows than others
};

/// A language or source, and how much of it there is in an epoch.
struct SampledShare {
  std::string name{};  ///< "": of the rows that tell none, or of all rows
  std::size_t rows = 0;
  std::size_t each_epoch = 0;  ///< rows that are drawn; more than `rows`: some come twice and more
};

}  // namespace glossa
