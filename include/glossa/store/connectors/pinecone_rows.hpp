// Records and filters come in; what Pinecone is sent of them goes out, and the reverse.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/store/connectors/metadata_json.hpp>
#include <glossa/store/connectors/metadata_tags.hpp>
#include <glossa/store/connectors/tag_filter.hpp>
#include <glossa/store/vector_store.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

/// Ids of Pinecone are ASCII without spaces, at most 512; a longer one ends with its hash.
[[nodiscard]] inline std::string pinecone_id(const std::string& id) {
  std::string word = percent_encoded(id);
  if (word.size() <= 512) return word;
  return word.substr(0, 400) + '~' + hex_text(sha256(id));
}

/// The name that a field has in Pinecone's metadata: its own, where that is allowed and not one of ours.
[[nodiscard]] inline std::string pinecone_field(const std::string& name) {
  const bool is_taken = name.front() == '$' || name.compare(0, 7, "_glossa") == 0;
  return is_taken ? "_glossa_field_" + percent_encoded(name) : name;
}

/// Fields for everybody who reads the index, and beside them what this store answers from: tags for filters, and the
/// metadata as text, because Pinecone makes doubles of all numbers.
[[nodiscard]] inline Json pinecone_vector(const VectorRecord& record) {
  Json metadata = Json::object();
  for (const auto& [name, value] : record.metadata) metadata[pinecone_field(name)] = json_of(value);
  metadata["_glossa_id"] = record.id;
  metadata["_glossa_text"] = record.text;
  metadata["_glossa_metadata"] = json_text_of(record.metadata);
  Json tags = Json::array({"."});  // never empty
  for (const std::string& tag : tags_of(record.metadata)) tags.push_back(tag);
  metadata["_glossa_tags"] = std::move(tags);
  return {{"id", pinecone_id(record.id)}, {"values", record.vector}, {"metadata", std::move(metadata)}};
}

/// Errors: `invalid_argument` for more than Pinecone keeps of a record, `unsupported` for a vector of zeros.
inline void require_for_pinecone(const VectorRecord& record) {
  constexpr std::size_t kMostMetadata = 40'960;
  const std::size_t bytes = json_text(pinecone_vector(record)["metadata"]).size();
  if (bytes > kMostMetadata)
    throw Error(ErrorKind::invalid_argument, {.field = "the text and metadata of " + record.id,
                                              .expected = "at most 40960 bytes as JSON, with what filters need",
                                              .found = std::to_string(bytes)});
  if (std::all_of(record.vector.begin(), record.vector.end(), [](float x) { return x == 0; }))
    throw Error(ErrorKind::unsupported,
                {.field = "the vector of " + record.id, .problem = "Pinecone keeps no vector of zeros alone"});
}

/// A record as Pinecone gives it. Errors: `io` for one that this store did not write.
[[nodiscard]] inline VectorRecord pinecone_record(const Json& one, const std::string& address) {
  const auto text = [&](const char* name) {
    const Json metadata = one.is_object() ? one.value("metadata", Json()) : Json();
    if (!metadata.is_object() || !metadata.contains(name) || !metadata[name].is_string())
      throw Error(ErrorKind::io, {.file = address,
                                  .field = name,
                                  .problem = "a vector that another program wrote",
                                  .remedy = "use a namespace of its own"});
    return metadata[name].get<std::string>();
  };
  VectorRecord record;
  record.id = text("_glossa_id");
  record.text = text("_glossa_text");
  record.metadata = stored_metadata(parse_json(text("_glossa_metadata"), address), address);
  if (one.contains("values") && one["values"].is_array())
    for (const Json& x : one["values"]) record.vector.push_back(x.is_number() ? x.get<float>() : 0);
  return record;
}

/// Errors: `unsupported` where strings are ordered.
[[nodiscard]] inline Json pinecone_filter(const TagFilter& filter) {
  using Kind = TagFilter::Kind;
  switch (filter.kind) {
    case Kind::all: return {{"_glossa_tags", {{"$in", {"."}}}}};
    case Kind::none: return {{"_glossa_tags", {{"$nin", {"."}}}}};
    case Kind::has_any: return {{"_glossa_tags", {{"$in", filter.tags}}}};
    case Kind::has_none: return {{"_glossa_tags", {{"$nin", filter.tags}}}};
    case Kind::compares: {
      if (std::holds_alternative<std::string>(filter.value))
        throw Error(ErrorKind::unsupported, {.field = filter.field,
                                             .problem = "Pinecone orders numbers, not strings",
                                             .remedy = "compare for equality, or keep a number"});
      const char* order = filter.comparison == Comparison::less         ? "$lt"
                          : filter.comparison == Comparison::less_equal ? "$lte"
                          : filter.comparison == Comparison::greater    ? "$gt"
                                                                        : "$gte";
      return {{pinecone_field(filter.field), {{order, json_of(filter.value)}}}};
    }
    case Kind::conjunction:
    case Kind::disjunction: break;
  }
  Json parts = Json::array();
  for (const TagFilter& part : filter.parts) parts.push_back(pinecone_filter(part));
  return {{filter.kind == Kind::conjunction ? "$and" : "$or", std::move(parts)}};
}

}  // namespace glossa::detail
