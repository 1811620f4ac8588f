// Definition of comparison_table; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/comparison_cells.hpp>
#include <glossa/eval/comparison_table.hpp>

#include <string>

namespace glossa {

GLOSSA_INLINE std::string comparison_table(const ScoreComparison& comparison, const ComparedNames& names,
                                           TableFormat format) {
  const std::string line = format == TableFormat::markdown ? "\n\n" : "\n";
  std::string out = "A: " + detail::one_paragraph(names.a, format) + line;
  out += "B: " + detail::one_paragraph(names.b, format) + line;
  if (format == TableFormat::text) out += "\n";
  out += detail::table_of(detail::comparison_rows(comparison), format, 2) + "\n" +
         detail::table_of(detail::type_rows(comparison), format);
  for (const std::string& note : detail::comparison_notes(comparison))
    out += "\n" + detail::one_paragraph(note, format) + "\n";
  return out;
}

}  // namespace glossa
