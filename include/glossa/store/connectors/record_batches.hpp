// Records and ids come in; those that a store has to be sent go out, once each and in batches.
#pragma once

#include <glossa/store/record_check.hpp>
#include <glossa/store/vector_store.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The records to keep, once each: of an id given twice the last. Errors: `invalid_argument`.
[[nodiscard]] inline std::vector<const VectorRecord*> checked_records(std::span<const VectorRecord> records,
                                                                      std::size_t dims) {
  std::unordered_map<std::string_view, std::size_t> places;
  std::vector<const VectorRecord*> out;
  require_records(records, dims);
  for (const VectorRecord& record : records) {
    const auto [at, is_new] = places.try_emplace(record.id, out.size());
    if (is_new) {
      out.push_back(&record);
    } else {
      out[at->second] = &record;
    }
  }
  return out;
}

/// Ids that can be there at all, once each, in their order.
[[nodiscard]] inline std::vector<std::string> possible_ids(std::span<const std::string> ids) {
  std::unordered_set<std::string_view> seen;
  std::vector<std::string> out;
  for (const std::string& id : ids) {
    if (id.empty() || id.size() > kMostIdBytes || !is_valid_utf8(id) || id.find('\0') != std::string::npos) continue;
    if (seen.insert(id).second) out.push_back(id);
  }
  return out;
}

/// Found records, in the order of the ids that were asked for.
[[nodiscard]] inline std::vector<VectorRecord> in_order_of(std::span<const std::string> ids,
                                                           std::vector<VectorRecord> found) {
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < found.size(); ++i) places.try_emplace(found[i].id, i);
  std::vector<VectorRecord> out;
  for (const std::string& id : ids)
    if (const auto at = places.find(id); at != places.end()) out.push_back(found[at->second]);
  return out;
}

/// Calls each(part) for parts of at most `most`.
template <class T, class F>
void in_batches(const std::vector<T>& all, std::size_t most, F&& each) {
  for (std::size_t i = 0; i < all.size(); i += most)
    each(std::span<const T>(all.data() + i, std::min(most, all.size() - i)));
}

}  // namespace glossa::detail
