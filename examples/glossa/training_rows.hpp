// Files of rows to train on, and of texts to search, come in; rows and texts go out, and what was left out is told.
#pragma once

#include "document_reader.hpp"
#include "interrupt.hpp"
#include "json_line.hpp"
#include "line_reader.hpp"

#include <glossa/core/error.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/train/training_data.hpp>
#include <glossa/train/training_record.hpp>

#include <cstddef>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

/// The library's words for what a user says on the command line.
[[nodiscard]] inline glossa::Error training_error(const glossa::Error& error) {
  glossa::ErrorFacts facts = error.facts();
  constexpr std::string_view own = "in TrainingDataOptions::fields";
  for (std::string* part : {&facts.remedy, &facts.found})
    if (const std::size_t at = part->find(own); at != std::string::npos) part->replace(at, own.size(), "by --field");
  if (facts.field == "TrainingDataOptions::fields") facts.field = "--field";
  return {error.kind(), facts};
}

/// "anchor=question" as names of fields. Errors: `invalid_argument`.
[[nodiscard]] inline std::map<std::string, std::string> field_names(const std::vector<std::string>& arguments) {
  std::map<std::string, std::string> names;
  for (const std::string& argument : arguments) {
    const std::size_t end = argument.find('=');
    if (end == std::string::npos || end == 0 ||
        !names.emplace(argument.substr(0, end), argument.substr(end + 1)).second)
      throw glossa::Error(
          glossa::ErrorKind::invalid_argument,
          {.field = "--field", .expected = "NAME=OWN, such as anchor=question, a name once", .found = argument});
  }
  return names;
}

/// Errors: read_training_data()'s; `cancelled`.
[[nodiscard]] inline std::vector<glossa::TrainingRow> read_training_rows(const std::vector<std::string>& files,
                                                                         glossa::TrainingDataOptions options) {
  constexpr std::size_t kShown = 5;
  options.watch = stop_if_interrupted;
  try {
    glossa::TrainingData data = glossa::read_training_data({files.begin(), files.end()}, options);
    for (std::size_t i = 0; i < data.skipped.size() && i < kShown; ++i)
      std::cerr << "glossa: skipped: " << data.skipped[i].message << '\n';
    if (!data.skipped.empty())
      std::cerr << "glossa: " << data.skipped.size() << " lines were skipped, " << data.rows.size() << " rows read\n";
    return std::move(data.rows);
  } catch (const glossa::Error& error) {
    throw training_error(error);
  }
}

/// A text a line (.txt), or JSON lines {"title"?, "text"}; blank lines are let be. Errors: `corrupt_file` naming the
/// line, also where a text is empty or not UTF-8; `cancelled`.
[[nodiscard]] inline std::vector<std::string> read_corpus(const std::string& file) {
  static const std::vector<std::string> kNames{"title", "text"};
  const std::string example = R"({"text": "..."})";
  LineReader reader(file);
  std::vector<std::string> texts;
  for (std::string line; reader.next(line);) {
    if (texts.size() % 1024 == 0) stop_if_interrupted();
    if (is_blank(line)) continue;
    const LineName name{reader.name(), reader.number()};
    if (!glossa::detail::is_valid_utf8(line)) name.refuse("", "the line is not UTF-8", "UTF-8");
    if (file.ends_with(".txt")) {
      texts.push_back(line);
      continue;
    }
    std::vector<JsonField> fields = parse_json_fields(line, name, kNames, example);
    Document document;
    if (fields[0].kind == JsonField::Kind::string) document.title = std::move(fields[0].text);
    if (fields[0].kind == JsonField::Kind::integer || fields[0].kind == JsonField::Kind::other)
      name.refuse("title", "", "a string");
    document.text = text_of(fields[1], name, example);
    texts.push_back(passage_of(document));
    if (glossa::detail::is_blank_text(texts.back())) name.refuse("text", "the text is empty", "a text");
  }
  if (texts.empty())
    throw glossa::Error(glossa::ErrorKind::corrupt_file, {.file = file, .problem = "there are no texts to search"});
  return texts;
}

}  // namespace tool
