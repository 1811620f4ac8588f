// Records, filters and names come in; Weaviate's objects, conditions and ids go out, and the reverse.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/store/connectors/metadata_json.hpp>
#include <glossa/store/connectors/metadata_tags.hpp>
#include <glossa/store/connectors/tag_filter.hpp>
#include <glossa/store/vector_store.hpp>

#include <cstddef>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

/// Objects of Weaviate have UUIDs: of the id's SHA-256, in the form for such (RFC 9562, version 8).
[[nodiscard]] inline std::string weaviate_id(const std::string& id) {
  Sha256 hash = sha256(id);
  hash[6] = static_cast<std::uint8_t>((hash[6] & 0x0F) | 0x80);
  hash[8] = static_cast<std::uint8_t>((hash[8] & 0x3F) | 0x80);
  std::string out = hex_text(hash).substr(0, 32);
  for (const std::size_t at : std::initializer_list<std::size_t>{20, 16, 12, 8}) out.insert(at, "-");
  return out;
}

/// The property for a field's numbers: small letters and digits as they are, other bytes as _XX, since Weaviate takes
/// names for equal that differ in case alone; a long one ends with its hash.
[[nodiscard]] inline std::string weaviate_number(const std::string& field) {
  std::string out = "n_";
  for (const char c : field) {
    if ((c >= 'a' && c <= 'z') || is_ascii_digit(c)) {
      out += c;
    } else {
      append_escaped(out, '_', c);
    }
  }
  return out.size() <= 200 ? out : out.substr(0, 130) + hex_text(sha256(field));
}

/// Fields that hold a number, which a collection needs a property for.
[[nodiscard]] inline std::vector<std::string> number_fields(const Metadata& metadata) {
  std::vector<std::string> out;
  for (const auto& [name, value] : metadata)
    if (type_letter(value) == 'n') out.push_back(name);
  return out;
}

[[nodiscard]] inline Json weaviate_object(const VectorRecord& record, const std::string& class_name,
                                          const std::string& tenant) {
  Json tags = Json::array({"."});  // never empty
  for (const std::string& tag : tags_of(record.metadata)) tags.push_back(tag);
  Json properties = {{"doc_id", record.id},
                     {"body", record.text},
                     {"metadata", json_text_of(record.metadata)},
                     {"tags", std::move(tags)}};
  for (const std::string& field : number_fields(record.metadata)) {
    const MetadataValue& value = record.metadata.at(field);
    const auto* whole = std::get_if<std::int64_t>(&value);
    properties[weaviate_number(field)] = whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
  }
  Json object = {{"class", class_name},
                 {"id", weaviate_id(record.id)},
                 {"vector", record.vector},
                 {"properties", std::move(properties)}};
  if (!tenant.empty()) object["tenant"] = tenant;
  return object;
}

/// The properties of an object. Errors: `io` for one that this store did not write.
[[nodiscard]] inline VectorRecord weaviate_record(const Json& properties, const std::string& address) {
  const auto text = [&](const char* name) {
    if (!properties.is_object() || !properties.contains(name) || !properties[name].is_string())
      throw Error(ErrorKind::io, {.file = address, .field = name, .problem = "an object that another program wrote"});
    return properties[name].get<std::string>();
  };
  VectorRecord record;
  record.id = text("doc_id");
  record.text = text("body");
  record.metadata = stored_metadata(parse_json(text("metadata"), address), address);
  return record;
}

/// The filter as GraphQL's argument; texts in it are words of metadata_tags.hpp, names those of weaviate_number(). A
/// field that no record has a number in has no property in `known`. Errors: `unsupported` where strings are ordered.
[[nodiscard]] inline std::string weaviate_where(const TagFilter& filter, const std::set<std::string>& known) {
  using Kind = TagFilter::Kind;
  const auto tags = [](const char* word, const std::vector<std::string>& words) {
    return std::string("{path: [\"tags\"], operator: ") + word + ", valueText: " + json_text(Json(words)) + "}";
  };
  switch (filter.kind) {
    case Kind::all: return tags("ContainsAny", {"."});
    case Kind::none: return tags("ContainsNone", {"."});
    case Kind::has_any: return tags("ContainsAny", filter.tags);
    case Kind::has_none: return tags("ContainsNone", filter.tags);
    case Kind::compares: {
      if (std::holds_alternative<std::string>(filter.value))
        throw Error(ErrorKind::unsupported, {.field = filter.field,
                                             .problem = "this store of Weaviate orders numbers, not strings",
                                             .remedy = "compare for equality, or keep a number"});
      const std::string name = weaviate_number(filter.field);
      if (known.count(name) == 0) return tags("ContainsNone", {"."});
      const char* order = filter.comparison == Comparison::less         ? "LessThan"
                          : filter.comparison == Comparison::less_equal ? "LessThanEqual"
                          : filter.comparison == Comparison::greater    ? "GreaterThan"
                                                                        : "GreaterThanEqual";
      return "{path: [\"" + name + "\"], operator: " + order + ", valueNumber: " + number_word(filter.value) + "}";
    }
    case Kind::conjunction:
    case Kind::disjunction: break;
  }
  std::string out = filter.kind == Kind::conjunction ? "{operator: And, operands: [" : "{operator: Or, operands: [";
  for (std::size_t i = 0; i < filter.parts.size(); ++i)
    out += (i == 0 ? "" : ", ") + weaviate_where(filter.parts[i], known);
  return out + "]}";
}

}  // namespace glossa::detail
