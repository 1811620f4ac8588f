// Lines of JSON come in; documents and queries go out, each with its id.
#pragma once

#include "document_table.hpp"
#include "json_line.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

/// The id of a line: "id", or "_id", as BEIR's files call it; "" where it has none. Errors: `corrupt_file`.
[[nodiscard]] inline std::string id_of(JsonField& id, JsonField& beir_id, const LineName& line) {
  JsonField& given = id.kind == JsonField::Kind::missing ? beir_id : id;
  if (given.kind == JsonField::Kind::missing) return {};
  const bool is_name = given.kind == JsonField::Kind::string || given.kind == JsonField::Kind::integer;
  if (!is_name || given.text.empty()) line.refuse("id", "", "a string or an integer");
  return std::move(given.text);
}

/// A line {"id", "title"?, "text"}. Other fields are let be. Errors: `corrupt_file` naming the line and the field.
[[nodiscard]] inline Document parse_document(std::string_view text, const LineName& line) {
  static const std::vector<std::string> kNames{"id", "_id", "title", "text"};
  const std::string example = R"({"id": "...", "text": "..."})";
  std::vector<JsonField> fields = parse_json_fields(text, line, kNames, example);
  Document document;
  document.id = id_of(fields[0], fields[1], line);
  if (document.id.empty()) line.refuse("id", "the field is missing", example);
  if (fields[2].kind == JsonField::Kind::string) document.title = std::move(fields[2].text);
  if (fields[2].kind == JsonField::Kind::other || fields[2].kind == JsonField::Kind::integer)
    line.refuse("title", "", "a string");
  document.text = text_of(fields[3], line, example);
  return document;
}

/// A query, and what its user calls it.
struct Query {
  std::string id;
  std::string text;
};

/// A line {"id"?, "text"}; without an id, its number is one. Errors: as above.
[[nodiscard]] inline Query parse_query(std::string_view text, const LineName& line) {
  static const std::vector<std::string> kNames{"id", "_id", "text"};
  const std::string example = R"({"text": "..."})";
  std::vector<JsonField> fields = parse_json_fields(text, line, kNames, example);
  std::string id = id_of(fields[0], fields[1], line);
  if (id.empty()) id = std::to_string(line.number);
  return {std::move(id), text_of(fields[2], line, example)};
}

/// What is embedded of a document: its title before its text, as BEIR has it, without white space around them.
[[nodiscard]] inline std::string passage_of(const Document& document) {
  const std::string all = document.title + " " + document.text;
  constexpr const char* kSpace = " \t\n\v\f\r";
  const std::size_t begin = all.find_first_not_of(kSpace);
  return begin == std::string::npos ? std::string() : all.substr(begin, all.find_last_not_of(kSpace) + 1 - begin);
}

}  // namespace tool
