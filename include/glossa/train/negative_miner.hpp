// Rows, a corpus and encoders come in; each row's hard negatives go out.
#pragma once

#include <glossa/cluster/exact_cosine.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/random_draws.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/shares.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/train/mined_negatives.hpp>
#include <glossa/train/mining_texts.hpp>
#include <glossa/train/negative_mining_options.hpp>
#include <glossa/train/passage_search.hpp>
#include <glossa/train/role_encoder.hpp>
#include <glossa/train/sampled_rows.hpp>
#include <glossa/train/training_row.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// An encoder's vectors of all texts.
struct MiningVectors {
  Embeddings anchors;
  Embeddings passages;

  MiningVectors() = default;
  /// Errors: `invalid_argument` for vectors that are no such; the encoder's.
  MiningVectors(const MiningTexts& texts, const RoleEncoder& encoder, const NegativeMiningOptions& options,
                const std::string& name)
      : anchors(encoded(texts.anchors(), options.anchor_role, encoder, name)),
        passages(encoded(texts.passages(), options.corpus_role, encoder, name)) {
    if (anchors.dims() != passages.dims())
      refuse(name, "vectors of one length",
             std::to_string(anchors.dims()) + " and " + std::to_string(passages.dims()) + " numbers");
  }

  [[nodiscard]] double cosine(std::size_t anchor, std::size_t passage) const {
    return exact_cosine(anchors[anchor], passages[passage]);
  }

 private:
  static Embeddings encoded(const std::vector<std::string_view>& texts, Role role, const RoleEncoder& encoder,
                            const std::string& name) {
    Embeddings vectors = encoder(texts, role);
    if (vectors.rows() != texts.size() || vectors.dims() == 0)
      refuse(name, "a vector for each of " + std::to_string(texts.size()) + " texts",
             std::to_string(vectors.rows()) + " of " + std::to_string(vectors.dims()) + " numbers");
    if (!are_finite<float>(vectors.values())) refuse(name, "finite numbers", "NaN or infinity");
    return vectors;
  }
  [[noreturn]] static void refuse(const std::string& name, const std::string& expected, const std::string& found) {
    throw Error(ErrorKind::invalid_argument, {.field = name,
                                              .problem = "the encoder gave something else than vectors of the texts",
                                              .expected = expected,
                                              .found = found});
  }
};

class NegativeMiner {
 public:
  /// All must outlive this; they are checked.
  NegativeMiner(std::span<const TrainingRow> rows, std::span<const std::string_view> corpus, const RoleEncoder& encoder,
                const NegativeMiningOptions& options)
      : rows_(rows),
        options_(options),
        executor_(executor_of(options.run)),
        texts_(rows, corpus),
        own_(texts_, encoder, options, "encoder"),
        judge_(&own_) {
    if (!options.teacher) return;
    teacher_ = MiningVectors(texts_, options.teacher, options, "NegativeMiningOptions::teacher");
    judge_ = &teacher_;
  }

  [[nodiscard]] MinedNegatives mine() {
    MinedNegatives out;
    out.negatives.resize(rows_.size());
    out.corpus_texts = texts_.corpus_size();
    out.anchors = texts_.anchors().size();
    too_close_.resize(rows_.size());
    const PassageSearch search(own_.passages, texts_.corpus_size(), texts_.corpus_size() > options_.exact_up_to,
                               options_.graph, options_.run, executor_, [&] { report(); });
    for (const Share& share : shares()) search_share(share, search, out);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      out.too_close += too_close_[i];
      ++(out.negatives[i].size() == options_.negatives ? out.rows_with_all
         : out.negatives[i].empty()                    ? out.rows_with_none
                                                       : out.rows_with_fewer);
    }
    return out;
  }

 private:
  using Query = MiningTexts::Query;

  /// Queries that are asked for equally many passages, of which those of a group may be left out.
  struct Share {
    std::size_t k = 0;
    std::uint32_t group = 0;  // 0: none
    std::vector<std::uint32_t> queries{};
  };

  struct Candidate {
    std::uint32_t passage = 0;
    std::size_t rank = 0;
    double judged = 0;
  };

  /// Passages that a search finds beyond those that it is about, before the texts of a group are filtered instead.
  static constexpr std::size_t kLargeGroup = 256;

  void report() const {
    if (options_.run.progress) options_.run.progress({done_, texts_.queries().size(), 0});
  }

  /// What belongs to a query is found, too, and left out: so more are asked for, in steps, as all queries of a search
  /// are asked for equally many.
  [[nodiscard]] std::vector<Share> shares() const {
    std::map<std::pair<std::uint32_t, std::size_t>, std::vector<std::uint32_t>> together;
    for (std::uint32_t i = 0; i < texts_.queries().size(); ++i) {
      const Query& query = texts_.queries()[i];
      std::size_t more = texts_.family_size(query);
      for (const std::uint32_t row : query.rows)
        more = std::max(more, texts_.family_size(query) + rows_[row].negatives.size());
      const bool filters = texts_.group_size(query.group) > kLargeGroup;
      if (!filters) more += texts_.group_size(query.group);
      together[{filters ? query.group : 0, std::bit_ceil(std::max<std::size_t>(more, 8))}].push_back(i);
    }
    std::vector<Share> out;
    for (auto& [what, queries] : together) {
      const std::size_t room = texts_.corpus_size() - std::min(texts_.corpus_size(), what.second);
      out.push_back({what.second + std::min(options_.end_rank, room), what.first, std::move(queries)});
    }
    return out;
  }

  void search_share(const Share& share, const PassageSearch& search, MinedNegatives& out) {
    constexpr std::size_t kHits = std::size_t{1} << 22;
    const std::size_t step = std::clamp<std::size_t>(kHits / share.k, 1, 4096);
    std::function<bool(std::size_t)> filter;
    if (share.group != 0) filter = [&](std::size_t passage) { return !texts_.is_of_group(share.group, passage); };
    for (std::size_t first = 0; first < share.queries.size(); first += step) {
      report();
      const std::size_t count = std::min(step, share.queries.size() - first);
      Embeddings queries(count, own_.anchors.dims());
      for (std::size_t i = 0; i < count; ++i) {
        const auto vector = own_.anchors[query(share, first + i).anchor];
        std::copy(vector.begin(), vector.end(), queries[i].begin());
      }
      const std::vector<std::vector<std::uint32_t>> found = search.find(queries, share.k, filter);
      for_shares(*executor_, count, [&](std::size_t i) {
        for (const std::uint32_t row : query(share, first + i).rows)
          out.negatives[row] = choose(row, query(share, first + i), found[i]);
      });
      done_ += count;
    }
  }
  [[nodiscard]] const Query& query(const Share& share, std::size_t i) const {
    return texts_.queries()[share.queries[i]];
  }

  /// found: the nearest passages, best first.
  [[nodiscard]] std::vector<MinedNegative> choose(std::size_t row, const Query& query,
                                                  const std::vector<std::uint32_t>& found) {
    const double limit = limit_of(judge_->cosine(query.anchor, texts_.positive_of(row)));
    const std::vector<std::string>& known = rows_[row].negatives;
    const bool is_random = options_.choice == NegativeChoice::random;
    std::vector<Candidate> all;
    std::size_t rank = 0;
    for (const std::uint32_t passage : found) {
      if (rank == options_.end_rank || (!is_random && all.size() == options_.negatives)) break;
      const bool is_known = std::find(known.begin(), known.end(), texts_.passages()[passage]) != known.end();
      if (is_known || texts_.belongs(query, passage)) continue;
      if (rank++ < options_.first_rank) continue;
      if (const double score = judge_->cosine(query.anchor, passage); score < limit) {
        all.push_back({passage, rank - 1, score});
      } else {
        ++too_close_[row];
      }
    }
    if (is_random && all.size() > options_.negatives) {
      RandomDraws random(seed_of(options_.seed, kChoice, row, 0));
      std::vector<std::uint32_t> drawn = random.sample(all.size(), options_.negatives);
      std::sort(drawn.begin(), drawn.end());
      std::vector<Candidate> some;
      for (const std::uint32_t one : drawn) some.push_back(all[one]);
      all = std::move(some);
    }
    std::vector<MinedNegative> out;
    for (const Candidate& one : all) {
      const double score = judge_ == &own_ ? one.judged : own_.cosine(query.anchor, one.passage);
      out.push_back({std::string(texts_.passages()[one.passage]), one.rank, static_cast<float>(score),
                     static_cast<float>(one.judged)});
    }
    return out;
  }

  /// A negative scores below this, by the positive's score.
  [[nodiscard]] double limit_of(double positive) const {
    double limit = std::numeric_limits<double>::infinity();
    if (options_.threshold) limit = std::min(limit, *options_.threshold);
    if (options_.margin) limit = std::min(limit, positive - *options_.margin);
    if (options_.relative) limit = std::min(limit, positive - (1 - *options_.relative) * std::abs(positive));
    return limit;
  }

  static constexpr std::uint64_t kChoice = 3;  // of seed_of(): others are the sampler's

  std::span<const TrainingRow> rows_;
  const NegativeMiningOptions& options_;
  std::shared_ptr<Executor> executor_;
  MiningTexts texts_;
  MiningVectors own_;
  MiningVectors teacher_;
  const MiningVectors* judge_;
  std::vector<std::size_t> too_close_;  // of each row
  std::size_t done_ = 0;
};

}  // namespace glossa::detail
