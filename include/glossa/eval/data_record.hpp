// One line of a data file comes in; its fields go out, checked.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/core/linkage.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace glossa::detail {

/// What a file calls its fields, by the names that they have here.
using FieldNames = std::map<std::string, std::string>;

/// What a name was written as: a cell of a table, or a value of JSON.
enum class NameKind : std::uint8_t { cell, string, number, boolean };

struct DataName {
  std::string text;
  NameKind kind = NameKind::cell;
};

/// The fields of a line of JSON, or of a row of a table, whose cells are strings. Errors are of kind corrupt_file and
/// field the line and the field.
class DataRecord {
 public:
  DataRecord() = default;
  /// `place`: the file and the line, `line`: its number. `example`: a line as it should be. `names`, which must outlive
  /// this, may be null.
  DataRecord(Json fields, std::string place, std::size_t line, std::string example, const FieldNames* names,
             bool is_row);

  [[nodiscard]] const std::string& place() const noexcept { return place_; }
  [[nodiscard]] std::size_t line() const noexcept { return line_; }
  /// Whether there is such a field, and it is not null.
  [[nodiscard]] bool has(const std::string& field) const { return find(field) != nullptr; }
  [[nodiscard]] bool is_list(const std::string& field) const;
  /// All fields, by the names that the file has for them.
  [[nodiscard]] const Json& fields() const noexcept { return fields_; }
  /// Whether it is a row of a table, whose cells are strings.
  [[nodiscard]] bool is_row() const noexcept { return is_row_; }

  [[nodiscard]] std::string text(const std::string& field) const;
  /// "" where it is missing.
  [[nodiscard]] std::string text_or_empty(const std::string& field) const;
  /// What names something, such as a label or an id: a string that is not empty, a whole number, true or false.
  [[nodiscard]] std::string name(const std::string& field) const;
  /// The same, with what it was written as.
  [[nodiscard]] DataName label(const std::string& field) const;
  [[nodiscard]] double number(const std::string& field) const;
  /// A number without a fraction, from -2^31 to 2^31 - 1.
  [[nodiscard]] int whole_number(const std::string& field) const;
  [[nodiscard]] std::vector<std::string> texts(const std::string& field) const;
  [[nodiscard]] std::vector<std::string> names(const std::string& field) const;
  [[nodiscard]] std::vector<DataName> labels(const std::string& field) const;
  [[nodiscard]] std::vector<double> numbers(const std::string& field) const;

  [[noreturn]] void refuse(const std::string& field, const std::string& problem, const std::string& expected,
                           const std::string& found) const;

 private:
  [[nodiscard]] const Json* find(const std::string& field) const;
  [[nodiscard]] const Json& at(const std::string& field) const;
  [[nodiscard]] const Json& list(const std::string& field) const;
  [[nodiscard]] std::string own_name(const std::string& field) const;
  [[nodiscard]] std::string as_text(const Json& value, const std::string& field) const;
  [[nodiscard]] std::string as_name(const Json& value, const std::string& field) const;
  [[nodiscard]] DataName as_label(const Json& value, const std::string& field) const;
  [[nodiscard]] double as_number(const Json& value, const std::string& field) const;

  Json fields_;
  std::string place_;
  std::size_t line_ = 0;
  std::string example_;
  const FieldNames* names_ = nullptr;
  bool is_row_ = false;
};

}  // namespace glossa::detail

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/data_record_impl.hpp>
#endif
