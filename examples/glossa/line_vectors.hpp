// Lines with texts, and a model or a file of vectors, come in; a vector a line goes out.
#pragma once

#include "cluster_arguments.hpp"
#include "commands.hpp"
#include "interrupt.hpp"
#include "labelled_lines.hpp"
#include "npy_reader.hpp"
#include "progress_bar.hpp"
#include "tool_error.hpp"

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/embedder.hpp>

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

/// The vectors of those lines that `chosen` names, in its order: rows of the file with one row a line, or embedded.
/// Errors: `invalid_argument` where the file has another number of rows than there are lines; `cancelled`.
[[nodiscard]] inline glossa::Embeddings vectors_of_lines(const VectorArguments& arguments, const std::string& input,
                                                         const std::vector<LabelledLine>& lines,
                                                         const std::vector<std::size_t>& chosen,
                                                         std::shared_ptr<glossa::Executor> executor) {
  if (!arguments.vectors.empty()) {
    const NpyReader file(arguments.vectors);
    if (file.rows() != lines.size())
      throw glossa::Error(glossa::ErrorKind::invalid_argument,
                          {.file = arguments.vectors,
                           .field = "--vectors",
                           .expected = "one row for each of the " + std::to_string(lines.size()) + " lines of " + input,
                           .found = std::to_string(file.rows()) + " rows"});
    glossa::Embeddings all = file.read();
    if (chosen.size() == lines.size()) return all;
    glossa::Embeddings some(chosen.size(), all.dims());
    for (std::size_t i = 0; i < chosen.size(); ++i) std::copy_n(all[chosen[i]].begin(), all.dims(), some[i].begin());
    return some;
  }
  const glossa::Embedder embedder(arguments.model,
                                  {.precision = precision_from(arguments.precision), .executor = std::move(executor)});
  check_dims(arguments.dims, embedder);
  std::vector<std::string_view> texts;
  std::vector<std::size_t> numbers;
  std::size_t bytes = 0;
  for (const std::size_t i : chosen) {
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
    for (const glossa::Receipt& receipt : vectors.receipts()) cut += receipt.truncated() ? 1 : 0;
    bar.clear();
    if (cut > 0)
      std::cerr << "glossa: " << cut << " of " << texts.size() << " texts were longer than " << embedder.max_tokens()
                << " tokens and were cut\n";
    return vectors;
  } catch (const glossa::Error& error) {
    throw tool_error(error, input, numbers);
  }
}

/// How the cluster room's algorithms are run by a command that Ctrl-C ends.
[[nodiscard]] inline glossa::ClusterRun interruptible_run(std::shared_ptr<glossa::Executor> executor) {
  return {.executor = std::move(executor), .progress = [](const glossa::Progress&) {
            if (interrupted) throw glossa::Error(glossa::ErrorKind::cancelled, {.problem = "interrupted"});
          }};
}

}  // namespace tool
