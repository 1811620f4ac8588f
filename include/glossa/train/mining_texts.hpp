// Rows and a corpus come in; each text goes out once, with what is known to belong together.
#pragma once

#include <glossa/cluster/text_key.hpp>
#include <glossa/train/training_row.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Texts of anchors, and passages: the texts of the corpus and, behind them, positives that are not in it.
class MiningTexts {
 public:
  /// What is searched for: an anchor in a group, and the rows that have both.
  struct Query {
    std::uint32_t anchor = 0;
    std::uint32_t group = 0;
    std::vector<std::uint32_t> rows{};
  };

  /// The texts must outlive this.
  MiningTexts(std::span<const TrainingRow> rows, std::span<const std::string_view> corpus) {
    std::unordered_map<std::string_view, std::uint32_t> known;
    const auto passage_of = [&](std::string_view text) {
      const auto [one, is_new] = known.try_emplace(text, static_cast<std::uint32_t>(passages_.size()));
      if (is_new) {
        passages_.push_back(text);
        passage_keys_.push_back(key_of(text));
      }
      return one->second;
    };
    for (const std::string_view text : corpus) (void)passage_of(text);
    corpus_size_ = passages_.size();
    for (const TrainingRow& row : rows) positives_.push_back(passage_of(row.positive));
    add_queries(rows);
    sort_families();
  }

  [[nodiscard]] const std::vector<std::string_view>& anchors() const noexcept { return anchors_; }
  [[nodiscard]] const std::vector<std::string_view>& passages() const noexcept { return passages_; }
  /// Passages below this number are those of the corpus.
  [[nodiscard]] std::size_t corpus_size() const noexcept { return corpus_size_; }
  [[nodiscard]] std::size_t positive_of(std::size_t row) const noexcept { return positives_[row]; }
  [[nodiscard]] const std::vector<Query>& queries() const noexcept { return queries_; }

  /// Whether the passage is the anchor, one of its positives, or a text of the group.
  [[nodiscard]] bool belongs(const Query& query, std::size_t passage) const {
    return has(families_[anchor_families_[query.anchor]], passage) || is_of_group(query.group, passage);
  }
  [[nodiscard]] bool is_of_group(std::uint32_t group, std::size_t passage) const {
    return has(groups_[group], passage);
  }
  /// At most so many texts of the corpus belong to the query by its anchor, or by its group.
  [[nodiscard]] std::size_t family_size(const Query& query) const noexcept {
    return families_[anchor_families_[query.anchor]].texts;
  }
  [[nodiscard]] std::size_t group_size(std::uint32_t group) const noexcept { return groups_[group].texts; }

 private:
  /// Keys that belong together, and how many texts of the corpus have one of them.
  struct Family {
    std::vector<std::uint32_t> keys{};
    std::size_t texts = 0;
  };

  [[nodiscard]] std::uint32_t key_of(std::string_view text) {
    return keys_.try_emplace(text_key(text), static_cast<std::uint32_t>(keys_.size())).first->second;
  }
  [[nodiscard]] bool has(const Family& family, std::size_t passage) const {
    return std::binary_search(family.keys.begin(), family.keys.end(), passage_keys_[passage]);
  }

  void add_queries(std::span<const TrainingRow> rows) {
    std::unordered_map<std::string_view, std::uint32_t> known_anchors;
    std::unordered_map<std::string_view, std::uint32_t> known_groups{{"", 0}};
    std::unordered_map<std::uint32_t, std::uint32_t> known_families;  // by the anchor's key
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> known_queries;
    groups_.emplace_back();  // of rows without a group: nothing belongs to it
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto [anchor, is_new_anchor] =
          known_anchors.try_emplace(rows[i].anchor, static_cast<std::uint32_t>(anchors_.size()));
      if (is_new_anchor) {
        const std::uint32_t key = key_of(rows[i].anchor);
        const auto [family, is_new] = known_families.try_emplace(key, static_cast<std::uint32_t>(families_.size()));
        if (is_new) families_.push_back({{key}, 0});
        anchors_.push_back(rows[i].anchor);
        anchor_families_.push_back(family->second);
      }
      Family& family = families_[anchor_families_[anchor->second]];
      const std::uint32_t positive = passage_keys_[positives_[i]];
      family.keys.push_back(positive);
      const auto [group, is_new_group] =
          known_groups.try_emplace(rows[i].group, static_cast<std::uint32_t>(groups_.size()));
      if (is_new_group) groups_.emplace_back();
      if (group->second != 0) {
        groups_[group->second].keys.push_back(family.keys.front());  // the anchor's own
        groups_[group->second].keys.push_back(positive);
      }
      const auto [query, is_new_query] = known_queries.try_emplace({anchor->second, group->second}, queries_.size());
      if (is_new_query) queries_.push_back({anchor->second, group->second, {}});
      queries_[query->second].rows.push_back(static_cast<std::uint32_t>(i));
    }
  }

  void sort_families() {
    std::vector<std::size_t> texts(keys_.size());
    for (std::size_t i = 0; i < corpus_size_; ++i) ++texts[passage_keys_[i]];
    for (std::vector<Family>* all : {&families_, &groups_})
      for (Family& family : *all) {
        std::sort(family.keys.begin(), family.keys.end());
        family.keys.erase(std::unique(family.keys.begin(), family.keys.end()), family.keys.end());
        for (const std::uint32_t key : family.keys) family.texts += texts[key];
      }
    keys_.clear();
  }

  std::unordered_map<std::string, std::uint32_t> keys_;
  std::vector<std::string_view> anchors_;
  std::vector<std::uint32_t> anchor_families_;  // of each anchor
  std::vector<std::string_view> passages_;
  std::vector<std::uint32_t> passage_keys_;
  std::size_t corpus_size_ = 0;
  std::vector<std::uint32_t> positives_;  // of each row, its passage
  std::vector<Family> families_;
  std::vector<Family> groups_;
  std::vector<Query> queries_;
};

}  // namespace glossa::detail
