// What is to be found again: a text with a name and what is known of it.
#pragma once

#include <glossa/store/chunk.hpp>
#include <glossa/store/metadata.hpp>

#include <string>
#include <vector>

namespace glossa {

struct Document {
  std::string id{};     ///< UTF-8, 1 to 512 bytes; a document that is stored under it is replaced
  std::string text{};   ///< any bytes; what is not UTF-8 is read as U+FFFD
  std::string title{};  ///< put before each chunk where it is embedded; may be empty
  Metadata metadata{};
  TextFormat format = TextFormat::plain;
  friend bool operator==(const Document&, const Document&) = default;
};

/// A document that was cut and embedded elsewhere.
struct EmbeddedDocument {
  Document document{};
  std::vector<Chunk> chunks{};   ///< in the text's order
  std::vector<float> vectors{};  ///< [chunks, dims]
};

}  // namespace glossa
