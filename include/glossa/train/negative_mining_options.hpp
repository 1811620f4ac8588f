// What makes a text a hard negative, and how such texts are looked for.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/neighbor_search.hpp>
#include <glossa/model/prompts.hpp>
#include <glossa/train/role_encoder.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace glossa {

/// Which of the texts that may be negatives are taken, where there are more than are wanted.
enum class NegativeChoice {
  hardest,  ///< those of the lowest ranks
  random,   ///< drawn by seed
};

struct NegativeMiningOptions {
  std::size_t negatives = 5;  ///< of each row, at most
  /// Ranks [first_rank, end_rank) that are looked at: 0 is the text most like the anchor, of those that are not known
  /// to belong to it.
  std::size_t first_rank = 0;
  std::size_t end_rank = 100;
  /// A negative's score is below the positive's by more than this. Scores are cosines with the anchor.
  std::optional<double> margin{};
  /// A negative's score is below this share of the positive's: 0.95 in NV-Retriever (Moreira et al. 2024). Of a
  /// positive at a negative cosine p, below p - (1 - share) |p|.
  std::optional<double> relative{};
  std::optional<double> threshold{};  ///< a negative's score is below this
  /// The model whose scores margin, relative and threshold are about, where it is another than the one that searches;
  /// null: the same.
  RoleEncoder teacher{};
  NegativeChoice choice = NegativeChoice::hardest;
  std::uint64_t seed = 42;
  Role anchor_role = Role::query;
  Role corpus_role = Role::passage;  ///< of positives, too
  /// All anchors are compared with all texts of a corpus up to this size. In a larger one an HnswIndex leads to the
  /// nearest, and misses some.
  std::size_t exact_up_to = 100'000;
  NeighborGraphOptions graph{};
  ClusterRun run{};  ///< its progress counts anchors that were searched for
};

}  // namespace glossa
