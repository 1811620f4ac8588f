// glossa store search and ask-context: queries come in; passages with their sources go out.
#include "commands.hpp"
#include "document_reader.hpp"
#include "line_reader.hpp"
#include "store_arguments.hpp"
#include "store_files.hpp"
#include "terminal.hpp"

#include <glossa/embedder.hpp>
#include <glossa/store/document_store.hpp>
#include <glossa/store/filter_text.hpp>
#include <glossa/store/metadata_json.hpp>
#include <glossa/store/prompt_context.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

namespace tool {
namespace {

glossa::StoreSearchOptions options_of(const StoreSearchArguments& arguments) {
  glossa::StoreSearchOptions options;
  options.k = arguments.k;
  options.mode = arguments.mode == "dense"     ? glossa::SearchMode::dense
                 : arguments.mode == "lexical" ? glossa::SearchMode::lexical
                                               : glossa::SearchMode::hybrid;
  options.filter = glossa::parse_filter(arguments.filter);
  options.fusion = arguments.fusion == "rrf" ? glossa::Fusion::reciprocal_rank : glossa::Fusion::weighted;
  options.dense_weight = arguments.dense_weight;
  options.candidates = arguments.candidates;
  options.mmr_lambda = arguments.mmr;
  options.merge_neighbors = !arguments.no_merge;
  options.pooling = arguments.pool == "best"   ? glossa::DocumentPooling::best
                    : arguments.pool == "mean" ? glossa::DocumentPooling::mean
                                               : glossa::DocumentPooling::none;
  return options;
}

OrderedJson json_of(const glossa::StoreHit& hit) {
  OrderedJson out{{"id", hit.document}, {"score", hit.score}};
  if (hit.dense) out["dense"] = *hit.dense;
  if (hit.lexical) out["lexical"] = *hit.lexical;
  if (!hit.title.empty()) out["title"] = hit.title;
  if (!hit.context.empty()) out["context"] = hit.context;
  out["begin"] = hit.bytes.begin;
  out["end"] = hit.bytes.end;
  out["windows"] = hit.windows;
  out["text"] = hit.text;
  OrderedJson metadata = OrderedJson::object();
  for (const auto& [name, value] : hit.metadata)
    metadata[name] = std::visit([](const auto& own) { return OrderedJson(own); }, value);
  out["metadata"] = metadata;
  return out;
}

void print(const OrderedJson& json) {
  std::cout << json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) << '\n';
}

void answer(const Query& query, const std::vector<glossa::StoreHit>& hits, bool json) {
  if (json) {
    OrderedJson out{{"id", query.id}, {"query", query.text}, {"hits", OrderedJson::array()}};
    for (const glossa::StoreHit& hit : hits) out["hits"].push_back(json_of(hit));
    return print(out);
  }
  const std::size_t columns = output_columns();
  std::cout << one_line(query.text, columns) << '\n';
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const glossa::StoreHit& hit = hits[i];
    std::array<char, 64> number{};
    std::snprintf(number.data(), number.size(), "%3zu  %.4f  ", i + 1, static_cast<double>(hit.score));
    const std::string start = number.data() + one_line(hit.document, columns / 2) + ":" +
                              std::to_string(hit.bytes.begin) + "-" + std::to_string(hit.bytes.end) + "  ";
    const std::string text = hit.title.empty() ? hit.text : hit.title + ": " + hit.text;
    const std::size_t used = columns_of(start);
    std::cout << start << one_line(text, columns == 0 ? 0 : std::max(columns, used + 10) - used) << '\n';
  }
  if (hits.empty()) std::cout << "  nothing found\n";
  std::cout << '\n';
}

}  // namespace

int store_search(const StoreSearchArguments& arguments) {
  catch_interrupts();
  const glossa::StoreSearchOptions options = options_of(arguments);
  const glossa::DocumentStore store = open_store(arguments.store, arguments.model, glossa::Role::query, true);
  for (std::size_t i = 0; i < arguments.queries.size(); ++i)
    answer({std::to_string(i + 1), arguments.queries[i]}, store.search(arguments.queries[i], options), arguments.json);
  if (arguments.input.empty()) return 0;
  LineReader reader(arguments.input);
  for (std::string line; reader.next(line);) {
    stop_if_interrupted();
    if (is_blank(line)) continue;
    const Query query = parse_query(line, {reader.name(), reader.number()});
    answer(query, store.search(query.text, options), arguments.json);
    if (!reader.has_line()) std::cout.flush();
  }
  return 0;
}

int store_ask_context(const StoreSearchArguments& arguments) {
  const glossa::DocumentStore store = open_store(arguments.store, arguments.model, glossa::Role::query, true);
  const std::vector<glossa::StoreHit> hits = store.search(arguments.queries.front(), options_of(arguments));
  const glossa::Tokenizer tokenizer(arguments.model.folder);
  const glossa::PromptContext context = glossa::prompt_context(hits, tokenizer, arguments.budget);
  const int status = context.sources.empty() && !hits.empty() ? 1 : 0;
  if (status != 0) std::cerr << "glossa: no passage fits into --budget\n";
  if (!arguments.json) {
    std::cout << context.text;
    if (hits.empty()) std::cerr << "glossa: nothing found\n";
    return status;
  }
  OrderedJson out{{"query", arguments.queries.front()},
                  {"context", context.text},
                  {"tokens", context.tokens},
                  {"sources", OrderedJson::array()}};
  for (const glossa::PromptSource& source : context.sources) {
    OrderedJson own{{"number", source.number}};
    own.update(json_of(hits[source.hit]));
    own["begin"] = source.bytes.begin;
    own["end"] = source.bytes.end;
    if (source.bytes != hits[source.hit].bytes) own["windows"] = 1;
    own["text"] = hits[source.hit].text.substr(source.bytes.begin - hits[source.hit].bytes.begin,
                                               source.bytes.end - source.bytes.begin);
    out["sources"].push_back(own);
  }
  print(out);
  return status;
}

}  // namespace tool
