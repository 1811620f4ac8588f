// Lines of JSON come in, with a model or with their vectors; all texts, fields and vectors go out.
#pragma once

#include "commands.hpp"
#include "document_reader.hpp"
#include "embed_progress.hpp"
#include "interrupt.hpp"
#include "json_line.hpp"
#include "line_chunks.hpp"
#include "line_reader.hpp"
#include "tool_error.hpp"
#include "vector_file.hpp"

#include <glossa/cluster/points.hpp>
#include <glossa/core/error.hpp>
#include <glossa/embedder.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

/// What a command reads of every line of a collection, and a vector for each.
struct Collection {
  std::vector<std::string> texts;
  std::vector<std::string> languages;  ///< of the field "lang"; "" where a line has none
  std::vector<std::string> ids;        ///< of "id" or "_id"; "" where a line has none
  std::vector<std::string> fields;     ///< JSON objects without their closing brace, and without replaced fields
  std::vector<std::size_t> lines;      ///< their numbers in the file
  std::vector<float> values;           ///< [texts, dims]
  std::size_t dims = 0;

  [[nodiscard]] std::size_t size() const noexcept { return lines.size(); }
  [[nodiscard]] glossa::Points<float> points() const noexcept { return {values.data(), size(), dims}; }
};

/// Adds a line {"text", "lang"?, "id"?}; the text may be missing where vectors do without. `replaced` names fields that
/// the caller writes anew. Errors: `corrupt_file` naming the line and the field.
inline void add_line(std::string_view text, const LineName& line, const std::vector<std::string>& replaced,
                     bool needs_text, Collection& collection) {
  static const std::vector<std::string> kWanted{"text", "lang", "id", "_id"};
  const std::string example = needs_text ? "{\"text\": \"...\"}" : "{...}";
  const glossa::detail::ValidText valid(text);
  JsonLineHandler handler(kWanted, replaced);
  parse_json_object(text, valid, line, example, handler);
  std::vector<JsonField>& found = handler.fields();
  const bool has_text = needs_text || found[0].kind != JsonField::Kind::missing;
  collection.texts.push_back(has_text ? text_of(found[0], line, example) : std::string());
  if (found[1].kind == JsonField::Kind::integer || found[1].kind == JsonField::Kind::other)
    line.refuse("lang", "", "a string");
  collection.languages.push_back(found[1].kind == JsonField::Kind::string ? std::move(found[1].text) : std::string());
  collection.ids.push_back(id_of(found[2], found[3], line));
  collection.fields.push_back(open_object(valid.view(), handler.left_out()));
  collection.lines.push_back(line.number);
}

/// Reads all lines; `for_chunk` is called after some thousands of them.
template <class ForChunk>
void read_all_lines(LineReader& reader, const std::vector<std::string>& replaced, bool needs_text,
                    Collection& collection, ForChunk&& for_chunk) {
  const auto take = [&](const std::string& text) {
    if (!is_blank(text)) add_line(text, {reader.name(), reader.number()}, replaced, needs_text, collection);
  };
  for (std::size_t first = 0; read_lines(reader, {.answers = false}, take); first = collection.size())
    if (collection.size() > first) for_chunk(first);
}

/// Reads a collection, and embeds it where a model is given. Errors: `corrupt_file`; those of the model;
/// `invalid_argument` where there are not as many vectors as lines; `cancelled`.
[[nodiscard]] inline Collection read_collection(const CollectionArguments& arguments,
                                                const std::vector<std::string>& replaced,
                                                const std::shared_ptr<glossa::Executor>& executor) {
  LineReader reader(arguments.input);
  Collection collection;
  if (!arguments.vectors.empty()) {
    VectorRows vectors = read_vectors(arguments.vectors);
    read_all_lines(reader, replaced, false, collection, [](std::size_t) {});
    if (vectors.rows != collection.size())
      throw glossa::Error(glossa::ErrorKind::invalid_argument,
                          {.file = arguments.vectors,
                           .problem = "not as many vectors as lines",
                           .expected = std::to_string(collection.size()) + " vectors, as lines of " + reader.name(),
                           .found = std::to_string(vectors.rows)});
    collection.dims = vectors.dims;
    collection.values = std::move(vectors.values);
  } else {
    const glossa::Embedder embedder(arguments.model.folder,
                                    {.precision = precision_from(arguments.model.precision), .executor = executor});
    check_dims(arguments.dims, embedder);
    collection.dims = arguments.dims != 0 ? arguments.dims : embedder.dims();
    glossa::EmbedOptions options{.dims = arguments.dims};
    EmbedProgress progress(reader, options);
    read_all_lines(reader, replaced, true, collection, [&](std::size_t first) {
      progress.begin_chunk();
      const auto begin = static_cast<std::ptrdiff_t>(first);
      const std::vector<std::string_view> texts(collection.texts.begin() + begin, collection.texts.end());
      try {
        const glossa::Embeddings vectors = embedder.embed(texts, role_from(arguments.role), options);
        progress.end_chunk(vectors);
        collection.values.insert(collection.values.end(), vectors.values().begin(), vectors.values().end());
      } catch (const glossa::Error& error) {
        throw tool_error(error, reader.name(), {collection.lines.begin() + begin, collection.lines.end()});
      }
    });
    progress.finish(embedder.max_tokens());
  }
  if (interrupted) throw glossa::Error(glossa::ErrorKind::cancelled, {.problem = "interrupted"});
  return collection;
}

}  // namespace tool
