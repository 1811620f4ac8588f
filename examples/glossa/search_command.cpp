// glossa search: queries and an index file come in; the documents that answer them go out, best first.
#include "commands.hpp"
#include "document_reader.hpp"
#include "document_table.hpp"
#include "index_model.hpp"
#include "interrupt.hpp"
#include "json_line.hpp"
#include "line_chunks.hpp"
#include "line_reader.hpp"
#include "output_file.hpp"
#include "terminal.hpp"
#include "tool_error.hpp"

#include <glossa/core/thread_pool.hpp>
#include <glossa/embedder.hpp>
#include <glossa/search/any_index.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {
namespace {

std::string json_text(std::string_view text) {
  return OrderedJson(text).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

/// As short as it can be to give the same float again.
std::string json_number(float value) {
  std::array<char, 32> number{};
  return {number.data(), std::to_chars(number.data(), number.data() + number.size(), value).ptr};
}

/// A hit's document; where the index has vectors alone, its id is the vector's.
Document document_of(const DocumentTable& documents, const glossa::Neighbor& hit) {
  if (!documents.has_documents()) return {std::to_string(hit.id), {}, {}};
  const DocumentView view = documents.at(hit.id);
  return {std::string(view.id), std::string(view.title), std::string(view.text)};
}

/// {"id","query","hits":[{"id","score","title"?,"text"}]}
std::string json_answer(const Query& query, const std::vector<glossa::Neighbor>& hits, const DocumentTable& documents) {
  std::string out;
  out.append("{\"id\":").append(json_text(query.id)).append(",\"query\":").append(json_text(query.text));
  out.append(",\"hits\":[");
  for (const glossa::Neighbor& hit : hits) {
    const Document document = document_of(documents, hit);
    out.append(out.ends_with('[') ? "{\"id\":" : ",{\"id\":").append(json_text(document.id));
    out.append(",\"score\":").append(json_number(hit.score));
    if (!document.title.empty()) out.append(",\"title\":").append(json_text(document.title));
    if (documents.has_documents()) out.append(",\"text\":").append(json_text(document.text));
    out += '}';
  }
  return out.append("]}\n");
}

/// The query, and a line a hit: rank, score, id, title and text.
std::string plain_answer(const Query& query, const std::vector<glossa::Neighbor>& hits, const DocumentTable& documents,
                         std::size_t columns) {
  std::string out = one_line(query.text, columns) + '\n';
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const Document document = document_of(documents, hits[i]);
    std::array<char, 64> number{};
    std::snprintf(number.data(), number.size(), "%3zu  %.4f  ", i + 1, static_cast<double>(hits[i].score));
    const std::string start = number.data() + one_line(document.id, columns / 2) + "  ";
    const std::string text = document.title.empty() ? document.text : document.title + ": " + document.text;
    const std::size_t used = columns_of(start);
    out += start + one_line(text, columns == 0 ? 0 : std::max(columns, used + 10) - used) + '\n';
  }
  if (hits.empty()) out += "  nothing found\n";
  return out + '\n';
}

/// Where the queries come from: the command line, or a file or pipe whose lines are answered as they come.
class QuerySource {
 public:
  explicit QuerySource(const SearchArguments& arguments) : arguments_(arguments) {
    if (!arguments.input.empty()) reader_.emplace(arguments.input);
  }

  /// The next ones; none at the end.
  [[nodiscard]] std::vector<Query> next() {
    std::vector<Query> queries;
    if (!reader_) {
      for (; given_ < arguments_.queries.size(); ++given_)
        queries.push_back({std::to_string(given_ + 1), arguments_.queries[given_]});
      return queries;
    }
    lines_.clear();
    const bool plain = arguments_.format.empty() ? arguments_.input.ends_with(".txt") : arguments_.format == "lines";
    const auto take = [&](std::string& line) {
      if (is_blank(line)) return;
      queries.push_back(plain ? Query{std::to_string(reader_->number()), std::move(line)}
                              : parse_query(line, {reader_->name(), reader_->number()}));
      lines_.push_back(reader_->number());
    };
    while (queries.empty() && read_lines(*reader_, {.lines = 1024}, take)) {
    }
    return queries;
  }

  [[nodiscard]] std::string name() const { return reader_ ? reader_->name() : std::string(); }
  /// Of the queries that next() gave.
  [[nodiscard]] const std::vector<std::size_t>& lines() const noexcept { return lines_; }

 private:
  const SearchArguments& arguments_;
  std::optional<LineReader> reader_;
  std::size_t given_ = 0;
  std::vector<std::size_t> lines_;
};

}  // namespace

int search(const SearchArguments& arguments) {
  catch_interrupts();
  QuerySource source(arguments);
  OutputFile output("-");
  const auto executor = std::make_shared<glossa::ThreadPool>(arguments.model.threads);
  const glossa::AnyIndex index = glossa::AnyIndex::load(arguments.index, {.executor = executor});
  const DocumentTable documents(index, arguments.index);
  const glossa::Embedder embedder =
      load_model_of(index.options(), arguments.index, arguments.model, glossa::Role::query);
  if (index.dims() > embedder.dims())
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.file = arguments.index,
                         .problem = "the index holds vectors of another model",
                         .expected = "a model with vectors of " + std::to_string(index.dims()) + " numbers",
                         .found = std::to_string(embedder.dims()),
                         .remedy = "take the model that it was built with"});

  std::stop_source stop;
  glossa::EmbedOptions embedding{.dims = index.dims()};
  embedding.stop = stop.get_token();
  embedding.progress = [&](const glossa::Progress&) {
    if (interrupted) stop.request_stop();
  };
  glossa::IndexSearchOptions options;
  options.candidates = arguments.candidates;
  options.probes = arguments.probes;
  options.rescored = arguments.rescored;
  const std::size_t columns = output_columns();

  for (std::vector<Query> queries = source.next(); !queries.empty(); queries = source.next()) {
    std::vector<std::string_view> texts;
    for (const Query& query : queries) texts.push_back(query.text);
    const glossa::Embeddings vectors = [&] {
      try {
        return embedder.embed_queries(texts, embedding);
      } catch (const glossa::Error& error) {
        throw tool_error(error, source.name(), source.lines());
      }
    }();
    const std::vector<std::vector<glossa::Neighbor>> hits = index.search(vectors, arguments.k, options);
    for (std::size_t i = 0; i < queries.size(); ++i)
      output.write(arguments.json ? json_answer(queries[i], hits[i], documents)
                                  : plain_answer(queries[i], hits[i], documents, columns));
    output.flush();
  }
  output.finish();
  return 0;
}

}  // namespace tool
