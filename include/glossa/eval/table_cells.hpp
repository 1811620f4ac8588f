// Lines of a table come in; the cells of its rows go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/text_lines.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A tab-separated row: its cells stand as they are, for a quotation mark is a character like any other.
[[nodiscard]] inline std::vector<std::string> tab_cells(std::string_view line) {
  std::vector<std::string> cells;
  while (true) {
    const std::size_t tab = line.find('\t');
    cells.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return cells;
    line.remove_prefix(tab + 1);
  }
}

/// A comma-separated row by RFC 4180: a cell in double quotes may have commas, ends of lines (which become "\n") and
/// doubled quotes in it. A carriage return is let be within quotes alone. `line` is the row's first line; others are
/// taken from `lines`. Errors: `corrupt_file`.
[[nodiscard]] inline std::vector<std::string> comma_cells(std::string& line, TextLines& lines) {
  const std::size_t first = lines.number();
  const auto refuse = [&](const std::string& problem, const std::string& remedy) {
    throw Error(ErrorKind::corrupt_file, {.file = lines.place(first), .problem = problem, .remedy = remedy});
  };
  std::vector<std::string> cells;
  std::string cell;
  std::size_t at = 0;
  while (true) {
    if (at < line.size() && line[at] == '"') {
      for (++at;;) {
        if (at == line.size()) {
          if (!lines.next(line)) refuse("a quotation mark is never closed", "close it, or double one that is meant");
          cell += '\n';
          at = 0;
        } else if (line[at] != '"') {
          cell += line[at++];
        } else if (line.compare(at, 2, "\"\"") == 0) {
          cell += '"';
          at += 2;
        } else {
          ++at;
          break;
        }
        if (cell.size() > kLongestDataLine) refuse("a cell is too long", "is a quotation mark never closed?");
      }
      if (at < line.size() && line[at] == '\r') refuse_return(lines, first);
      if (at < line.size() && line[at] != ',')
        refuse("something follows a closing quotation mark", "double the quotation marks within cells");
    } else {
      const std::size_t comma = line.find(',', at);
      cell = line.substr(at, comma == std::string::npos ? comma : comma - at);
      at = comma == std::string::npos ? line.size() : comma;
      if (cell.find('\r') != std::string::npos) refuse_return(lines, first);
    }
    cells.push_back(std::move(cell));
    cell.clear();
    if (at >= line.size()) return cells;
    ++at;  // the comma, behind which there is a cell, be it an empty one
  }
}

}  // namespace glossa::detail
