// Definitions of the functions that mine hard negatives; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/train/mine_negatives.hpp>
#include <glossa/train/mining_texts.hpp>
#include <glossa/train/negative_miner.hpp>
#include <glossa/train/training_record.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {
namespace detail {

inline void check_mining(std::span<const TrainingRow> rows, std::size_t corpus, const NegativeMiningOptions& options) {
  const auto refuse = [](const std::string& field, const std::string& expected, const std::string& found) {
    throw Error(ErrorKind::invalid_argument, {.field = field, .expected = expected, .found = found});
  };
  const auto refuse_option = [&](const std::string& field, const std::string& expected, const std::string& found) {
    refuse("NegativeMiningOptions::" + field, expected, found);
  };
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max() / 4;
  if (rows.empty() || rows.size() > kMost) refuse("rows", "1 to 2^30 rows", std::to_string(rows.size()));
  if (corpus == 0 || corpus > kMost) refuse("corpus", "1 to 2^30 texts", std::to_string(corpus));
  if (options.negatives == 0) refuse_option("negatives", "1 or more", "0");
  if (options.first_rank >= options.end_rank)
    refuse_option("first_rank", "below end_rank, " + std::to_string(options.end_rank),
                  std::to_string(options.first_rank));
  const auto require_number = [&](const std::string& field, const std::optional<double>& value) {
    if (value && !std::isfinite(*value)) refuse_option(field, "a number", std::to_string(*value));
  };
  require_number("margin", options.margin);
  require_number("relative", options.relative);
  require_number("threshold", options.threshold);
}

[[nodiscard]] inline MinedNegatives mine_in(std::span<const TrainingRow> rows, std::span<const std::string_view> corpus,
                                            const RoleEncoder& encoder, const NegativeMiningOptions& options) {
  check_mining(rows, corpus.size(), options);
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    const bool is_text = is_valid_utf8(corpus[i]);
    if (is_text && !is_blank_text(corpus[i])) continue;
    throw Error(ErrorKind::invalid_argument,
                {.field = "corpus[" + std::to_string(i) + "]",
                 .problem = is_text ? "the text is empty, or white space alone" : "the text is not UTF-8",
                 .found = shortened(std::string(corpus[i]), 60),
                 .remedy = "leave it out"});
  }
  return NegativeMiner(rows, corpus, encoder, options).mine();
}

}  // namespace detail

GLOSSA_INLINE MinedNegatives mine_negatives(std::span<const TrainingRow> rows, std::span<const std::string> corpus,
                                            const RoleEncoder& encoder, const NegativeMiningOptions& options) {
  const std::vector<std::string_view> texts(corpus.begin(), corpus.end());
  return detail::mine_in(rows, texts, encoder, options);
}

GLOSSA_INLINE MinedNegatives mine_negatives(std::span<const TrainingRow> rows, const RoleEncoder& encoder,
                                            const NegativeMiningOptions& options) {
  std::vector<std::string_view> texts;
  for (const TrainingRow& row : rows) texts.emplace_back(row.positive);
  return detail::mine_in(rows, texts, encoder, options);
}

GLOSSA_INLINE void add_negatives(std::span<TrainingRow> rows, const MinedNegatives& mined) {
  if (mined.negatives.size() != rows.size())
    throw Error(ErrorKind::invalid_argument, {.field = "mined",
                                              .expected = "negatives of " + std::to_string(rows.size()) + " rows",
                                              .found = std::to_string(mined.negatives.size())});
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const MinedNegative& negative : mined.negatives[i]) rows[i].negatives.push_back(negative.text);
}

}  // namespace glossa
