// glossa embed: texts come in as a stream; their vectors go out, in memory that does not grow with the input.
#include "commands.hpp"
#include "embed_progress.hpp"
#include "interrupt.hpp"
#include "json_line.hpp"
#include "line_chunks.hpp"
#include "line_reader.hpp"
#include "tool_error.hpp"
#include "vector_writer.hpp"

#include <glossa/embedder.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tool {
namespace {

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
  const auto take = [&](std::string& line) {
    if (jsonl) {
      if (is_blank(line)) return;
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
  };
  while (chunk.texts.empty())
    if (!read_lines(reader, {}, take)) return false;
  return true;
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

  glossa::EmbedOptions options = embed_options(arguments);
  EmbedProgress progress(reader, options);
  const auto embed_chunk = [&](const Chunk& chunk) {
    try {
      return embedder.embed(chunk.texts, role_from(arguments.role), options);
    } catch (const glossa::Error& error) {
      throw tool_error(error, reader.name(), chunk.lines);
    }
  };

  const std::vector<std::string> replaced = added_fields(arguments);
  for (Chunk chunk; read_chunk(reader, jsonl, replaced, writer->needs_fields(), chunk);) {
    progress.begin_chunk();
    const glossa::Embeddings vectors = embed_chunk(chunk);
    progress.end_chunk(vectors);
    writer->write(vectors, chunk.fields);
  }
  writer->finish(arguments.dims != 0 ? arguments.dims : embedder.dims());
  progress.finish(embedder.max_tokens(), "; --policy windows reads them to the end");
  return 0;
}

}  // namespace tool
