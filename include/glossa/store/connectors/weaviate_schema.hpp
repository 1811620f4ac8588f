// A collection's options come in; the class that Weaviate makes of them goes out, and what is known of one that is
// there.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/store/connectors/weaviate_options.hpp>

#include <set>
#include <string>

namespace glossa::detail {

[[nodiscard]] inline Json weaviate_property(const std::string& name, const std::string& type, bool filterable,
                                            bool searchable) {
  Json out = {{"name", name}, {"dataType", Json::array({type})}, {"indexFilterable", filterable}};
  if (type != "number") out["indexSearchable"] = searchable;
  if (type == "number") out["indexRangeFilters"] = true;
  if (type != "number" && filterable) out["tokenization"] = "field";
  return out;
}

/// Weaviate learns the length of vectors from the first one, so it is in the description.
[[nodiscard]] inline std::string weaviate_description(const WeaviateOptions& options) {
  return "glossa: vectors of " + std::to_string(options.connection.dims) + " numbers";
}

[[nodiscard]] inline Json weaviate_class_of(const WeaviateOptions& options) {
  return {{"class", weaviate_class(options.connection.collection)},
          {"description", weaviate_description(options)},
          {"vectorizer", "none"},
          {"vectorIndexType", options.is_flat ? "flat" : "hnsw"},
          {"vectorIndexConfig", {{"distance", weaviate_name(options.connection.metric)}}},
          {"multiTenancyConfig", {{"enabled", !options.connection.name_space.empty()}}},
          {"properties", Json::array({weaviate_property("doc_id", "text", true, false),
                                      weaviate_property("body", "text", false, true),
                                      weaviate_property("metadata", "text", false, false),
                                      weaviate_property("tags", "text[]", true, false)})}};
}

/// Errors: `invalid_argument` for a class of other vectors, or with tenants where none are wanted.
inline void check_weaviate_class(const Json& found, const WeaviateOptions& options, const std::string& address) {
  const auto text = [](bool tenants) { return tenants ? ", with tenants" : ", without tenants"; };
  const std::string wanted = weaviate_description(options) + ", " + weaviate_name(options.connection.metric) +
                             text(!options.connection.name_space.empty());
  const std::string there = found.value("description", "") + ", " +
                            found.value("vectorIndexConfig", Json::object()).value("distance", "") +
                            text(found.value("multiTenancyConfig", Json::object()).value("enabled", false));
  if (wanted != there)
    throw Error(ErrorKind::invalid_argument, {.file = address,
                                              .field = options.connection.collection,
                                              .problem = "the collection is of something else",
                                              .expected = wanted,
                                              .found = there,
                                              .remedy = "choose another collection"});
}

[[nodiscard]] inline std::set<std::string> weaviate_properties(const Json& found) {
  std::set<std::string> out;
  const Json properties = found.value("properties", Json::array());
  for (const Json& one : properties) out.insert(one.value("name", ""));
  return out;
}

}  // namespace glossa::detail
