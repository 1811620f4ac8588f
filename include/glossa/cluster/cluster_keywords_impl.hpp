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

/// Whether a word may be a keyword of a cluster of so many texts.
[[nodiscard]] inline bool may_be_keyword(const Term& term, std::size_t texts, const KeywordOptions& options) {
  return term.count > 0 && term.texts >= std::min(options.least_texts, texts);
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
    if (!may_be_keyword(term, texts, options)) continue;
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
  for (const Candidate& one : candidates) {
    if (keywords.size() == options.count) break;
    const Term& term = *one.term;
    if (term.is_string) {
      if (std::any_of(strings.begin(), strings.end(), [&](std::string_view other) { return overlap(one.word, other); }))
        continue;
      strings.push_back(one.word);
    }
    keywords.push_back({term.is_string ? std::string(one.word) : term.spelling(), one.weight, term.count});
  }
  return keywords;
}

/// Counts the words of texts cluster by cluster.
class ClusterTerms {
 public:
  /// members: of each cluster, and last those of none.
  ClusterTerms(std::span<const std::string_view> texts, const std::vector<std::vector<std::size_t>>& members,
               const KeywordOptions& options)
      : texts_(texts),
        members_(members),
        options_(options),
        executor_(executor_of(options.run)),
        counts_(members.size()) {
    std::size_t done = 0;
    for_clusters([&](std::size_t c) { counts_[c] = count_terms(texts_of(c), options_.split); },
                 [&](std::size_t first, std::size_t end) {
                   report(done);
                   for (std::size_t c = first; c < end; ++c) done += members_[c].size();
                 });
    all_ = add_up(counts_);
    add_lone_strings();
    report(texts.size());
  }

  [[nodiscard]] std::vector<std::vector<Keyword>> keywords() const {
    std::vector<std::vector<Keyword>> keywords(members_.size() - 1);
    parallel_for(*executor_, keywords.size(), [&](std::size_t c, std::size_t) {
      keywords[c] = best_keywords(counts_[c], members_[c].size(), all_, options_);
    });
    return keywords;
  }

 private:
  /// Calls body(cluster) for all, several at a time, and before(first, end) for some before these.
  template <class Body, class Before>
  void for_clusters(Body&& body, Before&& before) const {
    constexpr std::size_t kTogether = 16;  // between two reports
    for (std::size_t first = 0; first < members_.size(); first += kTogether) {
      const std::size_t some = std::min(kTogether, members_.size() - first);
      before(first, first + some);
      parallel_for(*executor_, some, [&](std::size_t i, std::size_t) { body(first + i); });
    }
  }

  [[nodiscard]] std::vector<std::string_view> texts_of(std::size_t cluster) const {
    std::vector<std::string_view> own;
    for (const std::size_t member : members_[cluster]) own.push_back(texts_[member]);
    return own;
  }

  /// A string that stands in a cluster once is not known to be a word there, and was not counted. That of those which
  /// may be keywords elsewhere is made up for here.
  void add_lone_strings() {
    StringFinder finder;
    for (std::size_t c = 0; c + 1 < counts_.size(); ++c)
      for (const auto& [word, term] : counts_[c].terms)
        if (term.is_string && may_be_keyword(term, members_[c].size(), options_)) finder.add(word);
    if (finder.empty()) return;
    std::vector<std::vector<std::string_view>> lone(counts_.size());
    for_clusters([&](std::size_t c) { lone[c] = lone_strings(texts_of(c), counts_[c], finder); },
                 [&](std::size_t, std::size_t) { report(texts_.size()); });
    for (const auto& strings : lone)
      for (const std::string_view string : strings) ++all_.counts[string];
  }

  void report(std::size_t done) const {
    if (options_.run.progress) options_.run.progress({done, texts_.size(), 0});
  }

  std::span<const std::string_view> texts_;
  const std::vector<std::vector<std::size_t>>& members_;
  const KeywordOptions& options_;
  std::shared_ptr<Executor> executor_;
  std::vector<TermCounts> counts_;
  AllCounts all_;
};

}  // namespace detail

GLOSSA_INLINE std::vector<std::vector<Keyword>> cluster_keywords(std::span<const std::string_view> texts,
                                                                 std::span<const std::int32_t> labels,
                                                                 const KeywordOptions& options) {
  if (!(options.least_ratio >= 0))
    throw Error(ErrorKind::invalid_argument,
                {.field = "least_ratio", .expected = "at least 0", .found = std::to_string(options.least_ratio)});
  std::vector<std::vector<std::size_t>> members = detail::members_of(labels, texts.size());
  members.emplace_back();  // noise
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] == kNoise) members.back().push_back(i);
  return detail::ClusterTerms(texts, members, options).keywords();
}

}  // namespace glossa
