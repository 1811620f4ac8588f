// Rows of cells come in; a table in plain text or in Markdown goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/table_format.hpp>
#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A score in hundredths with two places, such as "78.53"; "-" for what is no number.
[[nodiscard]] inline std::string hundredths(double score) {
  if (!std::isfinite(score) || std::abs(score) > 1e9) return "-";
  const long long value = std::llround(score * 1e4);
  const std::string digits = std::to_string(std::abs(value));
  const std::string padded = digits.size() < 3 ? std::string(3 - digits.size(), '0') + digits : digits;
  std::string out = value < 0 ? "-" : "";
  return out.append(padded, 0, padded.size() - 2).append(".").append(padded, padded.size() - 2);
}

/// The columns that a text takes on a terminal.
[[nodiscard]] inline std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at]))
    width += static_cast<std::size_t>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(utf8_decode(text, at))));
  return width;
}

/// The first columns, which hold words, are aligned to the left, the others to the right.
class PlainTable {
 public:
  PlainTable(TableFormat format, const std::vector<std::string>& names, std::size_t words = 1)
      : format_(format), words_(words) {
    add(names);
  }

  /// Spaces at the start of the first cell indent it.
  void add(const std::vector<std::string>& cells) {
    std::vector<std::string> row;
    for (const std::string& cell : cells) row.push_back(cell_text(cell));
    rows_.push_back(std::move(row));
  }

  [[nodiscard]] std::string text() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_)
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
    std::string out;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      append_row(out, rows_[r], widths);
      if (r == 0) append_rule(out, widths);
    }
    return out;
  }

 private:
  [[nodiscard]] bool is_markdown() const noexcept { return format_ == TableFormat::markdown; }

  [[nodiscard]] std::string cell_text(const std::string& cell) const {
    const std::string line = printable(cell, 200);
    if (!is_markdown()) return line;
    std::string out;
    for (const char c : line) {
      if (c == '|' || c == '\\' || c == '*' || c == '`' || c == '[' || c == '~') out += '\\';
      out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    }
    const std::size_t indent = std::min(out.find_first_not_of(' '), out.size());
    std::string spaces;
    for (std::size_t i = 0; i < indent; ++i) spaces += "&nbsp;";
    return spaces + out.substr(indent);
  }

  void append_row(std::string& out, const std::vector<std::string>& row, const std::vector<std::size_t>& widths) const {
    if (is_markdown()) out += "| ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - display_width(row[i]), ' ');
      if (i > 0) out += is_markdown() ? " | " : "  ";
      out += i < words_ ? row[i] + padding : padding + row[i];
    }
    if (is_markdown()) out += " |";
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  }

  void append_rule(std::string& out, const std::vector<std::size_t>& widths) const {
    if (is_markdown()) out += "|";
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (!is_markdown()) {
        out += (i > 0 ? "  " : "") + std::string(widths[i], '-');
      } else {
        out += i < words_ ? ":" + std::string(widths[i] + 1, '-') + "|" : std::string(widths[i] + 1, '-') + ":|";
      }
    }
    out += '\n';
  }

  TableFormat format_;
  std::size_t words_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace glossa::detail
