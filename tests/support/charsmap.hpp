// Rules come in; SentencePiece's compiled form of them goes out, from the library's own trie builder.
#pragma once

#include <glossa/text/double_array_builder.hpp>
#include <glossa/text/precompiled.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace test {

/// The bytes: u32 size of the trie, its units, then the replacements, each with a NUL behind it.
inline std::string charsmap_bytes(const std::map<std::string, std::string>& rules) {
  std::string replacements;
  std::vector<glossa::detail::TrieEntry> entries;
  for (const auto& [text, replacement] : rules) {
    entries.push_back({text, static_cast<std::uint32_t>(replacements.size())});
    replacements += replacement + '\0';
  }
  const std::vector<std::uint32_t> units = glossa::detail::build_double_array(entries);
  std::string out;
  const auto put = [&out](std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(value >> shift & 0xFF));
  };
  put(static_cast<std::uint32_t>(4 * units.size()));
  for (const std::uint32_t unit : units) put(unit);
  return out + replacements;
}

inline std::shared_ptr<const glossa::detail::PrecompiledCharsmap> charsmap(
    const std::map<std::string, std::string>& rules) {
  return std::make_shared<glossa::detail::PrecompiledCharsmap>(charsmap_bytes(rules), "rules", "charsmap");
}

}  // namespace test
