// Lines with texts, and a model or a file of vectors, come in; a vector a line goes out.
#pragma once

#include "cluster_arguments.hpp"
#include "commands.hpp"
#include "interrupt.hpp"
#include "labelled_lines.hpp"
#include "npy_reader.hpp"
#include "progress_bar.hpp"
#include "tool_error.hpp"

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/embedder.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tool {

/// `rows` of the vectors, in their order.
[[nodiscard]] inline glossa::Embeddings rows_of(const glossa::Embeddings& vectors,
                                                const std::vector<std::size_t>& rows) {
  glossa::Embeddings some(rows.size(), vectors.dims());
  for (std::size_t i = 0; i < rows.size(); ++i) std::copy_n(vectors[rows[i]].begin(), vectors.dims(), some[i].begin());
  return some;
}

/// A file with one row a line. Errors: `invalid_argument` where it has another number of rows than there are lines, or
/// a row with NaN or infinity, which is named with its line.
[[nodiscard]] inline glossa::Embeddings read_vectors(const std::string& path, const std::string& input,
                                                     const std::vector<LabelledLine>& lines) {
  const NpyReader file(path);
  if (file.rows() != lines.size())
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.file = path,
                         .field = "--vectors",
                         .expected = "one row for each of the " + std::to_string(lines.size()) + " lines of " + input,
                         .found = std::to_string(file.rows()) + " rows",
                         .remedy = "embed these lines anew; blank ones do not count"});
  glossa::Embeddings vectors = file.read();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto row = vectors[i];
    const auto bad = std::find_if_not(row.begin(), row.end(), [](float value) { return std::isfinite(value); });
    if (bad == row.end()) continue;
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.file = path,
                         .field = "row " + std::to_string(i) + ", of line " + std::to_string(lines[i].number) + " of " +
                                  input + " (rows count from 0)",
                         .expected = "finite numbers within the range of float32",
                         .found = std::isnan(*bad) ? "NaN" : "infinity",
                         .remedy = "embed this line anew, or leave it and its row out"});
  }
  return vectors;
}

/// Embeds the texts of those lines that `chosen` names, each text once however many lines have it. Errors: those of the
/// embedder, naming the line; `cancelled`.
[[nodiscard]] inline glossa::Embeddings embed_lines(const VectorArguments& arguments, const std::string& input,
                                                    const std::vector<LabelledLine>& lines,
                                                    const std::vector<std::size_t>& chosen,
                                                    std::shared_ptr<glossa::Executor> executor) {
  const glossa::Embedder embedder(arguments.model,
                                  {.precision = precision_from(arguments.precision), .executor = std::move(executor)});
  check_dims(arguments.dims, embedder);
  std::vector<std::string_view> texts;
  std::vector<std::size_t> numbers;
  std::vector<std::size_t> place;  // of each line, among the texts
  std::unordered_map<std::string_view, std::size_t> known;
  std::size_t bytes = 0;
  for (const std::size_t i : chosen) {
    const auto [one, is_new] = known.emplace(lines[i].text, texts.size());
    place.push_back(one->second);
    if (!is_new) continue;
    texts.push_back(lines[i].text);
    numbers.push_back(lines[i].number);
    bytes += lines[i].text.size();
  }
  std::stop_source stop;
  ProgressBar bar;
  glossa::EmbedOptions options{.dims = arguments.dims};
  options.stop = stop.get_token();
  options.progress = [&](const glossa::Progress& progress) {
    if (interrupted) stop.request_stop();
    const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    bar.update(progress.done, progress.tokens, share * static_cast<double>(bytes), static_cast<double>(bytes));
  };
  try {
    glossa::Embeddings vectors = embedder.embed(texts, role_from(arguments.role), options);
    std::size_t cut = 0;
    for (const std::size_t text : place) cut += vectors.receipts()[text].truncated() ? 1 : 0;
    bar.clear();
    if (cut > 0)
      std::cerr << "glossa: " << cut << " of " << chosen.size() << " texts were longer than " << embedder.max_tokens()
                << " tokens and were cut\n";
    return texts.size() == chosen.size() ? std::move(vectors) : rows_of(vectors, place);
  } catch (const glossa::Error& error) {
    throw tool_error(error, input, numbers);
  }
}

/// The vectors of those lines that `chosen` names, in its order, from a file or a model; of no length where there is
/// neither. Errors: as above.
[[nodiscard]] inline glossa::Embeddings vectors_of_lines(const VectorArguments& arguments, const std::string& input,
                                                         const std::vector<LabelledLine>& lines,
                                                         const std::vector<std::size_t>& chosen,
                                                         std::shared_ptr<glossa::Executor> executor) {
  if (!arguments.model.empty()) return embed_lines(arguments, input, lines, chosen, std::move(executor));
  if (arguments.vectors.empty()) return {};
  glossa::Embeddings all = read_vectors(arguments.vectors, input, lines);
  return chosen.size() == lines.size() ? std::move(all) : rows_of(all, chosen);
}

}  // namespace tool
