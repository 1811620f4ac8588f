// Texts and their clusters come in; the words that tell each cluster from the others go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/embedder/text_range.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

/// A word, and how well it describes a cluster.
struct Keyword {
  std::string word;       ///< as it is most often spelled there; of equally frequent spellings the first one
  double weight = 0;      ///< of class-based TF-IDF
  std::size_t count = 0;  ///< occurrences in the cluster
};

struct KeywordOptions {
  std::size_t count = 10;  ///< keywords of a cluster, at most
  /// A keyword stands in at least so many texts of its cluster, or in all texts where it has fewer.
  std::size_t least_texts = 2;
  /// A keyword is so many times as frequent in its cluster as outside; 0 takes all, as BERTopic does. The words that a
  /// language has everywhere, "the" and "of", are frequent enough to come first by their weight alone; this does
  /// without lists of them, which differ by language.
  double least_ratio = 4;
  /// Turns a text into words in place of the rules below; called by several threads at once. Null: those rules.
  std::function<std::vector<std::string>(std::string_view text)> split{};
  ClusterRun run{};  ///< progress: texts
};

/// Keywords of each cluster, best first, by class-based TF-IDF (Grootendorst 2022, BERTopic): all texts of a cluster
/// count as one document, and a word's weight there is tf · log(1 + A / f), tf being its share of the cluster's words,
/// f how often it stands in all clusters together, and A the mean number of words of a cluster. Texts that are noise
/// count as a cluster more, which has no keywords.
///
/// Words are runs of letters, marks and digits, with apostrophes between letters, two characters long at least, and not
/// of digits alone. They are counted without regard to case and to how accents are written. Chinese, Japanese, Thai,
/// Lao, Khmer, Burmese and the like put no spaces between words: there, strings of 2 to 12 characters as readers see
/// them (grapheme clusters; UAX #29) that hold together count, where they stand twice in a cluster, each less its most
/// frequent continuation by a character to either side that stands there twice, too: a fragment of a word hardly stands
/// alone, and so hardly counts. Of those that overlap the best one stays. Bytes that are not UTF-8 count as U+FFFD,
/// which is in no word.
///
/// Errors: `invalid_argument` as summarize_clusters(), and for a ratio that is negative or NaN; what `split` or
/// `run.progress` throws.
[[nodiscard]] std::vector<std::vector<Keyword>> cluster_keywords(std::span<const std::string_view> texts,
                                                                 std::span<const std::int32_t> labels,
                                                                 const KeywordOptions& options = {});
/// The same for any range of strings, string views or C strings.
[[nodiscard]] inline std::vector<std::vector<Keyword>> cluster_keywords(TextRange auto&& texts,
                                                                        std::span<const std::int32_t> labels,
                                                                        const KeywordOptions& options = {}) {
  const detail::TextViews views(std::forward<decltype(texts)>(texts));
  return cluster_keywords(views.span(), labels, options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/cluster_keywords_impl.hpp>
#endif
