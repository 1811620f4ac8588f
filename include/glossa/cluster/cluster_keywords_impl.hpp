// Definitions of cluster_keywords; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/cluster_keywords.hpp>
#include <glossa/cluster/cluster_members.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/term_counts.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// Whether two strings have more than half of the shorter one's characters in common: then they are parts of the same
/// words.
[[nodiscard]] inline bool overlap(std::string_view a, std::string_view b) {
  std::vector<std::size_t> bounds{0};  // of the characters of a
  if (a.size() > b.size()) std::swap(a, b);
  while (bounds.back() < a.size()) bounds.push_back(bounds.back() + utf8_length(a[bounds.back()]));
  const std::size_t most = (bounds.size() - 1) / 2 + 1;
  for (std::size_t at = 0; at + most < bounds.size(); ++at)
    if (b.find(a.substr(bounds[at], bounds[at + most] - bounds[at])) != std::string_view::npos) return true;
  return false;
}

/// The counts of all clusters together.
struct AllCounts {
  std::unordered_map<std::string_view, std::size_t> counts;
  double total = 0;
  double mean = 0;  // of a cluster's total
};

[[nodiscard]] inline AllCounts add_up(const std::vector<TermCounts>& clusters) {
  AllCounts all;
  std::size_t filled = 0;
  for (const TermCounts& cluster : clusters) {
    for (const auto& [word, term] : cluster.terms) all.counts[word] += term.standing;
    all.total += cluster.total;
    filled += cluster.total > 0;
  }
  all.mean = filled > 0 ? all.total / static_cast<double>(filled) : 0;
  return all;
}

[[nodiscard]] inline std::vector<Keyword> best_keywords(const TermCounts& own, std::size_t texts, const AllCounts& all,
                                                        const KeywordOptions& options) {
  struct Candidate {
    double weight;
    std::string_view word;
    const Term* term;
  };
  std::vector<Candidate> candidates;
  for (const auto& [word, term] : own.terms) {
    if (term.count == 0 || term.texts < std::min(options.least_texts, texts)) continue;
    const std::size_t everywhere = all.counts.at(word);
    const double share = static_cast<double>(term.count) / own.total;
    const double elsewhere = static_cast<double>(everywhere - term.standing);
    if (elsewhere > 0 &&
        static_cast<double>(term.standing) / own.total < options.least_ratio * elsewhere / (all.total - own.total))
      continue;
    candidates.push_back({share * std::log(1 + all.mean / static_cast<double>(everywhere)), word, &term});
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.word < b.word;
  });
  std::vector<Keyword> keywords;
  std::vector<std::string_view> strings;
  for (const auto& [weight, word, term] : candidates) {
    if (keywords.size() == options.count) break;
    if (term->is_string) {
      if (std::any_of(strings.begin(), strings.end(), [&](std::string_view other) { return overlap(word, other); }))
        continue;
      strings.push_back(word);
    }
    keywords.push_back({term->is_string ? std::string(word) : term->spelling(), weight, term->count});
  }
  return keywords;
}

}  // namespace detail

GLOSSA_INLINE std::vector<std::vector<Keyword>> cluster_keywords(std::span<const std::string_view> texts,
                                                                 std::span<const std::int32_t> labels,
                                                                 const KeywordOptions& options) {
  if (!(options.least_ratio >= 0))
    throw Error(ErrorKind::invalid_argument,
                {.field = "least_ratio", .expected = "at least 0", .found = std::to_string(options.least_ratio)});
  std::vector<std::vector<std::size_t>> members = detail::members_of(labels, texts.size());
  const std::size_t clusters = members.size();
  members.emplace_back();  // noise
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] == kNoise) members.back().push_back(i);
  const std::shared_ptr<Executor> executor = detail::executor_of(options.run);
  const auto report = [&](std::size_t done) {
    if (options.run.progress) options.run.progress({done, texts.size(), 0});
  };

  std::vector<detail::TermCounts> counts(members.size());
  std::size_t done = 0;
  constexpr std::size_t kTogether = 16;  // between two reports
  for (std::size_t first = 0; first < members.size(); first += kTogether) {
    report(done);
    const std::size_t some = std::min(kTogether, members.size() - first);
    parallel_for(*executor, some, [&](std::size_t i, std::size_t) {
      std::vector<std::string_view> own;
      for (const std::size_t member : members[first + i]) own.push_back(texts[member]);
      counts[first + i] = detail::count_terms(own, options.split);
    });
    for (std::size_t i = 0; i < some; ++i) done += members[first + i].size();
  }
  report(texts.size());
  const detail::AllCounts all = detail::add_up(counts);
  std::vector<std::vector<Keyword>> keywords(clusters);
  parallel_for(*executor, clusters, [&](std::size_t i, std::size_t) {
    keywords[i] = detail::best_keywords(counts[i], members[i].size(), all, options);
  });
  return keywords;
}

}  // namespace glossa
