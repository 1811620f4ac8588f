// Records and filters of every kind for the tests of stores, and the naive store that they are held to.
#pragma once

#include <glossa/search/metric.hpp>
#include <glossa/store/filter.hpp>
#include <glossa/store/filter_match.hpp>
#include <glossa/store/record_check.hpp>
#include <glossa/store/vector_store.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace test {

/// A vector of unit length.
inline std::vector<float> any_vector(std::size_t dims, std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> out(dims);
  double square = 0;
  for (float& value : out) {
    value = normal(random);
    square += static_cast<double>(value) * static_cast<double>(value);
  }
  for (float& value : out) value = static_cast<float>(static_cast<double>(value) / std::sqrt(square));
  return out;
}

/// Metadata with some of a few fields, of several types each.
inline glossa::Metadata any_metadata(std::mt19937& random) {
  const auto below = [&](unsigned most) { return static_cast<unsigned>(random() % most); };
  static const std::vector<std::string> words{"de",   "en",   "ру́", "中文", "it's",
                                              "100%", "a\"b", "",   "\\",   "; DROP TABLE x"};
  glossa::Metadata out;
  if (below(5) != 0) out["lang"] = words[below(4)];
  if (below(4) != 0) out["year"] = std::int64_t{2015} + below(10);
  if (below(4) != 0) out["score"] = static_cast<double>(below(8)) * 0.25 - 0.5;
  if (below(4) != 0) out["draft"] = below(2) == 0;
  if (below(3) != 0) {
    std::vector<std::string> tags;
    for (unsigned i = below(4); i > 0; --i) tags.push_back(words[below(static_cast<unsigned>(words.size()))]);
    out["tags"] = tags;
  }
  switch (below(6)) {  // a field of any type
    case 0: out["any thing"] = std::int64_t{1}; break;
    case 1: out["any thing"] = 1.0; break;
    case 2: out["any thing"] = true; break;
    case 3: out["any thing"] = "1"; break;
    case 4: out["any thing"] = std::vector<std::string>{"1"}; break;
    default: break;
  }
  return out;
}

/// A comparison with values that occur and values that do not, or others joined.
inline glossa::Filter any_filter(std::mt19937& random, int depth = 3) {
  using glossa::Comparison;
  const auto below = [&](unsigned most) { return static_cast<unsigned>(random() % most); };
  if (depth > 0 && below(2) == 0) {
    glossa::Filter a = any_filter(random, depth - 1);
    if (below(3) == 0) return !a;
    glossa::Filter b = any_filter(random, depth - 1);
    return below(2) == 0 ? (a && b) : (a || b);
  }
  static const std::vector<std::string> words{"de",   "en", "ру́", "中文",           "it's", "100%",
                                              "a\"b", "",   "\\", "; DROP TABLE x", "1"};
  const std::string word = words[below(static_cast<unsigned>(words.size()))];
  static const Comparison orders[] = {Comparison::equal, Comparison::less, Comparison::less_equal, Comparison::greater,
                                      Comparison::greater_equal};
  const Comparison order = orders[below(5)];
  switch (below(9)) {
    case 0: return {"lang", order, word};
    case 1: return {"year", order, std::int64_t{2014} + below(12)};
    case 2: return {"year", order, 2014.5 + below(12)};
    case 3: return {"score", order, static_cast<double>(below(10)) * 0.25 - 0.5};
    case 4: return {"score", order, std::int64_t{below(3)}};
    case 5: return {"draft", Comparison::equal, below(2) == 0};
    case 6: return {"tags", Comparison::contains, word};
    case 7:
      return glossa::where("any thing") ==
             (below(2) == 0 ? glossa::MetadataValue(std::int64_t{1}) : glossa::MetadataValue(true));
    default: {
      static const std::vector<std::string> names{"lang", "year", "score", "draft", "tags", "any thing", "nothing"};
      return glossa::where(names[below(7)]).exists();
    }
  }
}

/// Records with ids "r0", "r1", …
inline std::vector<glossa::VectorRecord> any_records(std::size_t count, std::size_t dims, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<glossa::VectorRecord> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(
        {"r" + std::to_string(i), any_vector(dims, random), "text " + std::to_string(i), any_metadata(random)});
  return out;
}

/// A store that does everything the slow way.
class NaiveStore {
 public:
  NaiveStore(std::size_t dims, glossa::Metric metric) : dims_(dims), metric_(metric) {}

  void upsert(std::span<const glossa::VectorRecord> records) {
    glossa::detail::require_records(records, dims_);
    for (const glossa::VectorRecord& record : records) records_[record.id] = record;
  }
  void remove(std::span<const std::string> ids) {
    for (const std::string& id : ids) records_.erase(id);
  }
  [[nodiscard]] std::vector<glossa::VectorRecord> find(std::span<const std::string> ids) const {
    std::vector<glossa::VectorRecord> out;
    for (const std::string& id : ids)
      if (const auto found = records_.find(id); found != records_.end()) out.push_back(found->second);
    return out;
  }
  [[nodiscard]] std::vector<glossa::VectorHit> search(std::span<const float> query, std::size_t k,
                                                      const glossa::Filter& filter) const {
    glossa::detail::require_vector(query, dims_, "query");
    std::vector<glossa::VectorHit> hits;
    for (const auto& [id, record] : records_)
      if (matches(filter, record.metadata))
        hits.push_back({id, glossa::similarity(query, record.vector, metric_), record.text, record.metadata});
    std::stable_sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
    if (hits.size() > k) hits.resize(k);
    return hits;
  }
  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
  [[nodiscard]] std::size_t dims() const noexcept { return dims_; }
  [[nodiscard]] glossa::Metric metric() const noexcept { return metric_; }
  void drop() { records_.clear(); }

 private:
  std::size_t dims_;
  glossa::Metric metric_;
  std::map<std::string, glossa::VectorRecord> records_;
};
static_assert(glossa::VectorStore<NaiveStore>);

}  // namespace test
