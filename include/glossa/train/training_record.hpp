// A line of a data file comes in; the rows to train on that it stands for go out, checked.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/eval/data_record.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/train/training_data_options.hpp>
#include <glossa/train/training_row.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The names that a file may have for each field; the first one is what rows are written with.
inline const std::map<std::string, std::vector<std::string>>& training_fields() {
  static const std::map<std::string, std::vector<std::string>> names{
      {"anchor", {"anchor", "query", "sentence1", "text1"}},
      {"positive", {"positive", "pos", "sentence2", "text2"}},
      {"negatives", {"negatives", "negative", "neg"}},
      {"label", {"label", "score"}},
      {"language", {"lang", "language"}},
      {"source", {"source"}},
      {"group", {"group"}}};
  return names;
}

/// Whether it is empty, or white space alone.
[[nodiscard]] inline bool is_blank_text(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at]))
    if (!is_whitespace(utf8_decode(text, at))) return false;
  return true;
}

/// The number of a field "negative_3"; 0 where the name is another.
[[nodiscard]] inline std::size_t number_of_negative(std::string_view name) noexcept {
  constexpr std::string_view kPrefix = "negative_";
  if (!name.starts_with(kPrefix) || name.size() > kPrefix.size() + 6) return 0;
  std::size_t number = 0;
  for (const char c : name.substr(kPrefix.size())) {
    if (c < '0' || c > '9') return 0;
    number = 10 * number + static_cast<std::size_t>(c - '0');
  }
  return number;
}

/// Turns records into rows.
class TrainingRecords {
 public:
  /// `options` must outlive this. Errors: `invalid_argument`.
  explicit TrainingRecords(const TrainingDataOptions& options) : options_(options), names_(training_fields()) {
    for (const auto& [field, name] : options.fields) {
      const auto known = names_.find(field);
      if (known == names_.end())
        throw Error(ErrorKind::invalid_argument,
                    {.field = "TrainingDataOptions::fields",
                     .problem = "there is no such field",
                     .expected = "anchor, positive, negatives, label, language, source or group",
                     .found = field});
      known->second = name.empty() ? std::vector<std::string>() : std::vector<std::string>{name};
    }
    numbered_negatives_ = !options.fields.contains("negatives");
    if (!(options.least_label <= options.most_label))
      throw Error(ErrorKind::invalid_argument, {.field = "TrainingDataOptions::least_label",
                                                .expected = "at most most_label, " + std::to_string(options.most_label),
                                                .found = std::to_string(options.least_label)});
  }

  /// A line as it should be.
  [[nodiscard]] std::string example() const {
    std::string out = "{\"" + shown("anchor") + "\": \"...\", \"" + shown("positive") + "\": \"...\"";
    if (options_.needs_negatives > 0) out += ", \"" + shown("negatives") + "\": [\"...\"]";
    if (options_.needs_label) out += ", \"" + shown("label") + "\": 1.0";
    return out + "}";
  }

  /// The rows of a record, of which one is the rule. Errors: `corrupt_file` naming the line and the field.
  [[nodiscard]] std::vector<TrainingRow> rows_of(const DataRecord& record) const {
    TrainingRow row;
    row.line = record.line();
    const std::string anchor = required(record, "anchor");
    row.anchor = filled(record, anchor, record.text(anchor));
    const std::string positive = required(record, "positive");
    std::vector<std::string> positives = texts(record, positive);
    row.negatives = negatives(record);
    row.label = label(record);
    if (const std::string name = name_of(record, "language"); !name.empty()) row.language = record.text(name);
    if (const std::string name = name_of(record, "source"); !name.empty()) row.source = record.text(name);
    if (const std::string name = name_of(record, "group"); !name.empty()) row.group = record.name(name);
    if (options_.keep_other_fields) row.other_fields = other_fields(record);
    std::vector<TrainingRow> rows(positives.size(), row);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].positive = std::move(positives[i]);
    for (const TrainingRow& one : rows) require_sense(record, one);
    return rows;
  }

 private:
  /// What a message calls a field.
  [[nodiscard]] std::string shown(const std::string& field) const {
    const std::vector<std::string>& names = names_.at(field);
    return names.empty() ? field : names.front();
  }

  /// Whether a field has a value. An empty cell has none; where a text is needed, it is an empty one.
  [[nodiscard]] static bool has(const DataRecord& record, const std::string& name) {
    return record.has(name) && !(record.is_row() && record.fields().at(name).get_ref<const std::string&>().empty());
  }

  /// The name that the record has for a field; "" where it has none.
  [[nodiscard]] std::string name_of(const DataRecord& record, const std::string& field) const {
    std::string found;
    for (const std::string& name : names_.at(field)) {
      if (!has(record, name)) continue;
      if (!found.empty()) refuse_second(record, found, name, field);
      found = name;
    }
    return found;
  }

  [[noreturn]] static void refuse_second(const DataRecord& record, const std::string& one, const std::string& other,
                                         const std::string& field) {
    throw Error(ErrorKind::corrupt_file,
                {.file = record.place(),
                 .field = other,
                 .problem = "the line has \"" + one + "\", too, which means the same",
                 .expected = "one of the two",
                 .remedy = "leave one out, or say in TrainingDataOptions::fields which one \"" + field + "\" is"});
  }

  /// The name of a field that has to be there.
  [[nodiscard]] std::string required(const DataRecord& record, const std::string& field) const {
    std::string name = name_of(record, field);
    if (!name.empty()) return name;
    std::string expected;
    for (const std::string& one : names_.at(field)) {
      if (record.is_row() && record.has(one)) record.refuse(one, "the text is empty", "a text", "");
      expected += (expected.empty() ? "\"" : "\" or \"") + one;
    }
    std::string found;
    for (const auto& [key, value] : record.fields().items())
      found += (found.empty() ? "" : ", ") + key + (value.is_null() ? " (null)" : "");
    throw Error(ErrorKind::corrupt_file,
                {.file = record.place(),
                 .field = shown(field),
                 .problem = "the field is missing",
                 .expected = expected.empty() ? field : expected + "\"",
                 .found = found.empty() ? "no fields" : shortened(found, 100),
                 .remedy = "add it, or say in TrainingDataOptions::fields what the file calls \"" + field + "\""});
  }

  [[nodiscard]] static std::string filled(const DataRecord& record, const std::string& name, std::string text) {
    if (text.empty()) record.refuse(name, "the text is empty", "a text", "");
    if (is_blank_text(text)) record.refuse(name, "the text is white space alone", "a text", "\"" + text + "\"");
    return text;
  }

  /// A text, or a list of texts that is not empty.
  [[nodiscard]] static std::vector<std::string> texts(const DataRecord& record, const std::string& name) {
    if (!record.is_list(name)) return {filled(record, name, record.text(name))};
    std::vector<std::string> out = record.texts(name);
    if (out.empty()) record.refuse(name, "the list is empty", "a text at least", "[]");
    for (std::string& text : out) text = filled(record, name, std::move(text));
    return out;
  }

  [[nodiscard]] std::vector<std::string> negatives(const DataRecord& record) const {
    std::string name = name_of(record, "negatives");
    std::vector<std::string> out;
    if (!name.empty() && !(record.is_list(name) && record.fields().at(name).empty())) out = texts(record, name);
    if (numbered_negatives_) {
      std::map<std::size_t, std::string> numbered;
      for (const auto& [key, value] : record.fields().items())
        if (const std::size_t number = number_of_negative(key); number > 0 && has(record, key))
          if (!numbered.emplace(number, key).second) refuse_second(record, numbered.at(number), key, "negatives");
      if (!numbered.empty() && !name.empty()) refuse_second(record, name, numbered.begin()->second, "negatives");
      for (const auto& [number, key] : numbered) out.push_back(filled(record, key, record.text(key)));
      if (!numbered.empty()) name = numbered.begin()->second;
    }
    if (out.size() < options_.needs_negatives)
      record.refuse(name.empty() ? shown("negatives") : name, "there are too few negatives",
                    std::to_string(options_.needs_negatives) + " or more", std::to_string(out.size()));
    return out;
  }

  [[nodiscard]] std::optional<double> label(const DataRecord& record) const {
    const std::string name = options_.needs_label ? required(record, "label") : name_of(record, "label");
    if (name.empty()) return std::nullopt;
    const Json& value = record.fields().at(name);
    const double number = value.is_boolean() ? (value.get<bool>() ? 1.0 : 0.0) : record.number(name);
    if (!std::isfinite(number) || number < options_.least_label || number > options_.most_label)
      record.refuse(name, "", range(), json_text(value));
    return number;
  }
  [[nodiscard]] std::string range() const {
    std::string out = "a number";
    if (std::isfinite(options_.least_label)) out += " from " + json_text(options_.least_label);
    if (std::isfinite(options_.most_label)) out += " to " + json_text(options_.most_label);
    return out;
  }

  /// What is no field of a row's, as JSON.
  [[nodiscard]] std::string other_fields(const DataRecord& record) const {
    std::set<std::string> read;
    for (const auto& [field, names] : names_) read.insert(names.begin(), names.end());
    Json others = Json::object();
    for (const auto& [key, value] : record.fields().items()) {
      if (read.contains(key) || (numbered_negatives_ && number_of_negative(key) > 0)) continue;
      for (const auto& [field, names] : training_fields())
        if (names.front() == key)
          record.refuse(key, "the name is that of another field in the rows that are written", "another name", "");
      others[key] = value;
    }
    return others.empty() ? std::string() : json_text(others);
  }

  static void require_sense(const DataRecord& record, const TrainingRow& row) {
    for (const std::string& negative : row.negatives)
      if (negative == row.anchor || negative == row.positive)
        record.refuse("negatives",
                      negative == row.anchor ? "a negative is the anchor's own text" : "a negative is a positive, too",
                      "other texts", negative);
  }

  const TrainingDataOptions& options_;
  std::map<std::string, std::vector<std::string>> names_;
  bool numbered_negatives_ = true;
};

}  // namespace glossa::detail
