// What single items score: their mean is the score, or the weight that they have in it.
#include "hashed_words.hpp"

#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/protocols/paired_cosine.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Texts = std::span<const std::string_view>;

}  // namespace

TEST_CASE("items of correlations and precisions vary as these do: not at all where they are perfect") {
  glossa::StsData sts;
  glossa::PairData pairs;
  for (int i = 0; i < 12; ++i) {
    const std::string first = "word " + std::to_string(i);
    const std::string second = i < 4 ? first : "other " + std::to_string(i);
    const glossa::Embeddings vectors = test::hashed_words(std::vector<std::string_view>{first, second}, "");
    sts.sentence1.push_back(first);
    sts.sentence2.push_back(second);
    sts.score.push_back(glossa::detail::paired_cosine(vectors[0], vectors[1]));
    pairs.label.push_back(i < 4 ? 1 : 0);
  }
  pairs.sentence1 = sts.sentence1;
  pairs.sentence2 = sts.sentence2;
  for (const char* metric : {"cosine_pearson", "cosine_spearman"}) {
    INFO(metric);
    const auto subset = glossa::score_sts(sts, test::hashed_words, {.main_metric = metric});
    REQUIRE(subset.items.size() == 12);
    for (const double item : subset.items) CHECK(item == Approx(1));
  }
  const auto apart = glossa::score_pairs(pairs, test::hashed_words, {.main_metric = "cosine_ap"});
  REQUIRE(apart.items.size() == 12);
  for (const double item : apart.items) CHECK(item == Approx(1));
}

TEST_CASE("an item is what a pair's weight does to the average precision") {
  const glossa::TextEncoder angles = [](Texts texts, std::string_view) {
    glossa::Embeddings vectors(texts.size(), 2);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const double angle = std::stod(std::string(texts[i]));
      vectors[i][0] = static_cast<float>(std::cos(angle));
      vectors[i][1] = static_cast<float>(std::sin(angle));
    }
    return vectors;
  };
  const auto score = [&](const glossa::PairData& data) {
    return glossa::score_pairs(data, angles, {.main_metric = "cosine_ap"});
  };
  glossa::PairData data;
  for (std::size_t i = 0; i < 2000; ++i) {  // some 20 of each angle
    data.sentence1.emplace_back("0");
    data.sentence2.push_back(std::to_string(0.01 * static_cast<double>(i * 37 % 101)));
    data.label.push_back(i * 53 % 7 < 3 ? 1 : 0);
  }
  const auto all = score(data);
  CHECK(test::mean(all.items) == Approx(all.main_score));
  for (std::size_t i = 0; i < data.label.size(); i += 333) {
    glossa::PairData more = data;
    more.sentence1.push_back(data.sentence1[i]);
    more.sentence2.push_back(data.sentence2[i]);
    more.label.push_back(data.label[i]);
    const double change = (score(more).main_score - all.main_score) * 2001;
    CHECK(change == Approx(all.items[i] - all.main_score).margin(0.06));
  }
}
