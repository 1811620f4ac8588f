// How a document is cut into the parts that are embedded and found.
#pragma once

#include <glossa/core/byte_range.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace glossa {

/// What a document's text is written in.
enum class TextFormat {
  plain,
  markdown,  ///< headings are kept as context of what is under them
};

struct ChunkOptions {
  /// Tokens of a chunk as it is embedded, at most: prompt, special tokens, title and headings included. 0: as many as
  /// the model reads.
  std::size_t max_tokens = 0;
  std::size_t overlap_tokens = 32;  ///< that it shares with the one before it, at most; never over a quarter of it
};

/// A part of a document's text.
struct Chunk {
  ByteRange bytes{};       ///< in the text
  std::string context{};   ///< headings above it, "Chapter > Section"
  std::size_t tokens = 0;  ///< as it is embedded
  friend bool operator==(const Chunk&, const Chunk&) = default;
};

namespace detail {

/// Whether headings begin with a document's title, which then need not stand before them.
[[nodiscard]] inline bool begins_with_title(std::string_view context, std::string_view title) {
  if (title.empty() || !context.starts_with(title)) return title.empty();
  return context.size() == title.size() || context.substr(title.size()).starts_with(" > ");
}

/// What is embedded of a chunk: title, headings and its text, a line each.
[[nodiscard]] inline std::string embedded_text(std::string_view title, std::string_view context,
                                               std::string_view text) {
  std::string out;
  if (!begins_with_title(context, title)) out.append(title).append(1, '\n');
  if (!context.empty()) out.append(context).append(1, '\n');
  return out.append(text);
}

}  // namespace detail
}  // namespace glossa
