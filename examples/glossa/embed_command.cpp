// glossa embed: texts come in as a stream; their vectors go out, in memory that does not grow with the input.
#include "commands.hpp"
#include "interrupt.hpp"
#include "json_line.hpp"
#include "line_reader.hpp"
#include "progress_bar.hpp"
#include "tool_error.hpp"
#include "vector_writer.hpp"

#include <glossa/embedder.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace tool {
namespace {

/// What is read before it is embedded: enough to sort by length and keep all threads busy.
constexpr std::size_t kChunkTexts = 8192;
constexpr std::size_t kChunkBytes = std::size_t{4} << 20;

/// How long more texts are waited for before those that have come are embedded: whoever sent them through a pipe may
/// wait for the answer. A file or a fast program fills the chunk first.
constexpr std::chrono::milliseconds kPatience(20);

struct Chunk {
  std::vector<std::string> texts;
  std::vector<std::string> fields;  // JSON objects without their closing brace; empty where nobody needs them
  std::vector<std::size_t> lines;   // where the texts stood
};

/// What the writer adds to the fields of a text, in place of fields of these names.
std::vector<std::string> added_fields(const EmbedArguments& arguments) {
  std::vector<std::string> names{"embedding"};
  if (arguments.receipts) names.emplace_back("receipt");
  if (arguments.keep_windows) names.emplace_back("windows");
  return names;
}

/// Reads texts until the chunk is full or no more come; false where there are none left.
bool read_chunk(LineReader& reader, bool jsonl, const std::vector<std::string>& replaced, bool needs_fields,
                Chunk& chunk) {
  chunk = {};
  std::size_t bytes = 0;
  std::string line;
  std::chrono::steady_clock::time_point deadline;
  while (chunk.texts.size() < kChunkTexts && bytes < kChunkBytes &&
         (chunk.texts.empty() || reader.has_line_by(deadline)) && reader.next(line)) {
    if (chunk.texts.empty()) deadline = std::chrono::steady_clock::now() + kPatience;
    bytes += line.size();
    if (jsonl) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      JsonLine parsed = parse_json_line(line, reader.name(), reader.number(), replaced);
      chunk.texts.push_back(std::move(parsed.text));
      if (needs_fields) chunk.fields.push_back(std::move(parsed.fields));
    } else {
      if (needs_fields)
        chunk.fields.push_back("{\"text\":" +
                               OrderedJson(line).dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
      chunk.texts.push_back(std::move(line));
    }
    chunk.lines.push_back(reader.number());
  }
  return !chunk.texts.empty();
}

std::string chosen(const std::string& format, const std::string& path, const std::string& other) {
  if (!format.empty()) return format;
  for (const std::string known : {"jsonl", "npy"})
    if (path.ends_with("." + known)) return known;
  return other;
}

glossa::EmbedOptions embed_options(const EmbedArguments& arguments) {
  glossa::EmbedOptions options;
  options.dims = arguments.dims;
  options.window_overlap = arguments.overlap;
  options.keep_windows = arguments.keep_windows;
  if (arguments.policy == "error") options.long_text = glossa::LongText::error;
  if (arguments.policy == "windows") options.long_text = glossa::LongText::windows;
  return options;
}

std::unique_ptr<VectorWriter> open_writer(const EmbedArguments& arguments) {
  const auto refuse = [](const std::string& option, const std::string& problem, const std::string& remedy) {
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = option, .problem = problem, .remedy = remedy});
  };
  if (arguments.keep_windows && arguments.policy != "windows")
    refuse("--keep-windows", "no windows are made", "add --policy windows");
  if (chosen(arguments.output_format, arguments.output, "jsonl") != "npy")
    return std::make_unique<JsonLinesWriter>(arguments.output, arguments.receipts);
  for (const auto& [option, given] :
       {std::pair("--keep-windows", arguments.keep_windows), {"--receipts", arguments.receipts}})
    if (given) refuse(option, "a NumPy array has no place for them", "choose --output-format jsonl");
  return std::make_unique<NpyWriter>(arguments.output);
}

void check_dims(std::size_t dims, const glossa::Embedder& embedder) {
  if (dims > embedder.dims())
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--dims",
                                                              .expected = "at most " + std::to_string(embedder.dims()) +
                                                                          ", the length of the model's vectors",
                                                              .found = std::to_string(dims)});
}

}  // namespace

int embed(const EmbedArguments& arguments) {
  catch_interrupts();
  LineReader reader(arguments.input);
  const bool jsonl = chosen(arguments.format, arguments.input, "lines") == "jsonl";
  const auto writer = open_writer(arguments);
  const glossa::Embedder embedder(arguments.model, {.precision = precision_from(arguments.precision),
                                                    .threads = arguments.threads,
                                                    .specials = specials_from(arguments.specials)});
  check_dims(arguments.dims, embedder);

  ProgressBar bar;
  std::size_t texts = 0;
  std::size_t tokens = 0;
  std::size_t truncated = 0;
  std::stop_source stop;
  std::uint64_t chunk_begin = 0;
  std::uint64_t chunk_end = 0;
  glossa::EmbedOptions options = embed_options(arguments);
  options.stop = stop.get_token();
  options.progress = [&](const glossa::Progress& progress) {
    if (interrupted) stop.request_stop();
    const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    bar.update(texts + progress.done, tokens + progress.tokens,
               static_cast<double>(chunk_begin) + share * static_cast<double>(chunk_end - chunk_begin),
               static_cast<double>(reader.size()));
  };

  const auto embed_chunk = [&](const Chunk& chunk) {
    try {
      return embedder.embed(chunk.texts, role_from(arguments.role), options);
    } catch (const glossa::Error& error) {
      throw tool_error(error, reader.name(), chunk.lines);
    }
  };

  const std::vector<std::string> replaced = added_fields(arguments);
  for (Chunk chunk; read_chunk(reader, jsonl, replaced, writer->needs_fields(), chunk); chunk_begin = chunk_end) {
    chunk_end = reader.position();
    const glossa::Embeddings vectors = embed_chunk(chunk);
    for (const glossa::Receipt& receipt : vectors.receipts()) {
      tokens += receipt.used_tokens;
      truncated += receipt.truncated();
    }
    texts += chunk.texts.size();
    writer->write(vectors, chunk.fields);
  }
  writer->finish(arguments.dims != 0 ? arguments.dims : embedder.dims());
  bar.clear();
  if (truncated > 0)
    std::cerr << "glossa: " << truncated << " of " << texts << " texts were longer than " << embedder.max_tokens()
              << " tokens and were cut; --policy windows reads them to the end\n";
  return 0;
}

}  // namespace tool
