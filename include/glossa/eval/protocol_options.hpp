// How a protocol is run: prompts, draws, and what it runs on.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/core/progress.hpp>
#include <glossa/kernels/cpu_level.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace glossa {

struct ProtocolOptions {
  std::string query_prompt{};         ///< before queries; in protocols without roles, before every text
  std::string passage_prompt{};       ///< before documents and candidates
  std::string main_metric{};          ///< of the scores, the one that counts; "": default_metric() of the category
  std::size_t samples_per_label = 8;  ///< classification: of each label, what one experiment learns from
  std::size_t experiments = 10;       ///< of classification
  std::size_t clusterings = 0;        ///< 0: as mteb has it, ten of drawn texts, or one of each set
  std::size_t most_texts =
      0;  ///< fast clustering: so many at most are drawn; 0: all as they come (mteb: max_document_to_embed)
  std::size_t most_levels = 0;  ///< fast clustering: so many levels of labels at most; 0: all (mteb: max_depth)
  double text_share = 0;        ///< this share of them is drawn; 0: all (mteb: max_fraction_of_documents_to_embed)
  bool ignore_identical_ids = false;  ///< retrieval: the document that has the query's id is left out
  bool averages_p_values = false;     ///< summarization, as its first version has it
  std::uint32_t seed = 42;
  std::size_t threads = 0;               ///< of what comes after the embedding; 0: available_threads()
  std::shared_ptr<Executor> executor{};  ///< runs that in place of threads of its own
  std::optional<CpuLevel> cpu_level{};   ///< instructions for it; by default default_level()
  /// Told how many texts are embedded, and the same again while they are scored. What it throws ends the call: that is
  /// how one cancels.
  ProgressCallback progress{};
};

}  // namespace glossa
