// Definitions of DataRecord's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/data_record.hpp>
#include <glossa/eval/table_number.hpp>

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

GLOSSA_INLINE DataRecord::DataRecord(Json fields, std::string place, std::size_t line, std::string example,
                                     const FieldNames* names, bool is_row)
    : fields_(std::move(fields)),
      place_(std::move(place)),
      line_(line),
      example_(std::move(example)),
      names_(names),
      is_row_(is_row) {
  if (!fields_.is_object()) refuse("", "the line is no JSON object", example_, json_text(fields_));
}

GLOSSA_INLINE void DataRecord::refuse(const std::string& field, const std::string& problem, const std::string& expected,
                                      const std::string& found) const {
  throw Error(ErrorKind::corrupt_file, {.file = place_,
                                        .field = own_name(field),
                                        .problem = problem,
                                        .expected = expected,
                                        .found = shortened(found, 100),
                                        .remedy = "correct the line: " + example_});
}

GLOSSA_INLINE std::string DataRecord::own_name(const std::string& field) const {
  if (names_ == nullptr) return field;
  const auto other = names_->find(field);
  return other == names_->end() ? field : other->second;
}

GLOSSA_INLINE const Json* DataRecord::find(const std::string& field) const {
  const auto it = fields_.find(own_name(field));
  return it == fields_.end() || it->is_null() ? nullptr : &*it;
}

GLOSSA_INLINE const Json& DataRecord::at(const std::string& field) const {
  const Json* value = find(field);
  if (value != nullptr) return *value;
  if (fields_.contains(own_name(field))) refuse(field, "the field has no value", "", "null");
  std::string found = fields_.empty() ? "no fields" : "";
  for (const auto& [key, other] : fields_.items()) found += (found.empty() ? "" : ", ") + key;
  throw Error(ErrorKind::corrupt_file,
              {.file = place_,
               .field = own_name(field),
               .problem = "the field is missing",
               .expected = example_,
               .found = shortened(found, 100),
               .remedy = "add it, or say in the task file's \"fields\" what the file calls \"" + field + "\""});
}

GLOSSA_INLINE std::string DataRecord::as_text(const Json& value, const std::string& field) const {
  if (!value.is_string()) refuse(field, "", "a string", json_text(value));
  return value.get<std::string>();
}

GLOSSA_INLINE std::string DataRecord::as_name(const Json& value, const std::string& field) const {
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) return value.get<std::string>();
  if (!value.is_number_integer() && !value.is_boolean())
    refuse(field, "", "a string that is not empty, or a whole number", json_text(value));
  return json_text(value);
}

GLOSSA_INLINE DataName DataRecord::as_label(const Json& value, const std::string& field) const {
  const NameKind kind = is_row_              ? NameKind::cell
                        : value.is_string()  ? NameKind::string
                        : value.is_boolean() ? NameKind::boolean
                                             : NameKind::number;
  return {as_name(value, field), kind};
}

GLOSSA_INLINE double DataRecord::as_number(const Json& value, const std::string& field) const {
  if (value.is_number()) return value.get<double>();
  if (const auto number = is_row_ ? table_number(value.get_ref<const std::string&>()) : std::nullopt) {
    try {
      return parse_json(*number, place_).get<double>();
    } catch (const Error&) {  // larger than any number: told below
    }
  }
  refuse(field, "", "a number", json_text(value));
}

GLOSSA_INLINE bool DataRecord::is_list(const std::string& field) const {
  const Json* value = find(field);
  return value != nullptr && value->is_array();
}

GLOSSA_INLINE std::string DataRecord::text(const std::string& field) const { return as_text(at(field), field); }

GLOSSA_INLINE std::string DataRecord::text_or_empty(const std::string& field) const {
  return has(field) ? text(field) : std::string();
}

GLOSSA_INLINE std::string DataRecord::name(const std::string& field) const { return as_name(at(field), field); }

GLOSSA_INLINE DataName DataRecord::label(const std::string& field) const { return as_label(at(field), field); }

GLOSSA_INLINE double DataRecord::number(const std::string& field) const { return as_number(at(field), field); }

GLOSSA_INLINE int DataRecord::whole_number(const std::string& field) const {
  const double value = number(field);
  if (value != std::floor(value) || value < -2147483648.0 || value > 2147483647.0)
    refuse(field, "", "a whole number", json_text(at(field)));
  return static_cast<int>(value);
}

GLOSSA_INLINE const Json& DataRecord::list(const std::string& field) const {
  const Json& value = at(field);
  if (is_row_) refuse(field, "a table has no lists", "a file of JSON lines (.jsonl)", json_text(value));
  if (!value.is_array()) refuse(field, "", "a list", json_text(value));
  return value;
}

GLOSSA_INLINE std::vector<std::string> DataRecord::texts(const std::string& field) const {
  std::vector<std::string> out;
  for (const Json& value : list(field)) out.push_back(as_text(value, field));
  return out;
}

GLOSSA_INLINE std::vector<std::string> DataRecord::names(const std::string& field) const {
  std::vector<std::string> out;
  for (const Json& value : list(field)) out.push_back(as_name(value, field));
  return out;
}

GLOSSA_INLINE std::vector<DataName> DataRecord::labels(const std::string& field) const {
  std::vector<DataName> out;
  for (const Json& value : list(field)) out.push_back(as_label(value, field));
  return out;
}

GLOSSA_INLINE std::vector<double> DataRecord::numbers(const std::string& field) const {
  std::vector<double> out;
  for (const Json& value : list(field)) out.push_back(as_number(value, field));
  return out;
}

}  // namespace glossa::detail
